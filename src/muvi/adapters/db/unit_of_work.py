"""The unit of work on PostgreSQL: READ COMMITTED, one connection, commit at the end of the block."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import cached_property

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from typing_extensions import override

from muvi.adapters.db.buyers import SqlBuyers
from muvi.adapters.db.cases import SqlOrderCases
from muvi.adapters.db.catalog.mirror import SqlCatalogueMirror
from muvi.adapters.db.checkouts import SqlCheckouts
from muvi.adapters.db.content import SqlContentSeeds
from muvi.adapters.db.engine import single
from muvi.adapters.db.errors import translating
from muvi.adapters.db.identity import SqlAuthSessions, SqlOtpChallenges, SqlUsers
from muvi.adapters.db.ledger import SqlLedger
from muvi.adapters.db.notices import SqlNotices
from muvi.adapters.db.orders import SqlOrders
from muvi.adapters.db.outbox import SqlInbox, SqlOutbox
from muvi.adapters.db.payment_attempts import SqlPaymentAttempts
from muvi.adapters.db.refunds import SqlRefunds
from muvi.adapters.db.seat_claims import SqlSeatClaims
from muvi.adapters.db.tickets import SqlIssuedTickets
from muvi.adapters.db.webhook_events import SqlWebhookEvents
from muvi.adapters.kit.tracing import inner_span
from muvi.ports.seating.seat_claims import SeatClaims
from muvi.ports.transaction import UnitOfWork


class SqlTransaction:
    """One open transaction, seen by each capability through its own narrow protocol."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    @property
    def users(self) -> SqlUsers:
        """People."""
        return SqlUsers(self._connection)

    @property
    def sessions(self) -> SqlAuthSessions:
        """Signed-in sessions."""
        return SqlAuthSessions(self._connection)

    @property
    def challenges(self) -> SqlOtpChallenges:
        """One-time codes under way."""
        return SqlOtpChallenges(self._connection)

    @property
    def outbox(self) -> SqlOutbox:
        """Facts that leave."""
        return SqlOutbox(self._connection)

    @property
    def notices(self) -> SqlNotices:
        """Things said."""
        return SqlNotices(self._connection)

    @property
    def inbox(self) -> SqlInbox:
        """Messages acted on."""
        return SqlInbox(self._connection)

    @property
    def mirror(self) -> SqlCatalogueMirror:
        """The copy of the box office's catalogue."""
        return SqlCatalogueMirror(self._connection)

    @property
    def content_seeds(self) -> SqlContentSeeds:
        """Content nobody has written yet."""
        return SqlContentSeeds(self._connection)

    @property
    def attempts(self) -> SqlPaymentAttempts:
        """Payment attempts."""
        return SqlPaymentAttempts(self._connection)

    @property
    def refunds(self) -> SqlRefunds:
        """Money on its way back."""
        return SqlRefunds(self._connection)

    @property
    def webhooks(self) -> SqlWebhookEvents:
        """Messages of gateways."""
        return SqlWebhookEvents(self._connection)

    @cached_property
    def orders(self) -> SqlOrders:
        """Orders; remembers what it read, so that only what changed is written."""
        return SqlOrders(self._connection)

    @property
    def cases(self) -> SqlOrderCases:
        """Orders with all that is decided together with them."""
        return SqlOrderCases(self._connection, self.orders)

    @property
    def buyers(self) -> SqlBuyers:
        """What is known of buyers."""
        return SqlBuyers(self._connection)

    @property
    def checkouts(self) -> SqlCheckouts:
        """Checkout processes."""
        return SqlCheckouts(self._connection)

    @property
    def claims(self) -> SeatClaims:
        """Seat claims."""
        return SqlSeatClaims(self._connection)

    @property
    def ledger(self) -> SqlLedger:
        """Double entries."""
        return SqlLedger(self._connection)

    @property
    def tickets(self) -> SqlIssuedTickets:
        """Issued tickets."""
        return SqlIssuedTickets(self._connection)


class SqlUnitOfWork(UnitOfWork[SqlTransaction]):
    """Opens transactions on the primary; the engine bounds how long a row is waited for."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._single = single(engine)

    @override
    def __call__(self) -> AbstractAsyncContextManager[SqlTransaction]:
        return self._phase()

    @override
    def alone(self) -> AbstractAsyncContextManager[SqlTransaction]:
        return self._statements()

    @asynccontextmanager
    async def _phase(self) -> AsyncGenerator[SqlTransaction]:
        with inner_span("transaction"):
            async with translating(), self._engine.begin() as connection:
                yield SqlTransaction(connection)

    @asynccontextmanager
    async def _statements(self) -> AsyncGenerator[SqlTransaction]:
        async with translating(), self._single.connect() as connection:
            yield SqlTransaction(connection)
