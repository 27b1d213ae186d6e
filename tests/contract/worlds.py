"""A unit of work in memory and on PostgreSQL, for suites that run the same tests on both."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncEngine

from muvi.adapters.db.identity import SqlProfiles
from muvi.adapters.db.outbox import SqlDeadLetters, SqlPostOffice
from muvi.adapters.db.payment_views import SqlPaymentViews
from muvi.adapters.db.sms_senders import SqlSenderChoices
from muvi.adapters.db.unit_of_work import SqlUnitOfWork
from muvi.adapters.memory.database import MemoryDatabase
from muvi.adapters.memory.identity import MemoryProfiles, MemorySenderChoices
from muvi.adapters.memory.messaging import MemoryDeadLetters, MemoryPostOffice
from muvi.adapters.memory.payments import MemoryPaymentViews
from muvi.adapters.memory.unit_of_work import MemoryUnitOfWork
from muvi.ports.identity.senders import SenderChoices
from muvi.ports.identity.users import Profiles
from muvi.ports.messaging.post import DeadLetters, PostOffice
from muvi.ports.payments.views import PaymentViews


@dataclass(frozen=True)
class World:
    """Adapters that look at the same rows."""

    begin: Callable[..., object]
    profiles: Profiles
    senders: SenderChoices
    post: PostOffice
    dead: DeadLetters
    pages: PaymentViews


def memory_world() -> World:
    """Everything in memory."""
    database = MemoryDatabase()
    return World(
        begin=MemoryUnitOfWork(database),
        profiles=MemoryProfiles(database),
        senders=MemorySenderChoices(),
        post=MemoryPostOffice(database),
        dead=MemoryDeadLetters(database),
        pages=MemoryPaymentViews(database),
    )


def sql_world(engine: AsyncEngine) -> World:
    """Everything on PostgreSQL."""
    return World(
        begin=SqlUnitOfWork(engine),
        profiles=SqlProfiles(engine),
        senders=SqlSenderChoices(engine),
        post=SqlPostOffice(engine),
        dead=SqlDeadLetters(engine),
        pages=SqlPaymentViews(engine),
    )
