"""The calls that one purchase makes to third parties, made straight at the sandbox: no purchase is faster.

A sandbox of its own is used, whose notifications go to a server that answers a constant.
"""

from __future__ import annotations

import asyncio
import itertools
import random
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from bench.buyers import CARD, FORM, OK, SEE_OTHER
from bench.place import NotMeasured
from bench.wire import Answer, Caller
from muvi.entrypoints.vendors.hyperpay import SANDBOX_ENTITY

VISTA = "/vista/WSVistaWebClient"
CLIENT = {"connectApiToken": "sandbox-vista-website", "accept": "application/json"}
GATEWAY = {"authorization": "Bearer sandbox-hyperpay-token"}
POST_OFFICE = {"authorization": "Bearer sandbox-sendgrid-key"}
HALLS = 60
LETTER = "Your booking is confirmed. " * 60
BUYERS = 8


async def purchases_per_s(sandbox: str, seconds: float) -> float:
    """So many purchases a second could be had from this sandbox by a service that costs nothing."""
    halls = itertools.cycle(await _halls(sandbox))
    numbers = itertools.count(1)
    done = [0]
    began = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for _ in range(BUYERS):
            group.create_task(_buy_on(sandbox, halls, numbers, began + seconds, done))
    return done[0] / (time.perf_counter() - began)


async def _buy_on(
    sandbox: str, halls: Iterator[Hall], numbers: Iterator[int], end: float, done: list[int]
) -> None:
    caller = Caller(sandbox)
    while time.perf_counter() < end:
        hall = next((hall for hall in itertools.islice(halls, HALLS) if hall.has_two), None)
        if hall is None:
            break  # sold out before its time: the rate counts until here
        await _purchase(caller, hall, f"BENCH{next(numbers):019d}")
        done[0] += 1
    caller.close()


class Hall:
    """A session with the free seats that nobody of us has taken yet."""

    def __init__(self, cinema: str, session: str, seats: list[dict[str, int]], ticket: str) -> None:
        self.cinema = cinema
        self.session = session
        self.path = f"{VISTA}/RESTData.svc/cinemas/{cinema}/sessions/{session}"
        self.ticket = ticket
        self._seats = seats

    @property
    def has_two(self) -> bool:
        return len(self._seats) > BUYERS * 2  # every buyer may be on the way to it

    def two(self) -> list[dict[str, object]]:
        """Two tickets."""
        details = {"ticketTypeCode": self.ticket}
        return [{"ticketDetails": details, "seats": [self._seats.pop()]} for _ in range(2)]


async def _halls(sandbox: str) -> list[Hall]:
    caller = Caller(sandbox)
    answer = await _vista(caller, "GET", f"OData.svc/Sessions?$top={HALLS * 4}&$skip=2000")
    found = []
    for row in answer.json()["value"]:
        cinema, session = str(row["CinemaId"]), str(row["SessionId"])
        hall = await _hall(caller, cinema, session)
        if hall is not None:
            found.append(hall)
        if len(found) == HALLS:
            break
    caller.close()
    if not found:
        raise NotMeasured("the sandbox offers no seats")
    random.shuffle(found)
    return found


async def _hall(caller: Caller, cinema: str, session: str) -> Hall | None:
    path = f"RESTData.svc/cinemas/{cinema}/sessions/{session}"
    plan = (await _vista(caller, "GET", f"{path}/seat-plan")).json()
    types = (await _vista(caller, "GET", f"{path}/tickets")).json()["Tickets"]
    for area in plan["SeatLayoutData"]["Areas"]:
        known = next((t for t in types if t["AreaCategoryCode"] == area["AreaCategoryCode"]), None)
        free = [_place(seat) for row in area["Rows"] for seat in row["Seats"] if _plain(seat)]
        if known and len(free) > BUYERS * 4:
            return Hall(cinema, session, free, known["TicketTypeCode"])
    return None


def _plain(seat: dict[str, Any]) -> bool:
    return seat["Status"] == 0 and seat["SeatStyle"] == 0 and not seat.get("SeatsInGroup")


def _place(seat: dict[str, Any]) -> dict[str, int]:
    at = seat["Position"]
    return {"areaNumber": at["AreaNumber"], "rowIndex": at["RowIndex"], "columnIndex": at["ColumnIndex"]}


async def _vista(caller: Caller, method: str, path: str, body: object = None) -> Answer:
    answer = await caller.json(method, f"{VISTA}/{path}", body, CLIENT)
    if answer.status != OK:
        raise NotMeasured(f"the sandbox answered {path} with {answer.status}: {answer.body[:200]!r}")
    return answer


async def _purchase(caller: Caller, hall: Hall, reference: str) -> None:
    await caller.json("GET", f"{hall.path}/seat-plan", None, CLIENT)
    await caller.json("GET", f"{hall.path}/tickets", None, CLIENT)
    opened = await _vista(caller, "POST", "orders", {"cinemaId": hall.cinema})
    order = opened.json()["order"]["userSessionId"]
    choice = {"tickets": hall.two(), "useSeatAutoAllocation": False}
    held = await _vista(caller, "POST", f"orders/{order}/sessions/{hall.session}/set-tickets", choice)
    total = held.json()["order"]["orderTotalValueInCents"]
    await _vista(caller, "GET", f"orders/{order}")
    marked = {"UserSessionId": order, "AutoCompleteOrder": False}
    await _vista(caller, "POST", "RESTTicketing.svc/order/startexternalpayment", marked)
    await _vista(caller, "GET", f"orders/{order}")
    checkout = await _pay(caller, reference, total)
    status = f"/hyperpay/v1/checkouts/{checkout}/payment?entityId={SANDBOX_ENTITY}"
    taken = (await caller.ask("GET", status, headers=GATEWAY)).json()
    await _book(caller, order, total, taken["id"])
    letter = {
        "personalizations": [{"to": [{"email": "guest@muvi.example"}]}],
        "from": {"email": "tickets@muvi.example"},
        "subject": "Your tickets",
        "content": [{"type": kind, "value": LETTER} for kind in ("text/plain", "text/html")],
    }
    await caller.json("POST", "/sendgrid/v3/mail/send", letter, POST_OFFICE)


async def _pay(caller: Caller, reference: str, total: int) -> str:
    form = {
        "entityId": SANDBOX_ENTITY,
        "amount": f"{total / 100:.2f}",
        "currency": "SAR",
        "paymentType": "DB",
        "merchantTransactionId": reference,
        "integrity": "true",
    }
    answer = await caller.ask(
        "POST", "/hyperpay/v1/checkouts", headers={**GATEWAY, **FORM}, body=urlencode(form).encode()
    )
    checkout: str = answer.json()["id"]
    card = urlencode({**CARD, "shopper_result_url": "http://127.0.0.1/closed"}).encode()
    paid = await caller.ask("POST", f"/hyperpay/shopper/{checkout}", headers=FORM, body=card)
    if paid.status != SEE_OTHER:
        raise NotMeasured(f"the gateway refused a card: {paid.status} {paid.body[:200]!r}")
    return checkout


async def _book(caller: Caller, order: str, total: int, payment: str) -> None:
    body = {
        "UserSessionId": order,
        "PerformPayment": False,
        "BookingMode": 0,
        "CustomerName": "Sara Ahmad",
        "CustomerEmail": "guest@muvi.example",
        "CustomerPhone": "",
        "PaymentInfo": {
            "PaymentValueCents": total,
            "CardNumber": "411111******1111",
            "CardType": "VISA",
            "PaymentTenderCategory": "CREDIT",
            "BankReference": payment,
            "BankTransactionNumber": payment,
            "UseAsBookingRef": False,
        },
    }
    booked = (await _vista(caller, "POST", "RESTTicketing.svc/order/payment", body)).json()
    if booked["Result"] != 0:
        raise NotMeasured(f"the box office did not book: {booked}")
