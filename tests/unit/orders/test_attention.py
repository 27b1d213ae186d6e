"""Operators are told again and again while something waits; buyers are not told what staff wrote."""

import structlog
from prometheus_client import REGISTRY
from tests.builders_orders import NOW, a_checkout, a_line, an_id, an_order

from muvi.adapters.jobs.attention import watch
from muvi.adapters.memory.attention import MemoryAttentionViews
from muvi.adapters.memory.unit_of_work import MemoryDatabase, MemoryUnitOfWork
from muvi.application.orders.read_attention import CountAttention
from muvi.domain.orders.checkout import CheckoutState
from muvi.domain.orders.order import TimelineEntry


def gauge(kind: str) -> float | None:
    return REGISTRY.get_sample_value("muvi_attention_waiting", {"kind": kind})


async def test_one_line_per_tick_while_something_waits() -> None:
    database = MemoryDatabase()
    count = CountAttention(MemoryAttentionViews(database))
    with structlog.testing.capture_logs() as quiet:
        await watch(count)
    assert (quiet, gauge("checkout"), gauge("refund")) == ([], 0, 0)
    async with MemoryUnitOfWork(database)() as tx:
        await tx.orders.add(an_order(lines=(a_line(),)))
        await tx.checkouts.add(a_checkout(state=CheckoutState.MANUAL))
    with structlog.testing.capture_logs() as said:
        await watch(count)
        await watch(count)
    assert [(line["event"], line["checkouts"], line["refunds"]) for line in said] == [("attention", 1, 0)] * 2
    assert (gauge("checkout"), gauge("refund")) == (1, 0)


def test_a_buyer_does_not_read_what_staff_wrote() -> None:
    facts = {"by": "staff:X", "note": "transfer 7", "amount_minor": 5500, "refund": str(an_id(5))}
    entry = TimelineEntry(at=NOW, code="refund-paid-out", facts=facts)
    assert entry.facts_for_buyer == {"amount_minor": 5500, "refund": str(an_id(5))}
