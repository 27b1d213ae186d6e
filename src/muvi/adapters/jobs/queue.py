"""SAQ on Redis as a courier: it may lose what it carries, the lease in the outbox brings it again.

Settings follow what was found out about the versions in use: the reading client must not time out before a
blocking read ends, a job gets explicit limits, and one attempt in all, because attempts are counted in the
outbox. Jobs carry a message id and nothing else.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import time
from contextlib import suppress
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

import structlog
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from saq import Job, Worker
from saq.queue.redis import RedisQueue
from typing_extensions import override

from muvi.adapters.jobs.delivery import Delivery
from muvi.domain.shared.ids import from_wire, to_wire
from muvi.ports.errors import Unavailable
from muvi.ports.messaging.lease import DELIVERY_LIMIT_S
from muvi.ports.messaging.post import Courier

TASK: Final = "deliver"
ENQUEUE_LIMIT_S: Final = 1.0
REST_S: Final = 5.0
DEQUEUE_S: Final = 2.0
READ_LIMIT_S: Final = 15.0
GRACE_S: Final = 25
STOP_ROUNDS: Final = 5
CONCURRENCY: Final = 10

log = structlog.get_logger()


def queue_name(database_url: str) -> str:
    """The queue that belongs to a database. Two copies of the service may be given one Redis: a worker that
    took the other's jobs would look for their messages in vain, and they would wait for their leases.
    """
    parts = urlsplit(database_url)
    place = f"{parts.hostname}:{parts.port}{parts.path}?{parts.query}"
    return f"muvi-{hashlib.sha256(place.encode()).hexdigest()[:12]}"


def courier_queue(url: str, name: str) -> RedisQueue:
    """A queue to write to: quick to give up."""
    return _queue(url, name, socket_timeout=0.5, max_connections=20)


def worker_queue(url: str, name: str) -> RedisQueue:
    """A queue to read from: its patience outlasts a blocking read."""
    return _queue(url, name, socket_timeout=READ_LIMIT_S, max_connections=CONCURRENCY + 10)


def _queue(url: str, name: str, *, socket_timeout: float, max_connections: int) -> RedisQueue:
    logging.getLogger("saq").setLevel(logging.CRITICAL)  # its errors are a traceback a second in an outage
    pool = BlockingConnectionPool.from_url(
        url,
        socket_timeout=socket_timeout,
        socket_connect_timeout=0.5,
        max_connections=max_connections,
        timeout=1,
        retry=Retry(NoBackoff(), 1),
    )
    return _PatientQueue(Redis.from_pool(pool), name=name)


class _PatientQueue(RedisQueue):
    """SAQ's worker asks again at once when asking fails; this makes it rest. It closes without Redis too."""

    @override
    async def disconnect(self) -> None:
        with suppress(RedisError, OSError):
            await super().disconnect()
        await self.redis.aclose()
        await self.redis.connection_pool.disconnect()

    @override
    async def dequeue(self, timeout: float = 0.0, poll_interval: float = 0.0) -> Job | None:
        try:
            return await super().dequeue(timeout, poll_interval)
        except (RedisError, OSError) as error:
            log.warning("queue lost", error=type(error).__name__)
            await asyncio.sleep(REST_S)
            return None


class SaqCourier(Courier):
    """Puts a job for each message into Redis. After a failure it is not tried for five seconds, so that a
    batch does not wait for a dead Redis once per message.
    """

    def __init__(self, queue: RedisQueue) -> None:
        self._queue = queue
        self._resting_until = 0.0

    @override
    async def send(self, message_id: UUID, attempt: int) -> None:
        if time.monotonic() < self._resting_until:
            raise Unavailable("the queue was down a moment ago", system="queue")
        wire = to_wire(message_id)
        job = Job(
            function=TASK,
            kwargs={"message_id": wire},
            key=f"{wire}:{attempt}",
            timeout=DELIVERY_LIMIT_S + 5,
            heartbeat=DELIVERY_LIMIT_S + 5,
            retries=1,
            ttl=-1,  # nothing of it is kept: how it ended stands in the outbox
        )
        try:
            async with asyncio.timeout(ENQUEUE_LIMIT_S):
                await self._queue.enqueue(job)
        except (RedisError, OSError, TimeoutError) as error:
            self._resting_until = time.monotonic() + REST_S
            raise Unavailable(f"the queue is down: {type(error).__name__}", system="queue") from error


class _QuietWorker(Worker[Any]):
    """Leaves signals to the process, survives the loss of Redis between two commands, and stops as soon as
    its jobs have ended: SAQ would wait for the naps of its housekeeping too.
    """

    SIGNALS = []  # noqa: RUF012  (as the base class has it)
    _housekeeping: list[asyncio.Task[None]] = []  # noqa: RUF012  (replaced when it starts)

    @override
    async def upkeep(self) -> list[asyncio.Task[None]]:
        self._housekeeping = await super().upkeep()
        return self._housekeeping

    @override
    async def stop(self) -> None:
        self.event.set()
        for _ in range(STOP_ROUNDS):  # a first cancellation may get lost in the making of a connection
            napping = [task for task in self._housekeeping if not task.done()]
            for task in napping:
                task.cancel()
            if napping:
                await asyncio.wait(napping, timeout=0.2)
        await super().stop()

    @override
    async def process(self) -> bool:
        try:
            return await super().process()
        except (RedisError, OSError) as error:
            log.warning("queue lost", error=type(error).__name__)
            await asyncio.sleep(REST_S)
            return False


def make_worker(queue: RedisQueue, deliver: Delivery, *, dequeue_s: float = DEQUEUE_S) -> Worker[Any]:
    """The worker that reads the queue: `await worker.start()` runs until cancelled or `worker.stop()`, then
    gives its jobs time to end.
    """

    async def run(_: dict[str, Any], *, message_id: str = "", **unknown: object) -> None:
        try:
            known = from_wire(str(message_id))
        except ValueError:
            log.warning("a job that is none of ours", fields=sorted(unknown))
            return
        try:
            await deliver(known)
        except Unavailable as error:
            log.warning("delivery given back", message_id=message_id, reason=str(error))

    return _QuietWorker(
        queue,
        functions=[(TASK, run)],
        concurrency=CONCURRENCY,
        dequeue_timeout=dequeue_s,
        shutdown_grace_period_s=GRACE_S,
        timers={"sweep": 60, "schedule": 5, "worker_info": 30, "abort": 5},
    )
