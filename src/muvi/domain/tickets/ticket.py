"""An issued ticket: one seat, one code, one token, made once and kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from muvi.domain.tickets.code import TicketCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """Admission for one seat. `token` is what the QR code says."""

    id: UUID
    order_id: UUID
    line_id: UUID
    code: TicketCode
    seat_label: str
    token: str
    issued_at: datetime
