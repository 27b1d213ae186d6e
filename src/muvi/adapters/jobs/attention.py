"""Tell operators, again and again, that something waits for a person."""

from __future__ import annotations

import structlog
from prometheus_client import Gauge

from muvi.application.orders.read_attention import CountAttention, CountAttentionCommand
from muvi.domain.shared.actor import SYSTEM

WAITING = Gauge("muvi_attention_waiting", "Purchases, refunds and payments that wait for a person", ["kind"])

log = structlog.get_logger("attention")


async def watch(count: CountAttention) -> None:
    """One tick. Every worker counts the same rows: take the maximum over them, not the sum."""
    counted = await count(CountAttentionCommand(actor=SYSTEM))
    for kind, number in counted.items():
        WAITING.labels(kind.value).set(number)
    if any(counted.values()):
        log.warning("attention", **{f"{kind.value}s": number for kind, number in counted.items()})
