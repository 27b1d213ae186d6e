"""Messages: from the outbox to the consumers, by the queue or without it."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from dishka import Provider, Scope, provide
from sqlalchemy.ext.asyncio import AsyncEngine

from muvi.adapters.db.outbox import SqlDeadLetters, SqlPostOffice
from muvi.adapters.jobs.delivery import Delivery, HereAndNow, Routes
from muvi.adapters.jobs.queue import SaqCourier, courier_queue, queue_name
from muvi.adapters.jobs.relay_loop import RelayLoop
from muvi.application.messaging.relay import RelayMessages
from muvi.application.notifications.send_confirmation import SendConfirmation
from muvi.entrypoints.settings import Settings
from muvi.ports.clock import Clock
from muvi.ports.messaging.post import Courier, DeadLetters, PostOffice


class MessagingProvider(Provider):
    """One relay and one set of consumers per process."""

    scope = Scope.APP

    @provide
    def post(self, engine: AsyncEngine) -> PostOffice:
        """The outbox from the relay's side."""
        return SqlPostOffice(engine)

    @provide
    def dead_letters(self, engine: AsyncEngine) -> DeadLetters:
        """What a person has to look at."""
        return SqlDeadLetters(engine)

    @provide
    def routes(self, confirmation: SendConfirmation) -> Routes:
        """Who acts on what. A type without an entry ends as a dead letter."""
        return {"order_confirmed.v1": (confirmation,)}

    @provide
    def delivery(self, post: PostOffice, routes: Routes, clock: Clock) -> Delivery:
        """Runs consumers."""
        return Delivery(post, routes, clock)

    @provide
    async def courier(self, settings: Settings) -> AsyncGenerator[Courier]:
        """Jobs in Redis."""
        queue = courier_queue(settings.redis_url, queue_name(settings.database_url))
        yield SaqCourier(queue)
        await queue.disconnect()

    @provide
    def relay(self, post: PostOffice, courier: Courier, deliver: Delivery, clock: Clock) -> RelayLoop:
        """The loop that hands messages over; while the queue is down they are acted on in this process."""
        return RelayLoop(RelayMessages(post, courier, HereAndNow(deliver), clock), post, clock)
