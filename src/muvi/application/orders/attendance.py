"""Who may decide about what waits for a person, what it must be, and how the decision is written down."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from muvi.application.orders.transaction import PurchaseTx
from muvi.domain.orders.errors import NotWaiting
from muvi.domain.payments.attempt import PaymentAttempt
from muvi.domain.payments.doubt import in_doubt
from muvi.domain.shared.actor import Actor, ActorKind
from muvi.domain.shared.errors import Forbidden, Invalid
from muvi.domain.shared.ids import to_wire

NOTE_LENGTH = 200


def require_attendant(actor: Actor) -> None:
    """Staff, or the command line of an operator. Raises `Forbidden`."""
    if actor.kind not in (ActorKind.STAFF, ActorKind.SYSTEM):
        raise Forbidden


def signature(actor: Actor) -> str:
    """The actor as the timeline keeps it: the kind, and the id when there is one."""
    return actor.kind.value if actor.id is None else f"{actor.kind.value}:{to_wire(actor.id)}"


def note_of(text: str) -> str:
    """A note for the timeline, on one line. Raises `Invalid` for one that is empty or too long."""
    note = " ".join(text.split())
    if not 0 < len(note) <= NOTE_LENGTH:
        raise Invalid(f"a note has 1 to {NOTE_LENGTH} characters")
    return note


async def doubted(tx: PurchaseTx, attempt_id: UUID, now: datetime) -> PaymentAttempt:
    """The attempt, locked. Raises `NotWaiting` when nobody is in doubt about it (any more)."""
    attempt = await tx.attempts.get(attempt_id, for_update=True)
    if attempt is None or not in_doubt(attempt, now):
        raise NotWaiting(state=attempt.status.value if attempt else "")
    return attempt
