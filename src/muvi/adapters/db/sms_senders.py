"""The table `sms_sender_choices`: its newest row counts."""

from __future__ import annotations

from sqlalchemy import Text, func, insert, select
from sqlalchemy.ext.asyncio import AsyncEngine
from typing_extensions import override

from muvi.adapters.db.errors import translating
from muvi.adapters.db.tables.identity import sms_sender_choices
from muvi.adapters.kit.recent import Recent
from muvi.ports.clock import Clock
from muvi.ports.identity.senders import ChosenSender, SenderChoice, SenderChoices

CHANNEL = "muvi_sms_sender"
FOR_S = 5.0


class SqlSenderChoices(SenderChoices):
    """Reads the primary; each choice rings the bell that drops the caches."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    @override
    async def current(self) -> SenderChoice | None:
        return next(iter(await self.history(1)), None)

    @override
    async def choose(self, choice: SenderChoice) -> None:
        statement = (
            insert(sms_sender_choices)
            .values(
                sender=choice.sender,
                alone=choice.alone,
                chosen_by=choice.chosen_by,
                chosen_at=choice.chosen_at,
            )
            .returning(func.pg_notify(CHANNEL, "", type_=Text))
        )
        async with translating(), self._engine.begin() as connection:
            await connection.execute(statement)

    @override
    async def history(self, limit: int) -> list[SenderChoice]:
        table = sms_sender_choices
        query = select(table).order_by(table.c.id.desc()).limit(limit)
        async with translating(), self._engine.connect() as connection:
            rows = (await connection.execute(query)).mappings()
            return [
                SenderChoice(
                    sender=row["sender"],
                    alone=row["alone"],
                    chosen_by=row["chosen_by"],
                    chosen_at=row["chosen_at"],
                )
                for row in rows
            ]


class RecentChosenSender(ChosenSender):
    """The choice is read again after five seconds, or at once when the bell rings."""

    def __init__(self, choices: ChosenSender, clock: Clock) -> None:
        self._choices = choices
        self._recent = Recent[None, SenderChoice | None](clock, for_s=FOR_S, capacity=1)

    @override
    async def current(self) -> SenderChoice | None:
        return await self._recent.get(None, self._choices.current)

    def drop(self) -> None:
        """Somebody chose, or may have."""
        self._recent.clear()
