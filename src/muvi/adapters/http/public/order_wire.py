"""Orders on the wire."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from litestar.exceptions import ValidationException

from muvi.adapters.http.links import TicketLinks
from muvi.adapters.http.wire import Amount, Answer, Body, Both, amount, camel, id_in_body, rfc3339, wire_id
from muvi.application.tickets.show_ticket_image import ISSUED, tax_qr
from muvi.domain.orders.line import OrderLine
from muvi.domain.orders.order import Order, OrderStatus, TimelineEntry
from muvi.domain.seating.seat_plan import SeatKey
from muvi.domain.seating.selection import TicketWish
from muvi.domain.shared.text import Language, LocalizedText
from muvi.domain.tickets.zatca import TaxSeller
from muvi.ports.orders.views import OrderView
from muvi.ports.tickets import QrCodes

WireText = str | int


class NewOrder(Body, frozen=True):
    """The showtime to buy seats for."""

    session_id: WireText

    def showtime_id(self) -> UUID:
        """Its id."""
        return id_in_body(self.session_id, "sessionId")


class TicketBody(Body, frozen=True):
    """One ticket: on one seat (`seatId`) or, for a sofa, on several (`seatIds`)."""

    ticket_type_id: WireText
    seat_id: str | None = None
    seat_ids: tuple[str, ...] | None = None

    def wish(self) -> TicketWish:
        """What the buyer asks for. Raises `ValidationException` when no seat is named."""
        seats = self.seat_ids or ((self.seat_id,) if self.seat_id else ())
        if not seats or (self.seat_ids and self.seat_id):
            fault = {"key": "tickets", "message": "name seatId or seatIds, one of them", "source": "body"}
            raise ValidationException(detail="a ticket needs its seats", extra=[fault])
        return TicketWish(
            ticket_type_id=str(self.ticket_type_id), seats=tuple(SeatKey(seat) for seat in seats)
        )


class SeatsBody(Body, frozen=True):
    """The whole choice; sent again it replaces the former one."""

    session_id: WireText
    tickets: tuple[TicketBody, ...]


class OrderPlaced(Answer, frozen=True):
    """A new order: nothing is chosen yet."""

    id: str
    status: OrderStatus
    expires_at: str
    total_amount: Amount
    currency: str

    @classmethod
    def of(cls, order: Order) -> OrderPlaced:
        """Show a new order."""
        return cls(
            id=wire_id(order.id),
            status=order.status,
            expires_at=rfc3339(order.expires_at),
            total_amount=amount(order.total_minor, order.currency),
            currency=order.currency,
        )


class SeatShown(Answer, frozen=True):
    """A chosen seat."""

    id: str
    row: str
    number: int
    label: str
    type: str
    area_id: str


class LineShown(Answer, frozen=True):
    """What is paid for. `vat` is contained in `total`."""

    kind: str
    name: str
    seat_id: str | None
    ticket_type_id: str | None
    price: Amount
    fee: Amount
    discount: Amount
    vat: Amount
    total: Amount


class TicketShown(Answer, frozen=True):
    """An admission: `qrCode` is a picture as a data URI, `code` is typed when it cannot be scanned."""

    code: str
    seat: str
    qr_code: str


class FilmOfOrder(Answer, frozen=True):
    """The film."""

    id: str
    title: str
    poster: str


class OrderShown(Answer, frozen=True):
    """An order whole. `zatcaQr` and `ticketImageUrl` are null until it is confirmed."""

    id: str
    status: OrderStatus
    session_id: str
    created_at: str
    expires_at: str
    confirmed_at: str | None
    total_amount: Amount
    vat_amount: Amount
    currency: str
    seats: list[SeatShown]
    lines: list[LineShown]
    tickets: list[TicketShown]
    film: FilmOfOrder
    cinema: Both
    screen: str
    experiences: list[str]
    starts_at: str
    booking_reference: str | None
    closed_reason: str | None
    zatca_qr: str | None
    ticket_image_url: str | None
    timeline: list[dict[str, str | int]]


@dataclass(frozen=True, slots=True)
class OrderWriter:
    """Writes orders for their owners."""

    qr: QrCodes
    links: TicketLinks
    seller: TaxSeller

    def write(self, view: OrderView, language: Language) -> OrderShown:
        """The order in one language."""
        order, show = view.order, view.show
        issued = order.status in ISSUED and order.confirmed_at is not None
        return OrderShown(
            id=wire_id(order.id),
            status=order.status,
            session_id=wire_id(order.showtime_id),
            created_at=rfc3339(order.created_at),
            expires_at=rfc3339(order.expires_at),
            confirmed_at=rfc3339(order.confirmed_at) if order.confirmed_at else None,
            total_amount=amount(order.total_minor, order.currency),
            vat_amount=amount(order.vat_minor, order.currency),
            currency=order.currency,
            seats=[_seat(line) for line in order.lines if line.seat is not None],
            lines=[_line(line, order.currency, language) for line in order.lines],
            tickets=[
                TicketShown(code=one.code, seat=one.seat_label, qr_code=self.qr.data_uri(one.token))
                for one in view.tickets
            ],
            film=FilmOfOrder(id=wire_id(show.film_id), title=show.film.in_(language), poster=show.poster_url),
            cinema=Both.of(show.cinema),
            screen=show.screen.in_(language),
            experiences=[name.in_(language) for name in show.experiences],
            starts_at=show_time(view),
            booking_reference=order.booking_id or None,
            closed_reason=order.closed_reason or None,
            zatca_qr=tax_qr(order, self.seller) if issued else None,
            ticket_image_url=self.links.image(order.id) if issued else None,
            timeline=[_entry(entry) for entry in view.timeline],
        )


def show_time(view: OrderView) -> str:
    """The start of the show with the cinema's offset."""
    return view.show.starts_at.astimezone(ZoneInfo(view.show.zone)).isoformat()


def _seat(line: OrderLine) -> SeatShown:
    seat = line.seat
    if seat is None:
        raise ValueError("only ticket lines have seats")
    return SeatShown(
        id=seat.key, row=seat.row, number=seat.number, label=seat.label, type=seat.kind, area_id=seat.area_id
    )


def _line(line: OrderLine, currency: str, language: Language) -> LineShown:
    return LineShown(
        kind=line.kind,
        name=LocalizedText(line.name_en, line.name_ar).in_(language),
        seat_id=line.seat.key if line.seat else None,
        ticket_type_id=line.ticket_type_id or None,
        price=amount(line.price_minor, currency),
        fee=amount(line.fee_minor, currency),
        discount=amount(line.discount_minor, currency),
        vat=amount(line.vat_minor, currency),
        total=amount(line.total_minor, currency),
    )


def _entry(entry: TimelineEntry) -> dict[str, str | int]:
    return {"at": rfc3339(entry.at), "code": entry.code, **camel(dict(entry.facts_for_buyer))}
