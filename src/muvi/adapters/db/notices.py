"""Things said, on PostgreSQL."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import DateTime, and_, bindparam, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from typing_extensions import override

from muvi.adapters.db.direct import later
from muvi.adapters.db.tables.notifications import notifications
from muvi.domain.notifications.notice import NoticeKey, NoticeState
from muvi.ports.notifications.notices import Notices, Turn

_IN_HAND = (NoticeState.SENDING, NoticeState.FAILED)
_N = notifications.c
_MOMENT = DateTime(timezone=True)
_SAME = and_(
    _N.subject_id == bindparam("subject"),
    _N.kind == bindparam("of_kind"),
    _N.channel == bindparam("by_channel"),
)
_PUT = insert(notifications)
_TAKE = _PUT.on_conflict_do_update(
    constraint="pk_notifications",
    set_={
        "state": NoticeState.SENDING,
        "tries": _N.tries + 1,
        "claimed_until": _PUT.excluded.claimed_until,
        "finished_at": None,
    },
    where=and_(
        _N.state.in_(_IN_HAND),
        or_(_N.claimed_until.is_(None), _N.claimed_until <= _PUT.excluded.created_at),
    ),
).returning(_N.tries)
_STATE = select(_N.state).where(_SAME)
_GIVE_BACK = (
    update(notifications)
    .where(_SAME, _N.state == NoticeState.SENDING)
    .values(claimed_until=bindparam("now", type_=_MOMENT))
)
_FINISH = (
    update(notifications)
    .where(_SAME, _N.state.in_(_IN_HAND))
    .values(
        state=bindparam("becomes"),
        reason=bindparam("because"),
        claimed_until=None,
        finished_at=bindparam("now", type_=_MOMENT),
    )
)


class SqlNotices(Notices):
    """The table `notifications`; its primary key is the key of the notice."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    @override
    async def take_turn(self, key: NoticeKey, *, now: datetime, until: datetime) -> Turn:
        row = {
            "subject_id": key.subject_id,
            "kind": key.kind,
            "channel": key.channel,
            "state": NoticeState.SENDING,
            "tries": 1,
            "claimed_until": until,
            "created_at": now,
        }
        if (await self._connection.execute(_TAKE, row)).one_or_none() is not None:
            return Turn.MINE
        state = (await self._connection.execute(_STATE, _names(key))).scalar_one()
        return Turn.ANOTHERS if state in _IN_HAND else Turn.OVER

    @override
    async def give_turn_back(self, key: NoticeKey, *, now: datetime) -> None:
        await self._connection.execute(_GIVE_BACK, {**_names(key), "now": now})

    @override
    async def finish(self, key: NoticeKey, state: NoticeState, *, reason: str, now: datetime) -> None:
        facts = {**_names(key), "becomes": state, "because": reason, "now": now}
        await later(self._connection, _FINISH, facts)


def _names(key: NoticeKey) -> dict[str, object]:
    return {"subject": key.subject_id, "of_kind": key.kind, "by_channel": key.channel}
