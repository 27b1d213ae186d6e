"""The worker process: the work lists of purchases, the relay of messages, upkeep at intervals.

It may be killed at any line: what it worked on is leased, and another takes it when the lease has lapsed.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from collections.abc import Awaitable, Callable
from typing import TypeVar
from uuid import UUID

import structlog
import uvloop
from dishka import AsyncContainer, Provider

from muvi.adapters.db.checkouts import CHANNEL as CHECKOUTS
from muvi.adapters.db.notifications import Notifications
from muvi.adapters.db.payment_attempts import CHANNEL as ATTEMPTS
from muvi.adapters.db.refunds import CHANNEL as REFUNDS
from muvi.adapters.jobs.attention import watch
from muvi.adapters.jobs.catalogue import sync_repeated
from muvi.adapters.jobs.delivery import Delivery
from muvi.adapters.jobs.probes import answering
from muvi.adapters.jobs.queue import make_worker, queue_name, worker_queue
from muvi.adapters.jobs.relay_loop import CHANNEL as OUTBOX
from muvi.adapters.jobs.relay_loop import RelayLoop
from muvi.adapters.jobs.ticker import Tick
from muvi.adapters.jobs.work_list import WorkList
from muvi.application.catalog.schedule import REPEATED, Repeated
from muvi.application.catalog.sync_catalogue import SyncCatalogue
from muvi.application.idempotency.purge_keys import PurgeIdempotencyKeys
from muvi.application.orders.advance_checkout import AdvanceCheckout
from muvi.application.orders.due_checkouts import ClaimDueCheckouts, KeepCheckout
from muvi.application.orders.read_attention import CountAttention
from muvi.application.payments.check_payment import CheckPayment, CheckPaymentCommand
from muvi.application.payments.due_work import ClaimDueAttempts, ClaimDueRefunds, KeepAttempt, KeepRefund
from muvi.application.payments.send_refund import SendRefund, SendRefundCommand
from muvi.entrypoints.container import make_container
from muvi.entrypoints.logs import configure_logs
from muvi.entrypoints.settings import Settings, settings_or_exit

UseCase = TypeVar("UseCase")
PURGE_EVERY_S = 3600
ATTENTION_EVERY_S = 60

log = structlog.get_logger("worker")


class Desk:
    """Opens a scope of the container for each piece of work."""

    def __init__(self, container: AsyncContainer) -> None:
        self._container = container

    async def ask(self, kind: type[UseCase], work: Callable[[UseCase], Awaitable[object]]) -> object:
        """Run something with a use case of its own scope."""
        async with self._container() as scope:
            return await work(await scope.get(kind))

    def claims(
        self, kind: type[Callable[[int], Awaitable[tuple[UUID, ...]]]]
    ) -> Callable[[int], Awaitable[tuple[UUID, ...]]]:
        """A claim use case as the work list wants it."""

        async def claim(limit: int) -> tuple[UUID, ...]:
            async with self._container() as scope:
                use_case = await scope.get(kind)
                return await use_case(limit)

        return claim


def work_lists(desk: Desk) -> dict[str, WorkList]:
    """The lists, by the bell that wakes each."""

    async def advance(order_id: UUID) -> None:
        await desk.ask(AdvanceCheckout, lambda use_case: use_case(order_id))

    async def keep(order_id: UUID) -> None:
        await desk.ask(KeepCheckout, lambda use_case: use_case(order_id))

    async def check(attempt_id: UUID) -> None:
        command = CheckPaymentCommand(attempt_id=attempt_id, leased=True)
        await desk.ask(CheckPayment, lambda use_case: use_case(command))

    async def refund(refund_id: UUID) -> None:
        command = SendRefundCommand(refund_id=refund_id, leased=True)
        await desk.ask(SendRefund, lambda use_case: use_case(command))

    async def keep_attempt(attempt_id: UUID) -> None:
        await desk.ask(KeepAttempt, lambda use_case: use_case(attempt_id))

    async def keep_refund(refund_id: UUID) -> None:
        await desk.ask(KeepRefund, lambda use_case: use_case(refund_id))

    return {
        CHECKOUTS: WorkList(name="checkouts", claim=desk.claims(ClaimDueCheckouts), run=advance, keep=keep),
        ATTEMPTS: WorkList(
            name="attempts", claim=desk.claims(ClaimDueAttempts), run=check, keep=keep_attempt
        ),
        REFUNDS: WorkList(name="refunds", claim=desk.claims(ClaimDueRefunds), run=refund, keep=keep_refund),
    }


def ticks(desk: Desk) -> tuple[Tick, ...]:
    """Upkeep at intervals."""

    async def purge_keys() -> object:
        return await desk.ask(PurgeIdempotencyKeys, lambda use_case: use_case())

    async def attention() -> object:
        return await desk.ask(CountAttention, watch)

    keys = Tick(name="idempotency-keys", every_s=PURGE_EVERY_S, run=purge_keys, first_s=90)
    waiting = Tick(name="attention", every_s=ATTENTION_EVERY_S, run=attention, first_s=5)
    return (*catalogue_ticks(desk), keys, waiting)


def catalogue_ticks(desk: Desk) -> tuple[Tick, ...]:
    """The catalogue follows the box office without any cron."""

    def tick(one: Repeated) -> Tick:
        async def sync() -> None:
            await desk.ask(SyncCatalogue, lambda use_case: sync_repeated(use_case, one))

        return Tick(name=f"sync-{one.name}", first_s=one.first_s, every_s=one.every_s, run=sync)

    return tuple(tick(one) for one in REPEATED)


async def work(settings: Settings, stop: asyncio.Event, *overrides: Provider) -> None:
    """Work until told to stop; tests override providers."""
    container = make_container(settings, *overrides)
    desk = Desk(container)
    notifications = await container.get(Notifications)
    lists = work_lists(desk)
    for channel, work_list in lists.items():
        notifications.subscribe(channel, work_list.ring)
        notifications.on_gap(work_list.ring)
    relay = await container.get(RelayLoop)
    notifications.subscribe(OUTBOX, relay.ring)
    notifications.on_gap(relay.ring)
    queue = worker_queue(settings.redis_url, queue_name(settings.database_url))
    messages = make_worker(queue, await container.get(Delivery))
    await notifications.start()
    loops = [one.work() for one in lists.values()] + [tick.work() for tick in ticks(desk)]
    loops += [relay.run(), messages.start()]
    running = [asyncio.create_task(loop) for loop in loops]
    log.info("worker ready", lists=[one.name for one in lists.values()])
    waiting = asyncio.create_task(stop.wait())
    try:
        done, _ = await asyncio.wait([waiting, *running], return_when=asyncio.FIRST_COMPLETED)
        for task in done - {waiting}:
            task.result()
    finally:
        for task in (waiting, *running):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        await queue.disconnect()
        await notifications.stop()
        await container.close()


def probes(settings: Settings) -> contextlib.AbstractContextManager[object]:
    """Metrics and health while the worker works, where a port is named for them."""
    port = settings.worker_metrics_port
    return answering(settings.host, port) if port else contextlib.nullcontext()


async def serve(settings: Settings, *overrides: Provider) -> None:
    """Work until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(probes(settings))
        except OSError as error:
            sys.exit(f"WORKER_METRICS_PORT {settings.worker_metrics_port} cannot be used: {error}")
        await work(settings, stop, *overrides)


def main(*overrides: Provider) -> None:
    """Run the worker of the present environment."""
    settings = settings_or_exit()
    configure_logs(settings.log_level)
    uvloop.run(serve(settings, *overrides))


if __name__ == "__main__":
    main()
