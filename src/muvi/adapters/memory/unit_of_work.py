"""The unit of work in memory: one phase at a time, rolled back by restoring a copy."""

from __future__ import annotations

import asyncio
import pickle
from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from typing_extensions import override

from muvi.adapters.memory.cases import MemoryOrderCases
from muvi.adapters.memory.catalog.mirror import MemoryCatalogueMirror
from muvi.adapters.memory.content import MemoryContentSeeds
from muvi.adapters.memory.database import MemoryDatabase
from muvi.adapters.memory.identity import MemoryAuthSessions, MemoryOtpChallenges, MemoryUsers
from muvi.adapters.memory.ledger import MemoryLedger
from muvi.adapters.memory.messaging import MemoryInbox, MemoryOutbox
from muvi.adapters.memory.notifications import MemoryNotices
from muvi.adapters.memory.orders import MemoryBuyers, MemoryCheckouts, MemoryOrders
from muvi.adapters.memory.payments import MemoryPaymentAttempts, MemoryRefunds, MemoryWebhookEvents
from muvi.adapters.memory.seating import MemorySeatClaims
from muvi.adapters.memory.tickets import MemoryIssuedTickets
from muvi.ports.transaction import UnitOfWork

__all__ = ["MemoryDatabase", "MemoryTransaction", "MemoryUnitOfWork"]


class MemoryTransaction:
    """One open phase on a `MemoryDatabase`."""

    def __init__(self, database: MemoryDatabase) -> None:
        self._database = database

    @property
    def users(self) -> MemoryUsers:
        """People."""
        return MemoryUsers(self._database)

    @property
    def sessions(self) -> MemoryAuthSessions:
        """Signed-in sessions."""
        return MemoryAuthSessions(self._database)

    @property
    def challenges(self) -> MemoryOtpChallenges:
        """One-time codes under way."""
        return MemoryOtpChallenges(self._database)

    @property
    def outbox(self) -> MemoryOutbox:
        """Facts that leave."""
        return MemoryOutbox(self._database)

    @property
    def notices(self) -> MemoryNotices:
        """Things said."""
        return MemoryNotices(self._database)

    @property
    def inbox(self) -> MemoryInbox:
        """Messages acted on."""
        return MemoryInbox(self._database)

    @property
    def mirror(self) -> MemoryCatalogueMirror:
        """The copy of the box office's catalogue."""
        return MemoryCatalogueMirror(self._database.tables)

    @property
    def content_seeds(self) -> MemoryContentSeeds:
        """Content nobody has written yet."""
        return MemoryContentSeeds(self._database.tables)

    @property
    def attempts(self) -> MemoryPaymentAttempts:
        """Payment attempts."""
        return MemoryPaymentAttempts(self._database)

    @property
    def refunds(self) -> MemoryRefunds:
        """Money on its way back."""
        return MemoryRefunds(self._database)

    @property
    def webhooks(self) -> MemoryWebhookEvents:
        """Messages of gateways."""
        return MemoryWebhookEvents(self._database)

    @property
    def orders(self) -> MemoryOrders:
        """Orders."""
        return MemoryOrders(self._database)

    @property
    def cases(self) -> MemoryOrderCases:
        """Orders with all that is decided together with them."""
        return MemoryOrderCases(self._database)

    @property
    def buyers(self) -> MemoryBuyers:
        """What is known of buyers."""
        return MemoryBuyers(self._database)

    @property
    def checkouts(self) -> MemoryCheckouts:
        """Checkout processes."""
        return MemoryCheckouts(self._database)

    @property
    def claims(self) -> MemorySeatClaims:
        """Seat claims."""
        return MemorySeatClaims(self._database)

    @property
    def ledger(self) -> MemoryLedger:
        """Double entries."""
        return MemoryLedger(self._database)

    @property
    def tickets(self) -> MemoryIssuedTickets:
        """Issued tickets."""
        return MemoryIssuedTickets(self._database)


class MemoryUnitOfWork(UnitOfWork[MemoryTransaction]):
    """Phases run one after another, which is stricter than PostgreSQL: races are proven there, not here."""

    def __init__(self, database: MemoryDatabase) -> None:
        self._database = database
        self._lock = asyncio.Lock()

    @override
    def __call__(self) -> AbstractAsyncContextManager[MemoryTransaction]:
        return self._phase()

    @override
    def alone(self) -> AbstractAsyncContextManager[MemoryTransaction]:
        return self._calls()

    @asynccontextmanager
    async def _calls(self) -> AsyncGenerator[MemoryTransaction]:
        async with self._lock:
            yield MemoryTransaction(self._database)

    @asynccontextmanager
    async def _phase(self) -> AsyncGenerator[MemoryTransaction]:
        async with self._lock:
            before = pickle.dumps(self._database.tables)  # a copy ten times as fast as copy.deepcopy
            try:
                yield MemoryTransaction(self._database)
            except BaseException:
                self._database.tables = pickle.loads(before)  # noqa: S301  (our own bytes)
                raise
