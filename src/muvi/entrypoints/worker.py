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

from muvi.adapters.db.backlog import SqlBacklog
from muvi.adapters.db.checkouts import CHANNEL as CHECKOUTS
from muvi.adapters.db.notifications import Notifications
from muvi.adapters.db.payment_attempts import CHANNEL as ATTEMPTS
from muvi.adapters.db.refunds import CHANNEL as REFUNDS
from muvi.adapters.jobs.attention import watch
from muvi.adapters.jobs.backlog import measure
from muvi.adapters.jobs.catalogue import sync_repeated
from muvi.adapters.jobs.delivery import Delivery
from muvi.adapters.jobs.probes import answering
from muvi.adapters.jobs.queue import make_worker, queue_name, worker_queue
from muvi.adapters.jobs.relay_loop import CHANNEL as OUTBOX
from muvi.adapters.jobs.relay_loop import RelayLoop
from muvi.adapters.jobs.ticker import Tick
from muvi.adapters.jobs.work_list import Lease, WorkList
from muvi.adapters.kit.loop_lag import watch_lag
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
from muvi.entrypoints.telemetry import start_telemetry

UseCase = TypeVar("UseCase")
PURGE_EVERY_S = 3600
ATTENTION_EVERY_S = 60
BACKLOG_EVERY_S = 30

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

    def holding(self, kind: type[KeepCheckout | KeepAttempt | KeepRefund]) -> Lease:
        """What the work list wants to do with a lease: prolong it, and end it."""

        async def keep(piece: UUID) -> None:
            async with self._container() as scope:
                await (await scope.get(kind))(piece)

        async def give_back(piece: UUID) -> None:
            async with self._container() as scope:
                await (await scope.get(kind)).give_back(piece)

        return Lease(keep, give_back)


def work_lists(desk: Desk) -> dict[str, WorkList]:
    """The lists, by the bell that wakes each."""

    async def advance(order_id: UUID) -> None:
        await desk.ask(AdvanceCheckout, lambda use_case: use_case(order_id))

    async def check(attempt_id: UUID) -> None:
        command = CheckPaymentCommand(attempt_id=attempt_id, leased=True)
        await desk.ask(CheckPayment, lambda use_case: use_case(command))

    async def refund(refund_id: UUID) -> None:
        command = SendRefundCommand(refund_id=refund_id, leased=True)
        await desk.ask(SendRefund, lambda use_case: use_case(command))

    checkouts = WorkList(
        name="checkouts", claim=desk.claims(ClaimDueCheckouts), run=advance, lease=desk.holding(KeepCheckout)
    )
    attempts = WorkList(
        name="attempts",
        claim=desk.claims(ClaimDueAttempts),
        run=check,
        harmless_cut=True,  # to ask a gateway changes nothing there
        lease=desk.holding(KeepAttempt),
    )
    refunds = WorkList(
        name="refunds", claim=desk.claims(ClaimDueRefunds), run=refund, lease=desk.holding(KeepRefund)
    )
    return {CHECKOUTS: checkouts, ATTEMPTS: attempts, REFUNDS: refunds}


def ticks(desk: Desk) -> tuple[Tick, ...]:
    """Upkeep at intervals."""

    async def purge_keys() -> object:
        return await desk.ask(PurgeIdempotencyKeys, lambda use_case: use_case())

    async def attention() -> object:
        return await desk.ask(CountAttention, watch)

    async def backlog() -> object:
        return await desk.ask(SqlBacklog, measure)

    keys = Tick(name="idempotency-keys", every_s=PURGE_EVERY_S, run=purge_keys, first_s=90)
    waiting = Tick(name="attention", every_s=ATTENTION_EVERY_S, run=attention, first_s=5)
    due = Tick(name="backlog", every_s=BACKLOG_EVERY_S, run=backlog, first_s=2)
    return (*catalogue_ticks(desk), keys, waiting, due)


def catalogue_ticks(desk: Desk) -> tuple[Tick, ...]:
    """The catalogue follows the box office without any cron."""

    def tick(one: Repeated) -> Tick:
        async def sync() -> None:
            await desk.ask(SyncCatalogue, lambda use_case: sync_repeated(use_case, one))

        return Tick(name=f"sync-{one.name}", first_s=one.first_s, every_s=one.every_s, run=sync)

    return tuple(tick(one) for one in REPEATED)


class Stop:
    """What signals say: the first that work ends, a second that it ends now."""

    def __init__(self) -> None:
        self.asked, self.urged = asyncio.Event(), asyncio.Event()

    def signalled(self) -> None:
        """One more signal."""
        (self.urged if self.asked.is_set() else self.asked).set()


async def ended(running: list[asyncio.Task[None]], urged: asyncio.Event) -> None:
    """Cancel the loops, each of which ends what it has begun; cancel them again when that is urged."""
    hurry = asyncio.create_task(urged.wait())
    rest: set[asyncio.Task[None]] = set(running)
    for task in rest:
        task.cancel()
    while rest and not hurry.done():
        await asyncio.wait({*rest, hurry}, return_when=asyncio.FIRST_COMPLETED)
        rest = {task for task in rest if not task.done()}
    hurry.cancel()
    for task in rest:
        task.cancel()
    await asyncio.wait({*running, hurry})


async def work(settings: Settings, stop: Stop, *overrides: Provider) -> None:
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
    loops += [relay.run(), messages.start(), watch_lag()]
    running = [asyncio.create_task(loop) for loop in loops]
    log.info("worker ready", lists=[one.name for one in lists.values()])
    waiting = asyncio.create_task(stop.asked.wait())
    try:
        done, _ = await asyncio.wait([waiting, *running], return_when=asyncio.FIRST_COMPLETED)
        for task in done - {waiting}:
            task.result()
    finally:
        log.info("worker stops")
        waiting.cancel()
        await ended(running, stop.urged)
        await queue.disconnect()
        await notifications.stop()
        await container.close()


def probes(settings: Settings) -> contextlib.AbstractContextManager[object]:
    """Metrics and health while the worker works, where a port is named for them."""
    port = settings.worker_metrics_port
    return answering(settings.host, port) if port else contextlib.nullcontext()


async def serve(settings: Settings, *overrides: Provider) -> None:
    """Work until SIGTERM or SIGINT; a second one does not wait for what runs."""
    stop = Stop()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.signalled)
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
    stop_telemetry = start_telemetry(settings.telemetry, "worker")
    try:
        uvloop.run(serve(settings, *overrides))
    finally:
        stop_telemetry()


if __name__ == "__main__":
    main()
