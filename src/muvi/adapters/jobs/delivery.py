"""Run the consumers of one message, whoever brought it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

import structlog
from prometheus_client import Counter
from typing_extensions import override

from muvi.adapters.kit.causes import UNKNOWN, causes
from muvi.adapters.kit.request_id import under_request_id
from muvi.adapters.kit.tracing import span
from muvi.application.messaging.relay import MAX_ATTEMPTS
from muvi.domain.shared.errors import DomainError, InvariantBroken
from muvi.domain.shared.ids import to_wire
from muvi.ports.clock import Clock
from muvi.ports.errors import PortError, Refused, Unavailable
from muvi.ports.messaging.lease import DELIVERY_LIMIT_S
from muvi.ports.messaging.outbox import Message
from muvi.ports.messaging.post import Consumer, Courier, Failure, PostOffice

Routes = Mapping[str, Sequence[Consumer]]
"""Event type to those who act on it. Several may; each is remembered by its own name."""

FIRST_PAUSE_S = 5
LONGEST_PAUSE_S = 900
DELIVERIES = Counter("muvi_messages_total", "Deliveries by message type and outcome", ["type", "outcome"])

log = structlog.get_logger("job")


@dataclass(frozen=True, slots=True)
class _Bad:
    """How one consumer failed. The reason holds no text of unforeseen errors: it might be personal."""

    reason: str
    final: bool
    retry_after_s: float = 0.0


class Delivery:
    """Brings a message to its consumers and records how that ended. Raises only `Unavailable`, when the
    database cannot be reached: then the lease brings the message again.
    """

    def __init__(self, post: PostOffice, routes: Routes, clock: Clock) -> None:
        self._post = post
        self._routes = routes
        self._clock = clock

    async def __call__(self, message_id: UUID) -> None:
        """Deliver, unless the message has ended meanwhile."""
        with causes() as found:
            message = await self._post.find(message_id)
        if message is None:
            return
        cause = found.get(message_id, UNKNOWN)
        told = {"muvi.id": to_wire(message_id)}
        with (
            under_request_id(cause.request_id),
            span(f"deliver {message.type}", kind="consumer", parent=cause.traceparent, attributes=told),
        ):
            await self._deliver(message)

    async def _deliver(self, message: Message) -> None:
        started = time.perf_counter()
        consumers = self._routes.get(message.type, ())
        addressed = replace(message, audience=tuple(consumer.name for consumer in consumers))
        bad = [found for consumer in consumers if (found := await self._try(consumer, addressed)) is not None]
        if not consumers:
            bad = [_Bad("nobody acts on this type", final=True)]
        outcome = await self._record(message, bad) if bad else "done"
        DELIVERIES.labels(message.type, outcome).inc()
        log.info(
            "job",
            message_id=to_wire(message.id),
            type=message.type,
            attempt=message.attempt,
            outcome=outcome,
            reason="; ".join(one.reason for one in bad),
            ms=round((time.perf_counter() - started) * 1000, 1),
        )

    async def _try(self, consumer: Consumer, message: Message) -> _Bad | None:
        try:
            async with asyncio.timeout(DELIVERY_LIMIT_S):
                await consumer(message)
        except InvariantBroken as defect:  # ours, not the message's: it may be mended before the last attempt
            log.exception("consumer failed", consumer=consumer.name, message_id=to_wire(message.id))
            return _Bad(f"{consumer.name}: {type(defect).__name__}", final=False)
        except (DomainError, Refused) as error:
            return _Bad(f"{consumer.name}: {type(error).__name__}: {error}", final=True)
        except PortError as error:
            pause = error.retry_after_s if isinstance(error, Unavailable) else None
            return _Bad(
                f"{consumer.name}: {type(error).__name__}: {error}", final=False, retry_after_s=pause or 0
            )
        except TimeoutError:
            return _Bad(f"{consumer.name}: took longer than {DELIVERY_LIMIT_S} s", final=False)
        except Exception as error:
            log.exception("consumer failed", consumer=consumer.name, message_id=to_wire(message.id))
            return _Bad(f"{consumer.name}: {type(error).__name__}", final=False)
        return None

    async def _record(self, message: Message, bad: Sequence[_Bad]) -> str:
        now = self._clock.now()
        final = all(one.final for one in bad) or message.attempt >= MAX_ATTEMPTS
        backoff = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2 ** (message.attempt - 1))
        pause_s = max(backoff, *(one.retry_after_s for one in bad))
        failure = Failure(
            message_id=message.id,
            attempt=message.attempt,
            reason="; ".join(one.reason for one in bad)[:500],
            at=now,
            retry_at=None if final else now + timedelta(seconds=pause_s),
        )
        await self._post.fail(failure)
        return "dead" if final else "again"


class HereAndNow(Courier):
    """Delivers in this very process: what the relay falls back to while the queue is down."""

    def __init__(self, deliver: Delivery) -> None:
        self._deliver = deliver

    @override
    async def send(self, message_id: UUID, attempt: int) -> None:
        await self._deliver(message_id)
