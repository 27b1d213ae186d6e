"""Attempts, refunds and webhooks come back as they were kept, and are worked on by one at a time."""

from dataclasses import fields, replace
from datetime import timedelta

import pytest
from tests.builders_payments import (
    A_FORM,
    A_WIDGET,
    NOW,
    PRICE,
    a_refund,
    a_report,
    a_transaction,
    an_attempt,
    an_id,
    an_open_attempt,
)
from tests.contract.worlds import World

from muvi.domain.payments.attempt import PaymentAttempt
from muvi.domain.payments.attempt_status import AttemptStatus
from muvi.domain.payments.front_end import DirectCharge, FrontEnd
from muvi.domain.payments.refund import Refund, RefundStatus
from muvi.domain.payments.report import RefundReport, Verdict
from muvi.domain.shared.money import Money
from muvi.ports.payments.attempts import AttemptChanged
from muvi.ports.payments.refunds import RefundChanged
from muvi.ports.payments.webhooks import WebhookEvent

SECOND = timedelta(seconds=1)


def facts(thing: PaymentAttempt | Refund) -> dict[str, object]:
    """What is kept: not what only happened in memory."""
    return {f.name: getattr(thing, f.name) for f in fields(thing) if f.name not in ("events", "news")}


async def kept(world: World, attempt: PaymentAttempt) -> PaymentAttempt:
    async with world.begin() as tx:
        await tx.attempts.add(attempt)
    async with world.begin() as tx:
        return await tx.attempts.get(attempt.id, for_update=True)


async def paid(world: World, *names: str) -> PaymentAttempt:
    """An attempt in the tables whose captures were recorded and applied, as a check does it."""
    await kept(world, an_open_attempt())
    report = a_report(Verdict.CAPTURED, *(a_transaction(name) for name in names or ("t1",)))
    async with world.begin() as tx:
        attempt = await tx.attempts.get(an_id(1), for_update=True)
        assert await tx.attempts.record(attempt, report.transactions, NOW) == report.transactions
        attempt.apply(report, NOW, signals_seen=0)
        await tx.attempts.save(attempt)
    async with world.begin() as tx:
        return await tx.attempts.get(an_id(1), for_update=True)


async def test_an_attempt_comes_back(world: World) -> None:
    assert facts(await kept(world, an_attempt(1))) == facts(an_attempt(1))
    assert facts(await kept(world, an_open_attempt(2))) == facts(an_open_attempt(2))
    async with world.begin() as tx:
        assert await tx.attempts.get(an_id(3)) is None


async def test_what_became_of_it_comes_back(world: World) -> None:
    attempt = await kept(world, an_open_attempt())
    attempt.charge_answered = True
    attempt.signal(NOW, "p1")
    attempt.apply(replace(a_report(Verdict.DECLINED), denied=("e1", "e2")), NOW, signals_seen=1)
    async with world.begin() as tx:
        await tx.attempts.save(attempt)
    async with world.begin() as tx:
        found = await tx.attempts.get(attempt.id)
    assert facts(found) == facts(attempt)
    assert (found.status, found.last_verdict, found.payment_ids) == ("FAILED", Verdict.DECLINED, ("p1", "d1"))
    assert (found.denied_by, found.declined_ids) == (("e1", "e2"), ("d1",))


async def test_captures_come_back_with_the_gateways_transactions(world: World) -> None:
    attempt = await paid(world, "t2", "t1")
    assert attempt.status is AttemptStatus.CAPTURED
    assert [capture.transaction_id for capture in attempt.captured] == ["t1", "t2"] or [
        capture.transaction_id for capture in attempt.captured
    ] == ["t2", "t1"]
    assert attempt.captured_minor == 2 * PRICE.minor
    assert attempt.captured[0].card_masked == "411111******1111"


async def test_a_transaction_belongs_to_the_attempt_that_saw_it_first(world: World) -> None:
    await paid(world)
    other = await kept(world, an_open_attempt(2))
    async with world.begin() as tx:
        assert await tx.attempts.record(other, [a_transaction("t1"), a_transaction("t7")], NOW) == (
            a_transaction("t7"),
        )


async def test_money_once_seen_is_not_unseen(world: World) -> None:
    attempt = await paid(world)
    async with world.begin() as tx:
        await tx.attempts.record(attempt, [a_transaction("t1", Verdict.DECLINED)], NOW + SECOND)
    async with world.begin() as tx:
        assert (await tx.attempts.get(attempt.id)).captured_minor == PRICE.minor


async def test_a_pending_transaction_becomes_a_capture(world: World) -> None:
    attempt = await kept(world, an_open_attempt())
    async with world.begin() as tx:
        await tx.attempts.record(attempt, [a_transaction("t1", Verdict.PENDING)], NOW)
        await tx.attempts.record(attempt, [a_transaction("t1")], NOW + SECOND)
        attempt.apply(a_report(), NOW, signals_seen=0)
        await tx.attempts.save(attempt)
    async with world.begin() as tx:
        assert (await tx.attempts.get(attempt.id)).captured_minor == PRICE.minor


async def test_a_stale_writer_is_refused(world: World) -> None:
    stale = await kept(world, an_open_attempt())
    async with world.begin() as tx:
        fresh = await tx.attempts.get(stale.id, for_update=True)
        fresh.signal(NOW)
        await tx.attempts.save(fresh)
    stale.signal(NOW)
    with pytest.raises(AttemptChanged):
        async with world.begin() as tx:
            await tx.attempts.save(stale)


async def test_attempts_are_found_by_order_and_by_checkout(world: World) -> None:
    order = an_id(77)
    for number in (2, 1):
        await kept(world, an_open_attempt(number, order_id=order))
    await kept(world, an_attempt(3))
    async with world.begin() as tx:
        assert [one.id for one in await tx.attempts.of_order(order, for_update=True)] == [an_id(1), an_id(2)]
        assert await tx.attempts.by_checkout("memory", "checkout-2") == an_id(2)
        assert await tx.attempts.by_checkout("other", "checkout-2") is None
        assert await tx.attempts.by_checkout("memory", "") is None


async def test_due_attempts_are_leased_once_the_longest_waiting_first(world: World) -> None:
    for number in (1, 2, 3):
        await kept(world, an_open_attempt(number, now=NOW - number * timedelta(minutes=10)))
    async with world.begin() as tx:
        assert await tx.attempts.claim_due(NOW, limit=2, lease_s=30) in (
            (an_id(3), an_id(2)),
            (an_id(2), an_id(3)),
        )
    async with world.begin() as tx:
        assert await tx.attempts.claim_due(NOW, limit=9, lease_s=30) == (an_id(1),)
        assert await tx.attempts.claim_due(NOW, limit=9, lease_s=30) == ()
    async with world.begin() as tx:
        assert len(await tx.attempts.claim_due(NOW + 31 * SECOND, limit=9, lease_s=30)) == 3


async def test_a_lease_is_kept_while_the_work_goes_on(world: World) -> None:
    attempt = await kept(world, an_open_attempt(now=NOW - timedelta(minutes=10)))
    async with world.begin() as tx:
        assert await tx.attempts.claim_due(NOW, limit=9, lease_s=15) == (attempt.id,)
        await tx.attempts.keep_lease(attempt.id, NOW + 60 * SECOND)
        assert await tx.attempts.claim_due(NOW + 59 * SECOND, limit=9, lease_s=15) == ()
        assert await tx.attempts.claim_due(NOW + 60 * SECOND, limit=9, lease_s=15) == (attempt.id,)


async def test_nothing_is_due_early(world: World) -> None:
    await kept(world, an_open_attempt())
    async with world.begin() as tx:
        assert await tx.attempts.claim_due(NOW + 89 * SECOND, limit=9, lease_s=30) == ()
        assert await tx.attempts.claim_due(NOW + 90 * SECOND, limit=9, lease_s=30) == (an_id(1),)


async def test_a_refund_comes_back_and_its_money_is_reserved(world: World) -> None:
    attempt = await paid(world)
    refund = a_refund(attempt, amount=Money(3000))
    async with world.begin() as tx:
        await tx.refunds.add(refund)
        await tx.attempts.save(attempt)
    async with world.begin() as tx:
        found = await tx.refunds.get(refund.id, for_update=True)
        assert facts(found) == facts(refund)
        assert [facts(one) for one in await tx.refunds.of_order(attempt.order_id)] == [facts(refund)]
        read = await tx.attempts.get(attempt.id, for_update=True)
        assert read.captured[0].refundable == Money(PRICE.minor - 3000)
        found.sending(NOW)
        await tx.refunds.save(found)
        found.answered(RefundReport(verdict=Verdict.CAPTURED, transaction_id="r1", code="ok"), NOW)
        read.refund_done("t1", Money(3000))
        await tx.refunds.save(found)
        await tx.attempts.save(read)
    async with world.begin() as tx:
        done = await tx.refunds.get(refund.id)
        assert (done.status, done.transaction_id, done.next_at) == (RefundStatus.DONE, "r1", None)
        assert (await tx.attempts.get(attempt.id)).status is AttemptStatus.PARTIALLY_REFUNDED
        assert await tx.refunds.get(an_id(999)) is None
    with pytest.raises(RefundChanged):
        async with world.begin() as tx:
            await tx.refunds.save(refund)


async def test_due_refunds_are_leased_once(world: World) -> None:
    attempt = await paid(world)
    refund = a_refund(attempt)
    async with world.begin() as tx:
        await tx.refunds.add(refund)
        await tx.attempts.save(attempt)
    async with world.begin() as tx:
        assert await tx.refunds.claim_due(NOW, limit=9, lease_s=30) == (refund.id,)
        assert await tx.refunds.claim_due(NOW + 29 * SECOND, limit=9, lease_s=30) == ()
        await tx.refunds.keep_lease(refund.id, NOW + 31 * SECOND)
        assert await tx.refunds.claim_due(NOW + 30 * SECOND, limit=9, lease_s=30) == ()
        assert await tx.refunds.claim_due(NOW + 31 * SECOND, limit=9, lease_s=30) == (refund.id,)


async def test_a_message_is_kept_once(world: World) -> None:
    def event(number: int, digest: str = "d", gateway: str = "memory") -> WebhookEvent:
        return WebhookEvent(
            id=an_id(number),
            gateway=gateway,
            digest=digest,
            kind="PAYMENT",
            received_at=NOW,
            quarantined=True,
        )

    async with world.begin() as tx:
        assert await tx.webhooks.add(event(1))
    async with world.begin() as tx:
        assert not await tx.webhooks.add(event(2))
        assert await tx.webhooks.add(event(3, digest="e"))
        assert await tx.webhooks.add(event(4, gateway="other"))


@pytest.mark.parametrize("front", [A_WIDGET, A_FORM, DirectCharge(), DirectCharge(challenge_url="https://b")])
async def test_a_page_shows_what_the_browser_needs(world: World, front: FrontEnd) -> None:
    attempt = await kept(world, an_open_attempt(front=front))
    view = await world.pages.of(attempt.id)
    same = "order_id gateway status amount pay_by front success_url failed_url language last_verdict"
    same += " next_check_at"
    for name in same.split():
        assert getattr(view, name) == getattr(attempt, name), name
    assert (view.show, view.another_card) == (None, False)
    assert await world.pages.of(an_id(99)) is None
