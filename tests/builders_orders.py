"""Showtimes on sale, orders and what belongs to them, with valid defaults."""

from dataclasses import fields
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from tests.builders_seating import ADULT

from muvi.domain.ledger.journal import Journal, captured
from muvi.domain.orders.box_office_order import BoxOfficeOrderRecord
from muvi.domain.orders.checkout import Checkout, CheckoutState
from muvi.domain.orders.line import ChosenSeat, LineKind, OrderLine
from muvi.domain.orders.order import Order
from muvi.domain.seating.seat_plan import SeatKey
from muvi.domain.shared.actor import Actor, ActorKind, Platform
from muvi.domain.shared.ids import ulid
from muvi.domain.shared.text import Language, LocalizedText
from muvi.domain.tickets.code import ticket_code
from muvi.domain.tickets.ticket import Ticket
from muvi.ports.seating.box_office import ShowtimeRef
from muvi.ports.showtimes.for_sale import ShowtimeForSale

NOW = datetime(2026, 1, 15, 14, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


def an_id(number: int = 1) -> UUID:
    """A ULID that is different for each number."""
    return ulid(NOW, number.to_bytes(10, "big"))


OWNER = an_id(900)
GUEST = Actor(kind=ActorKind.GUEST, id=OWNER)
SHOWTIME = an_id(910)
CINEMA = an_id(911)
FILM = an_id(912)
SEATS = (SeatKey("1-0-0"), SeatKey("1-0-1"))


def a_showtime_for_sale(**changes: object) -> ShowtimeForSale:
    """This evening in Riyadh."""
    facts: dict[str, Any] = {
        "id": SHOWTIME,
        "cinema_id": CINEMA,
        "film_id": FILM,
        "ref": ShowtimeRef("0001", "14164"),
        "starts_at": NOW + timedelta(hours=4),
        "business_date": date(2026, 1, 15),
        "zone": "Asia/Riyadh",
        "currency": "SAR",
        "on_sale": True,
        "film_title": LocalizedText("The Long Way Home", "الطريق إلى البيت"),
        "cinema_name": LocalizedText("Mall Cinema", "سينما المول"),
        "screen_name": LocalizedText("Screen 2", "شاشة 2"),
        "experiences": (LocalizedText("Dolby", "دولبي"), LocalizedText("IMAX", "آيماكس")),
        "rating": "R12",
    }
    return ShowtimeForSale(**{**facts, **changes})


def an_order(number: int = 1, **changes: object) -> Order:
    """Placed just now, without seats."""
    facts: dict[str, Any] = {
        "id": an_id(number),
        "owner_id": OWNER,
        "showtime_id": SHOWTIME,
        "cinema_id": CINEMA,
        "platform": Platform.ANDROID,
        "currency": "SAR",
        "language": Language.AR,
        "created_at": NOW,
        "expires_at": NOW + 10 * MINUTE,
    }
    return Order(**{**facts, **changes})


def a_line(number: int = 1, seat: str = "1-0-0", **changes: object) -> OrderLine:
    """One adult."""
    place = ChosenSeat(
        key=seat, row="A", number=number, label=f"A{number}", area_id="0000000001", kind="STANDARD"
    )
    facts: dict[str, Any] = {
        "id": an_id(100 + number),
        "position": number - 1,
        "kind": LineKind.TICKET,
        "name_en": "Adult",
        "name_ar": "بالغ",
        "price_minor": 5500,
        "vat_minor": 717,
        "seat": place,
        "ticket_type_id": ADULT,
        "ticket_index": number - 1,
    }
    return OrderLine(**{**facts, **changes})


def a_fee_line(position: int = 2) -> OrderLine:
    """The booking fee."""
    return OrderLine(
        id=an_id(150),
        position=position,
        kind=LineKind.BOOKING_FEE,
        name_en="Booking fee",
        name_ar="رسوم الحجز",
        price_minor=500,
        vat_minor=65,
    )


def two_seats() -> tuple[OrderLine, ...]:
    """Two adults and the fee: 115.00."""
    return a_line(1), a_line(2, "1-0-1", vat_minor=718), a_fee_line()


def a_record(number: int = 1, **changes: object) -> BoxOfficeOrderRecord:
    """An active order at the box office."""
    facts: dict[str, Any] = {
        "id": an_id(200 + number),
        "ref": UUID(int=number).hex,
        "cinema": "0001",
        "showtime": "14164",
        "platform": Platform.ANDROID,
        "expires_at": NOW + 10 * MINUTE,
        "total_minor": 11500,
    }
    return BoxOfficeOrderRecord(**{**facts, **changes})


def a_checkout(number: int = 1, **changes: object) -> Checkout:
    """A process that waits for the buyer until the order expires."""
    facts: dict[str, Any] = {
        "order_id": an_id(number),
        "state": CheckoutState.OPEN,
        "since": NOW,
        "next_at": NOW + 10 * MINUTE,
    }
    return Checkout(**{**facts, **changes})


def a_ticket(number: int = 1, order: int = 1, **changes: object) -> Ticket:
    """Admission for the line of the same number."""
    facts: dict[str, Any] = {
        "id": an_id(300 + number),
        "order_id": an_id(order),
        "line_id": an_id(100 + number),
        "code": ticket_code(number.to_bytes(7, "big")),
        "seat_label": f"A{number}",
        "token": f"token-{number}",
        "issued_at": NOW,
    }
    return Ticket(**{**facts, **changes})


def a_capture(source: str = "memory:t1", minor: int = 11500) -> Journal:
    """Money taken for the first order."""
    return captured(source=source, order_id=an_id(1), gateway="memory", minor=minor, currency="SAR", at=NOW)


def facts(thing: object, *, without: tuple[str, ...] = ()) -> dict[str, object]:
    """The fields of an entity that has no equality of its own."""
    return {f.name: getattr(thing, f.name) for f in fields(thing) if f.name not in without}  # type: ignore[arg-type]
