"""A client of the sandbox's Vista, and requests with valid defaults."""

from typing import Any

import httpx

BASE = "/vista/WSVistaWebClient"
CINEMA = "0001"


class VistaClient:
    """Speaks to the sandbox as one platform does."""

    def __init__(self, http: httpx.AsyncClient, platform: str = "website") -> None:
        self._http = http
        self._headers = {"connectApiToken": f"sandbox-vista-{platform}", "accept": "application/json"}

    async def get(self, path: str, **query: str) -> httpx.Response:
        return await self._http.get(f"{BASE}/{path}", params=query or None, headers=self._headers)

    async def post(self, path: str, body: object = None) -> httpx.Response:
        return await self._http.post(f"{BASE}/{path}", json=body or {}, headers=self._headers)

    async def rows(self, name: str, **options: str) -> list[dict[str, Any]]:
        response = await self.get(f"OData.svc/{name}", **{f"${key}": value for key, value in options.items()})
        assert response.status_code == 200, response.text
        rows: list[dict[str, Any]] = response.json()["value"]
        return rows

    async def plan(self, session_id: str, cinema_id: str = CINEMA, **query: str) -> dict[str, Any]:
        path = f"RESTData.svc/cinemas/{cinema_id}/sessions/{session_id}/seat-plan"
        body: dict[str, Any] = (await self.get(path, **query)).json()
        return body

    async def order(self, cinema_id: str = CINEMA) -> str:
        response = await self.post("orders", {"cinemaId": cinema_id})
        usid: str = response.json()["order"]["userSessionId"]
        return usid

    async def set_tickets(self, usid: str, session_id: str, *tickets: dict[str, Any]) -> httpx.Response:
        body = {"tickets": list(tickets), "useSeatAutoAllocation": False}
        return await self.post(f"orders/{usid}/sessions/{session_id}/set-tickets", body)

    async def ticketing(self, verb: str, usid: str, **more: object) -> dict[str, Any]:
        response = await self.post(f"RESTTicketing.svc/order/{verb}", {"UserSessionId": usid, **more})
        assert response.status_code == 200, response.text
        body: dict[str, Any] = response.json()
        return body

    async def pay(self, usid: str, cents: int, **more: object) -> dict[str, Any]:
        return await self.ticketing("payment", usid, **a_payment(cents), **more)

    async def booking(self, cinema_id: str = CINEMA, **key: object) -> dict[str, Any]:
        body: dict[str, Any] = (
            await self.post("RESTBooking.svc/booking", {"CinemaId": cinema_id, **key})
        ).json()
        return body


class Levers:
    """The sandbox's controls as a test pulls them."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    async def knobs(self, **values: object) -> None:
        await self._post("/control/knobs", {"vista": values})

    async def rule(self, call: str, **rule: object) -> None:
        await self._post("/control", {"system": "vista", "call": call, **rule})

    async def act(self, action: str, **facts: object) -> dict[str, Any]:
        return await self._post("/control/act", {"system": "vista", "action": action, **facts})

    async def later(self, seconds: float) -> None:
        await self._post("/control/act", {"system": "clock", "action": "advance", "seconds": seconds})

    async def truth(self, event: str = "") -> list[dict[str, Any]]:
        facts: list[dict[str, Any]] = (await self._http.get("/truth/vista")).json()
        return [fact for fact in facts if not event or fact["event"] == event]

    async def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        response = await self._http.post(path, json=body)
        assert response.status_code < 300, response.text
        answer: dict[str, Any] = response.json()
        return answer


def a_payment(cents: int) -> dict[str, Any]:
    info = {"PaymentValueCents": cents, "CardNumber": "411111......1111", "CardType": "VISA"}
    return {
        "PerformPayment": False,
        "CustomerName": "Guest One",
        "CustomerEmail": "guest@example.org",
        "PaymentInfo": {**info, "PaymentTenderCategory": "CREDIT", "BankTransactionNumber": "gw-ref-1"},
    }


def a_ticket(*seats: dict[str, Any], code: str | None = "0022", **details: object) -> dict[str, Any]:
    """Return one entry of set-tickets for seats as a plan shows them; without a code it only holds them."""
    places = [
        {"areaNumber": p["AreaNumber"], "rowIndex": p["RowIndex"], "columnIndex": p["ColumnIndex"]}
        for p in (seat["Position"] for seat in seats)
    ]
    return {"ticketDetails": {"ticketTypeCode": code, **details} if code else None, "seats": places}


def seats_of(plan: dict[str, Any]) -> list[dict[str, Any]]:
    return [seat for area in plan["SeatLayoutData"]["Areas"] for row in area["Rows"] for seat in row["Seats"]]


def free_seats(plan: dict[str, Any], category: str = "0000000001") -> list[dict[str, Any]]:
    """Return free ordinary seats of an area category."""
    return [
        seat
        for area in plan["SeatLayoutData"]["Areas"]
        if area["AreaCategoryCode"] == category
        for row in area["Rows"]
        for seat in row["Seats"]
        if seat["Status"] == 0
    ]


def status_of(plan: dict[str, Any], seat: dict[str, Any]) -> int:
    found = next(other for other in seats_of(plan) if other["Position"] == seat["Position"])
    status: int = found["Status"]
    return status
