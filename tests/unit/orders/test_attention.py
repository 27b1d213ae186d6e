"""Operators are told again and again while something waits; buyers are not told what staff wrote."""

import structlog
from prometheus_client import REGISTRY
from tests.builders_orders import MINUTE, NOW, a_checkout, a_line, an_id, an_order
from tests.shop import Shop

from muvi.adapters.jobs.attention import watch
from muvi.adapters.memory.attention import MemoryAttentionViews
from muvi.adapters.memory.clock import FakeClock
from muvi.adapters.memory.gateway import Trouble
from muvi.adapters.memory.unit_of_work import MemoryDatabase, MemoryUnitOfWork
from muvi.application.orders.read_attention import CountAttention
from muvi.domain.orders.checkout import CheckoutState
from muvi.domain.orders.order import TimelineEntry
from muvi.domain.payments.doubt import DOUBT_S
from muvi.domain.payments.watch import WATCH_S
from muvi.ports.orders.attention import WaitingKind


def gauge(kind: str) -> float | None:
    return REGISTRY.get_sample_value("muvi_attention_waiting", {"kind": kind})


async def test_one_line_per_tick_while_something_waits() -> None:
    database, clock = MemoryDatabase(), FakeClock(NOW)
    count = CountAttention(MemoryAttentionViews(database), clock)
    with structlog.testing.capture_logs() as quiet:
        await watch(count)
    assert (quiet, gauge("checkout"), gauge("refund"), gauge("payment")) == ([], 0, 0, 0)
    async with MemoryUnitOfWork(database)() as tx:
        await tx.orders.add(an_order(lines=(a_line(),)))
        await tx.checkouts.add(a_checkout(state=CheckoutState.MANUAL))
    with structlog.testing.capture_logs() as said:
        await watch(count)
        await watch(count)
    assert [(line["event"], line["checkouts"], line["refunds"]) for line in said] == [("attention", 1, 0)] * 2
    assert (gauge("checkout"), gauge("refund")) == (1, 0)


async def test_a_gateway_that_never_tells_ends_on_the_list() -> None:
    shop = Shop()
    order_id, attempt = await shop.at_the_gateway()
    shop.gateway.fail("check", *[Trouble.UNAVAILABLE] * 50)
    views = MemoryAttentionViews(shop.database)
    await shop.until(WATCH_S + DOUBT_S - MINUTE.seconds)
    assert await views.waiting(1, now=shop.clock.now()) == ()
    await shop.until(2 * MINUTE.seconds)
    [one] = await views.waiting(1, now=shop.clock.now())
    assert (one.kind, one.order_id, one.attempt_id) == (WaitingKind.PAYMENT, order_id, attempt.id)
    await shop.settle()
    assert await views.waiting(1, now=shop.clock.now()) == (), "a clear word takes it off"


def test_a_buyer_does_not_read_what_staff_wrote() -> None:
    facts = {"by": "staff:X", "note": "transfer 7", "amount_minor": 5500, "refund": str(an_id(5))}
    entry = TimelineEntry(at=NOW, code="refund-paid-out", facts=facts)
    assert entry.facts_for_buyer == {"amount_minor": 5500, "refund": str(an_id(5))}
