"""The steps of one purchase, in the order in which a buyer takes them."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from muvi.entrypoints.buying.sandbox import CARDS, Sandbox
from muvi.entrypoints.buying.seats import pick_film, pick_seats, pick_show
from muvi.entrypoints.buying.web import Api, CannotBuy, Json, refusal

SEAT_TRIES = 3
DAYS = 3
FILM_TRIES = 5
SANDBOX_PAYS_WITHIN_S = 60.0
PERSON_PAYS_WITHIN_S = 1500.0
LOOK_EVERY_S = 0.5
OVER = frozenset({"CONFIRMED", "EXPIRED", "CANCELLED"})
DECLINED = frozenset({"declined", "failed"})
"""A card was refused, whether or not the same page takes another one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What to buy and how to pay. `card` is a number for the sandbox's form; `gateway` empty: the default."""

    film: str = ""
    seats: int = 2
    phone: str
    outcome: str = "paid"
    card: str = ""
    gateway: str = ""
    email: str = ""
    into: Path = Path()


@dataclass(frozen=True, slots=True)
class Step:
    """One step that was taken: a line for a person, facts for a machine."""

    name: str
    said: str
    facts: Json


@dataclass(slots=True)
class Purchase:
    """Buys one order. `ask_code` asks a person for the code in the text, `show_page` shows an address."""

    api: Api
    sandbox: Sandbox | None
    wish: Wish
    ask_code: Callable[[], str]
    show_page: Callable[[str], None]
    _film: Json = field(default_factory=dict)
    _show: Json = field(default_factory=dict)
    _order: Json = field(default_factory=dict)
    _paying: Json = field(default_factory=dict)

    def steps(self) -> Iterator[Step]:
        """Take the steps, one for each `next`. Raises `CannotBuy`."""
        yield self.find_film_and_show()
        yield self.sign_in()
        yield self.place()
        yield self.take_seats()
        yield self.open_payment()
        yield self.use_form()
        if self.wish.outcome == "declined":
            yield self.be_declined()
            yield self.let_go()
            return
        yield self.be_confirmed()
        yield self.keep_ticket()

    def left_behind(self) -> str:
        """After a failure: what became of the order. One that could be paid by now is left alone."""
        if not self._order or self._order.get("status") in OVER:
            return ""
        order_id = self._order["id"]
        if self._paying:
            return f"\nOrder {order_id} may have been paid: muvi order explain {order_id}"
        try:
            self.let_go()
        except CannotBuy:
            return f"\nOrder {order_id} holds its seats until {self._order['expiresAt']}"
        return f"\nOrder {order_id} was cancelled, its seats are free again"

    def find_film_and_show(self) -> Step:
        films = pick_film(self.api.get("/films", limit=100)["data"], self.wish.film)
        for film in films[:FILM_TRIES]:
            show = self._show_of(film)
            if show is not None:
                self._film, self._show = film, show
                text = f"{film['title']}, {show['startsAt']}, {show['screen']}"
                facts = {"filmId": film["id"], "title": film["title"], "showtimeId": show["id"]}
                return Step("film and show", text, {**facts, "startsAt": show["startsAt"]})
        raise CannotBuy(f"{films[0]['title']} has no show with {self.wish.seats} seats in the next days")

    def _show_of(self, film: Json) -> Json | None:
        now = datetime.now(UTC)  # noqa: TID251  a client has no clock port
        for day in range(DAYS):
            date = (now + timedelta(days=day)).date().isoformat()
            listed = self.api.get("/showtimes", filmId=str(film["id"]), date=date, limit=100)
            show = pick_show(listed["data"], self.wish.seats, now)
            if show is not None:
                return show
        return None

    def sign_in(self) -> Step:
        phone = self.wish.phone
        before = len(self.sandbox.texts(phone)) if self.sandbox else 0
        self.api.post("/guest-users/phone-number", {"phoneNumber": phone})
        code = self.sandbox.code_after(phone, before) if self.sandbox else ""
        by = "the code from the sandbox's inbox" if code else "the code that was typed"
        body = {"phoneNumber": phone, "code": code or self.ask_code()}
        self.api.carry(self.api.post("/guest-users/verify", body)["token"])
        return Step("sign-in", f"{phone}, by {by}", {"phone": phone})

    def place(self) -> Step:
        self._order = self.api.post("/orders", {"sessionId": self._show["id"]})
        order = self._order
        return Step("order", f"{order['id']}, until {order['expiresAt']}", {"orderId": order["id"]})

    def take_seats(self) -> Step:
        for attempt in range(SEAT_TRIES):
            seats = pick_seats(self.api.get(f"/showtimes/{self._show['id']}/seats"), self.wish.seats)
            tickets = [{"seatId": seat["id"], "ticketTypeId": seat["ticketTypeId"]} for seat in seats]
            body = {"sessionId": self._show["id"], "tickets": tickets}
            try:
                self._order = self.api.post(f"/orders/{self._order['id']}/seats", body)
                break
            except CannotBuy as lost:
                if lost.code != "seats-unavailable" or attempt == SEAT_TRIES - 1:
                    raise
        labels = [seat["label"] for seat in self._order["seats"]]
        total, currency = self._order["totalAmount"], self._order["currency"]
        facts = {"seats": labels, "totalAmount": total, "currency": currency}
        return Step("seats", f"{', '.join(labels)} for {total} {currency}", facts)

    def open_payment(self) -> Step:
        body = {"paymentMethod": "CARD", "firstName": "Muvi", "lastName": "Buyer"}
        body |= {name: value for name, value in self._choices().items() if value}
        self._paying = self.api.post(f"/orders/{self._order['id']}/pay", body)
        page = self._paying["nextAction"]["url"]
        return Step("pay", page, {"paymentId": self._paying["paymentId"], "paymentPage": page})

    def _choices(self) -> dict[str, str]:
        return {"gateway": self.wish.gateway, "email": self.wish.email}

    def use_form(self) -> Step:
        action = self._paying["nextAction"]
        if self.sandbox is None or not self.sandbox.forms.know(action):
            self.show_page(action["url"])
            return Step("form", "left to you, in a browser", {"filledIn": False})
        card = self.wish.card or CARDS[self.wish.outcome]
        way = self.sandbox.forms.fill_in(action, card)
        back = self.api.submit(way.address, way.fields) if way.fields else self.api.fetch(way.address)
        if back.is_error:
            raise refusal(back)
        bank = ", the bank's challenge accepted" if way.challenged else ""
        bank += ", refused" if way.refused else ""
        facts = {"filledIn": True, "cardEnd": card[-4:], "challenged": way.challenged, "refused": way.refused}
        return Step("form", f"card ending in {card[-4:]}{bank}", facts)

    def be_declined(self) -> Step:
        state = self._watch(self._page_state, DECLINED, "paid")
        return Step("declined", "no money was taken, the seats are still held", {"state": state})

    def let_go(self) -> Step:
        order = self.api.post(f"/orders/{self._order['id']}/cancel", {})
        return Step("cancel", "the seats are free again", {"status": order.get("status", "")})

    def _page_state(self) -> object:
        """What the payment page says of the payment."""
        return (
            self.api.fetch(f"{self.api.base_url}/pay/{self._paying['paymentId']}/state").json().get("state")
        )

    def be_confirmed(self) -> Step:
        self._watch(self._look, {"CONFIRMED"}, "EXPIRED", "CANCELLED")
        reference = self._order["bookingReference"]
        return Step("confirmation", f"booking {reference}", {"status": "CONFIRMED", "booking": reference})

    def _look(self) -> object:
        """How the order stands; of one that waits to be paid, whether its card was refused."""
        self._order = self.api.get(f"/orders/{self._order['id']}")
        if self._order["status"] != "PENDING" or not self._filled_in:
            return self._order["status"]
        if self._page_state() in DECLINED:
            self._paying = {}  # so that nobody is told that it may have been paid
            raise CannotBuy("The card was refused at the gateway's form: no money was taken")
        return self._order["status"]

    @property
    def _filled_in(self) -> bool:
        """Whether we put the card in; a person at a real form may try another card after a refused one."""
        return self.sandbox is not None and self.sandbox.forms.know(self._paying["nextAction"])

    def _watch(self, look: Callable[[], object], wanted: Collection[str], *others: str) -> object:
        patience_s = SANDBOX_PAYS_WITHIN_S if self._filled_in else PERSON_PAYS_WITHIN_S
        end = time.monotonic() + patience_s
        while (state := look()) not in wanted:
            if state in others or time.monotonic() > end:
                raise CannotBuy(
                    f"It is {state} and not {' or '.join(sorted(wanted))}. Why: "
                    f"muvi order explain {self._order['id']}"
                )
            time.sleep(LOOK_EVERY_S)
        return state

    def keep_ticket(self) -> Step:
        answer = self.api.fetch(self._order["ticketImageUrl"])
        if not answer.is_success:
            raise refusal(answer)
        file = self.wish.into / f"ticket-{self._order['bookingReference']}.png"
        try:
            file.write_bytes(answer.content)
        except OSError as error:
            raise CannotBuy(f"The ticket cannot be kept in {file}: {error.strerror}. Say --into") from error
        codes = [ticket["code"] for ticket in self._order["tickets"]]
        return Step("ticket", str(file), {"file": str(file), "codes": codes})
