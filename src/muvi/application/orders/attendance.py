"""Who may decide about what waits for a person, and how it is written down."""

from __future__ import annotations

from muvi.domain.shared.actor import Actor, ActorKind
from muvi.domain.shared.errors import Forbidden
from muvi.domain.shared.ids import to_wire


def require_attendant(actor: Actor) -> None:
    """Staff, or the command line of an operator. Raises `Forbidden`."""
    if actor.kind not in (ActorKind.STAFF, ActorKind.SYSTEM):
        raise Forbidden


def signature(actor: Actor) -> str:
    """The actor as the timeline keeps it: the kind, and the id when there is one."""
    return actor.kind.value if actor.id is None else f"{actor.kind.value}:{to_wire(actor.id)}"
