"""What the edge itself keeps: the keys of repeated calls."""

from __future__ import annotations

from dishka import Provider, Scope, provide
from sqlalchemy.ext.asyncio import AsyncEngine

from muvi.adapters.db.idempotency import SqlIdempotencyKeys
from muvi.application.idempotency.purge_keys import PurgeIdempotencyKeys
from muvi.ports.idempotency import IdempotencyKeys


class EdgeProvider(Provider):
    """Keys on PostgreSQL."""

    scope = Scope.APP

    @provide
    def keys(self, engine: AsyncEngine) -> IdempotencyKeys:
        """The table of keys."""
        return SqlIdempotencyKeys(engine)


class EdgeUseCases(Provider):
    """What the ticker calls."""

    scope = Scope.REQUEST
    purge = provide(PurgeIdempotencyKeys)
