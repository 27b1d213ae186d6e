"""Builders of tickets: valid defaults, changed by keyword."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

from muvi.domain.shared.money import Money
from muvi.domain.shared.text import Language, LocalizedText
from muvi.domain.tickets.code import TicketCode, ticket_code
from muvi.domain.tickets.token import Admission
from muvi.domain.tickets.zatca import TaxSeller, zatca_qr
from muvi.ports.tickets import SheetSeat, TicketSheet

RIYADH = timezone(timedelta(hours=3))

AN_ADMISSION = Admission(
    order_id=UUID("0190a1b2-c3d4-7e5f-8091-a2b3c4d5e6f7"),
    code=TicketCode("K7QPM4XW2R"),
    showtime_id=UUID("0190a1b2-0000-7000-8000-000000000042"),
    starts_at=datetime(2026, 11, 20, 18, 30, tzinfo=UTC),
    seat="F12",
)


def an_admission(**changes: Any) -> Admission:  # noqa: ANN401  (any field of the claims)
    return replace(AN_ADMISSION, **changes)


A_SHEET = TicketSheet(
    language=Language.EN,
    film=LocalizedText("Dune: Part Two", "كثيب: الجزء الثاني"),
    cinema=LocalizedText("Muvi Cinemas, Mall of Arabia, Jeddah", "موفي سينما، مول العرب، جدة"),
    screen=LocalizedText("Screen 7", "الصالة 7"),
    experiences=(LocalizedText("IMAX", "آيماكس"), LocalizedText("Dolby Atmos", "دولبي أتموس")),
    starts_at=datetime(2026, 11, 20, 21, 30, tzinfo=RIYADH),
    seats=(),
    order_code="01JD4Q8ZK3",
    booking_reference="WB7K2PQ",
    total=Money(13800),
    vat=Money(1800),
    seller=TaxSeller("شركة موفي للسينما", "310122393500003"),
    issued_at=datetime(2026, 11, 18, 10, 5, tzinfo=RIYADH),
    tax_qr=zatca_qr(
        "شركة موفي للسينما", "310122393500003", datetime(2026, 11, 18, 10, 5, tzinfo=RIYADH), 13800, 1800
    ),
)


def a_sheet(seats: int = 2, sign: Callable[[Admission], str] = str, **changes: Any) -> TicketSheet:  # noqa: ANN401
    """A sheet of neighbouring seats; `sign` makes their tokens."""
    made = tuple(a_sheet_seat(f"F{number}", sign) for number in range(11, 11 + seats))
    return replace(A_SHEET, **({"seats": made} | changes))


def a_sheet_seat(label: str = "F11", sign: Callable[[Admission], str] = str) -> SheetSeat:
    code = ticket_code(label.encode().rjust(7, b"\x5a"))
    return SheetSeat(
        label=label,
        kind=LocalizedText("Standard", "عادي"),
        code=code,
        token=sign(an_admission(seat=label, code=code)),
    )
