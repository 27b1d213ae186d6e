"""The image of an order's tickets: drawn when first asked for, then kept."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from muvi.domain.orders.order import Order, OrderStatus
from muvi.domain.shared.errors import NotFound
from muvi.domain.shared.ids import to_wire
from muvi.domain.shared.money import Money
from muvi.domain.shared.text import Language, LocalizedText
from muvi.domain.tickets.code import TicketCode
from muvi.domain.tickets.zatca import TaxSeller, zatca_qr
from muvi.ports.errors import Unavailable
from muvi.ports.orders.views import OrderView, OrderViews
from muvi.ports.storage import FileKey, Files
from muvi.ports.tickets import SheetSeat, TicketRenderer, TicketSheet

ISSUED = (OrderStatus.CONFIRMED, OrderStatus.COMPLETED)
KINDS = {
    "STANDARD": LocalizedText("Standard", "عادي"),
    "VIP": LocalizedText("VIP", "كبار الشخصيات"),
    "SOFA": LocalizedText("Sofa", "أريكة"),
    "WHEELCHAIR": LocalizedText("Wheelchair", "كرسي متحرك"),
    "COMPANION": LocalizedText("Companion", "مرافق"),
}


class TicketsNotIssued(NotFound):
    """There is no ticket for this order, or not yet."""

    code = "tickets-not-issued"
    title = "There are no tickets for this order"
    title_ar = "لا توجد تذاكر لهذا الطلب"


def tax_qr(order: Order, seller: TaxSeller) -> str:
    """The tax invoice's QR text of a confirmed order (phase 1). Raises `ValueError` before it is
    confirmed.
    """
    if order.confirmed_at is None:
        raise ValueError("an invoice is dated by its confirmation")
    return zatca_qr(
        seller.name,
        seller.vat_number,
        issued_at=order.confirmed_at,
        total_minor=order.total_minor,
        vat_minor=order.vat_minor,
        exponent=Money(0, order.currency).exponent,
    )


@dataclass(frozen=True, slots=True)
class ShowTicketImage:
    """For whoever holds the image's own unguessable address. Somebody stands at the door with it: while the
    store of files fails it is drawn each time. Raises `TicketsNotIssued`.
    """

    views: OrderViews
    files: Files
    renderer: TicketRenderer
    seller: TaxSeller

    async def __call__(self, order_id: UUID, language: Language | None) -> bytes:
        """The PNG, in the order's own language unless another is asked for."""
        view = await self.views.find(order_id)
        if view is None or view.order.status not in ISSUED:
            raise TicketsNotIssued
        chosen = language or view.order.language
        key = FileKey(f"tickets/{to_wire(order_id).lower()}/{chosen.value}.png")
        with suppress(Unavailable):
            kept = await self.files.get(key)
            if kept is not None:
                return kept
        image = await self.renderer.render(_sheet(view, chosen, self.seller))
        with suppress(Unavailable):
            await self.files.put(key, image)
        return image


def _sheet(view: OrderView, language: Language, seller: TaxSeller) -> TicketSheet:
    order, show = view.order, view.show
    zone = ZoneInfo(show.zone)
    kinds = {line.seat.label: line.seat.kind for line in order.lines if line.seat is not None}
    confirmed_at = order.confirmed_at or order.created_at
    return TicketSheet(
        language=language,
        film=show.film,
        cinema=show.cinema,
        screen=show.screen,
        experiences=show.experiences,
        starts_at=show.starts_at.astimezone(zone),
        seats=tuple(
            SheetSeat(
                label=ticket.seat_label,
                kind=KINDS.get(kinds.get(ticket.seat_label, ""), KINDS["STANDARD"]),
                code=TicketCode(ticket.code),
                token=ticket.token,
            )
            for ticket in view.tickets
        ),
        order_code=to_wire(order.id)[-10:],
        booking_reference=order.booking_id,
        total=Money(order.total_minor, order.currency),
        vat=Money(order.vat_minor, order.currency),
        seller=seller,
        issued_at=confirmed_at.astimezone(zone),
        tax_qr=tax_qr(order, seller),
    )
