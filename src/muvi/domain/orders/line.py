"""Lines of an order: one per seat, one for the booking fee. Amounts in minor units, VAT contained."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class LineKind(StrEnum):
    """What is paid for."""

    TICKET = "ticket"
    BOOKING_FEE = "booking-fee"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenSeat:
    """A seat as the buyer knows it (`row`, `number`, `label`) and as the hall does (`key`)."""

    key: str
    row: str
    number: int
    label: str
    area_id: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine:
    """One seat or fee. `total_minor` = price + fee - discount; `vat_minor` is contained in it."""

    id: UUID
    position: int
    kind: LineKind
    name_en: str
    name_ar: str
    price_minor: int
    vat_minor: int
    seat: ChosenSeat | None = None
    ticket_type_id: str = ""
    ticket_index: int = 0
    fee_minor: int = 0
    discount_minor: int = 0
    refunded_minor: int = 0

    @property
    def total_minor(self) -> int:
        """What this line costs the buyer."""
        return self.price_minor + self.fee_minor - self.discount_minor


def split_minor(amount_minor: int, parts: int) -> tuple[int, ...]:
    """Share an amount over the seats of one ticket; the first ones carry the remainder."""
    share, rest = divmod(amount_minor, parts)
    return tuple(share + (1 if index < rest else 0) for index in range(parts))
