"""What it means when the database says no: each constraint by name, and the error of the core it stands for.

The domain has checked before; the database is the last to know, since only it sees what others do at the
same moment. Where that can happen the error is the one which the domain has for it. Everywhere else a
refusal shows a defect of ours, and its kind of constraint tells which error it is.
"""

from __future__ import annotations

from collections.abc import Mapping

from muvi.domain.orders.errors import IllegalTransition
from muvi.domain.payments.capture import RefundExceedsCapture
from muvi.domain.seating.selection import SeatsTaken
from muvi.domain.shared.errors import AlreadyThere, DomainError, InvariantBroken, ReferenceLost
from muvi.ports.orders.orders import OrderHasChanged

MEANINGS: Mapping[str, type[DomainError]] = {
    "ck_gateway_transactions_refunds": RefundExceedsCapture,
    "ck_order_lines_refunded": RefundExceedsCapture,
    "ck_orders_transition": IllegalTransition,
    "ck_seat_claims_sold": SeatsTaken,
    "uq_box_office_orders_active": OrderHasChanged,
}
KINDS: Mapping[str, type[DomainError]] = {
    "pk": AlreadyThere,
    "uq": AlreadyThere,
    "fk": ReferenceLost,
    "ck": InvariantBroken,
}
"""By the first two letters of a name, which `tables/base.py` gives to every constraint."""


def meaning_of(constraint: str) -> type[DomainError]:
    """The error of the core that a constraint stands for; one without a name guards an invariant, and so does
    one whose name is none of ours.
    """
    return MEANINGS.get(constraint) or KINDS.get(constraint.partition("_")[0], InvariantBroken)
