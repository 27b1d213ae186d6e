"""What waits for a person: seen in one list, tried again, paid out once."""

from datetime import timedelta
from typing import Any

import pytest
from tests.builders_orders import MINUTE, NOW, SECOND, a_checkout, a_line, an_id, an_order
from tests.builders_payments import PRICE, a_refund, a_report, a_transaction, an_open_attempt
from tests.contract.purchase_stores import MemoryStore, PurchaseStore, SqlStore

from muvi.adapters.db.attention import SqlAttentionViews
from muvi.adapters.memory.attention import MemoryAttentionViews
from muvi.adapters.memory.clock import FakeClock
from muvi.application.orders.deny_payment import DenyPayment, DenyPaymentCommand
from muvi.application.orders.pay_out_refund import PayOutRefund, PayOutRefundCommand
from muvi.application.orders.retry_attention import RetryAttention, RetryAttentionCommand
from muvi.domain.ledger.journal import DEPOSITS, PAID_OUT, JournalKind, refunded
from muvi.domain.orders.checkout import CheckoutState
from muvi.domain.orders.errors import NotWaiting, OrderNotFound
from muvi.domain.payments.attempt import PaymentAttempt
from muvi.domain.payments.attempt_status import AttemptStatus
from muvi.domain.payments.doubt import DOUBT_S
from muvi.domain.payments.refund import Refund, RefundStatus
from muvi.domain.payments.report import Verdict
from muvi.domain.payments.watch import WATCH_S
from muvi.domain.shared.actor import ANONYMOUS, SYSTEM, Actor, ActorKind
from muvi.domain.shared.errors import Forbidden, Invalid
from muvi.domain.shared.ids import to_wire
from muvi.domain.shared.money import Money
from muvi.ports.orders.attention import AttentionViews, Waiting, WaitingKind

STAFF = Actor(kind=ActorKind.STAFF, id=an_id(990))
PAYMENT = 6
ORDER, PAID, ATTEMPT, REFUND = an_id(1), an_id(PAYMENT), an_id(7), an_id(500)
LATER = NOW + timedelta(seconds=WATCH_S + DOUBT_S)
"""When an attempt that was opened now, and of which nobody can tell, is a person's business."""


@pytest.fixture
def views(store: PurchaseStore) -> AttentionViews:
    if isinstance(store, MemoryStore):
        return MemoryAttentionViews(store.database)
    assert isinstance(store, SqlStore)
    return SqlAttentionViews(store.engine)


async def stuck(store: PurchaseStore, number: int = 1, since: timedelta = timedelta()) -> None:
    """A checkout that has called a person."""
    checkout = a_checkout(
        number, state=CheckoutState.MANUAL, since=NOW + since, next_at=NOW + MINUTE, reason="unknown"
    )
    async with store.begin() as tx:
        await tx.orders.add(an_order(number, lines=(a_line(number),)))
        await tx.checkouts.add(checkout)


async def owed(store: PurchaseStore, *, refused: bool = True) -> None:
    """An order with a refund of its payment: refused by the gateway, or still on its way."""
    async with store.begin() as tx:
        await tx.orders.add(an_order())
        await tx.checkouts.add(a_checkout(state=CheckoutState.IDLE, next_at=None))
        attempt = an_open_attempt(PAYMENT, order_id=ORDER)
        await tx.attempts.add(attempt)
        report = a_report(Verdict.CAPTURED, a_transaction())
        await tx.attempts.record(attempt, report.transactions, NOW)
        attempt.apply(report, NOW, signals_seen=0)
        refund = a_refund(attempt)
        await tx.refunds.add(refund)
        await tx.attempts.save(attempt)
        refund.sending(NOW)
        await tx.refunds.save(refund)
        if not refused:
            refund.acknowledged(NOW, "r1")
            await tx.refunds.save(refund)
        if refused:
            refund.hand_over("800.100.100")
            await tx.refunds.save(refund)


async def unclear(store: PurchaseStore, verdict: Verdict = Verdict.UNKNOWN, number: int = 7) -> None:
    """An attempt of the first order that was asked about long after its watch had ended."""
    async with store.begin() as tx:
        if await tx.orders.get(ORDER) is None:
            await tx.orders.add(an_order())
            await tx.checkouts.add(a_checkout(state=CheckoutState.IDLE, next_at=None))
        attempt = an_open_attempt(number, order_id=ORDER)
        await tx.attempts.add(attempt)
        report = a_report(verdict)
        await tx.attempts.record(attempt, report.transactions, NOW)
        attempt.apply(report, LATER - MINUTE, signals_seen=0)
        await tx.attempts.save(attempt)


async def attempt_of(store: PurchaseStore) -> PaymentAttempt:
    async with store.begin() as tx:
        found: PaymentAttempt | None = await tx.attempts.get(ATTEMPT)
    assert found is not None
    return found


async def kept(store: PurchaseStore) -> Refund:
    async with store.begin() as tx:
        found: Refund | None = await tx.refunds.get(REFUND)
    assert found is not None
    return found


async def told(store: PurchaseStore) -> dict[str, Any]:
    """The last entry of the timeline, with its code."""
    view = await store.views.find(ORDER)
    assert view is not None
    last = view.timeline[-1]
    return {"code": last.code, **last.facts}


def retry(store: PurchaseStore) -> RetryAttention:
    return RetryAttention(store.begin, FakeClock(NOW))


def deny(store: PurchaseStore) -> DenyPayment:
    return DenyPayment(store.begin, FakeClock(LATER))


def pay_out(store: PurchaseStore) -> PayOutRefund:
    return PayOutRefund(store.begin, FakeClock(NOW))


async def test_nothing_waits(store: PurchaseStore, views: AttentionViews) -> None:
    await owed(store, refused=False)
    assert await views.waiting(10, now=LATER) == ()
    assert await views.count(now=LATER) == dict.fromkeys(WaitingKind, 0)


async def test_the_longest_waiting_comes_first(store: PurchaseStore, views: AttentionViews) -> None:
    await owed(store)
    await stuck(store, 2, MINUTE)
    await stuck(store, 3, -MINUTE)
    first, second, third = await views.waiting(10, now=LATER)
    assert first == Waiting(
        kind=WaitingKind.CHECKOUT,
        order_id=an_id(3),
        since=NOW - MINUTE,
        amount=Money(5500),
        code="unknown",
    )
    assert second == Waiting(
        kind=WaitingKind.REFUND,
        order_id=ORDER,
        refund_id=REFUND,
        since=NOW,
        amount=PRICE,
        code="800.100.100",
    )
    assert third.order_id == an_id(2)
    assert await views.waiting(1, now=LATER) == (first,)
    assert await views.count(now=LATER) == {
        WaitingKind.CHECKOUT: 2,
        WaitingKind.REFUND: 1,
        WaitingKind.PAYMENT: 0,
    }


async def test_a_refund_is_asked_about_again(store: PurchaseStore, views: AttentionViews) -> None:
    await owed(store)
    command = RetryAttentionCommand(actor=STAFF, id=REFUND)
    assert await retry(store)(command) is WaitingKind.REFUND
    refund = await kept(store)
    assert (refund.status, refund.next_at, refund.asks) == (RefundStatus.SENT, NOW, 0)
    by = f"staff:{to_wire(an_id(990))}"
    assert await told(store) == {"code": "attention-retried", "by": by, "refund": to_wire(REFUND)}
    assert await views.waiting(10, now=NOW + MINUTE) == ()
    with pytest.raises(NotWaiting):
        await retry(store)(command)


@pytest.mark.parametrize("sent", [False, True])
async def test_a_refund_that_no_gateway_takes_calls_a_person(
    store: PurchaseStore,
    views: AttentionViews,
    sent: bool,  # noqa: FBT001
) -> None:
    """And goes on being sent, at once where the person wants that. Acknowledged, it calls nobody."""
    await owed(store)
    await retry(store)(RetryAttentionCommand(actor=STAFF, id=REFUND))
    late = NOW + timedelta(hours=3)
    async with store.begin() as tx:
        refund = await tx.refunds.get(REFUND, for_update=True)
        refund.unsent(NOW, 900, "00008")
        await tx.refunds.save(refund)
        if sent:
            refund.sending(NOW + MINUTE)
            await tx.refunds.save(refund)
    assert await views.waiting(10, now=late - SECOND) == ()
    (one,) = await views.waiting(10, now=late)
    assert (one.refund_id, one.code, one.still_sent) == (REFUND, "00008", True)
    assert (await views.count(now=late))[WaitingKind.REFUND] == 1
    again = RetryAttention(store.begin, FakeClock(late))
    assert await again(RetryAttentionCommand(actor=STAFF, id=REFUND)) is WaitingKind.REFUND
    refund = await kept(store)
    assert (refund.next_at, refund.is_out) == (late, sent)
    with pytest.raises(NotWaiting):
        await pay_out(store)(PayOutRefundCommand(actor=SYSTEM, refund_id=REFUND, note="transfer 7"))
    async with store.begin() as tx:
        refund = await tx.refunds.get(REFUND, for_update=True)
        refund.acknowledged(late, "r1")
        await tx.refunds.save(refund)
    assert await views.waiting(10, now=late) == ()


@pytest.mark.parametrize("verdict", [Verdict.UNKNOWN, Verdict.PENDING, Verdict.UNPAID])
async def test_a_payment_that_stays_unclear_calls_a_person(
    store: PurchaseStore, views: AttentionViews, verdict: Verdict
) -> None:
    await unclear(store, verdict)
    assert await views.waiting(10, now=LATER - SECOND) == ()
    [one] = await views.waiting(10, now=LATER)
    assert one == Waiting(
        kind=WaitingKind.PAYMENT,
        order_id=ORDER,
        attempt_id=ATTEMPT,
        since=NOW + timedelta(seconds=WATCH_S),
        amount=PRICE,
        code=str(verdict),
    )
    assert (await views.count(now=LATER))[WaitingKind.PAYMENT] == 1


async def test_a_payment_with_a_clear_end_calls_nobody(store: PurchaseStore, views: AttentionViews) -> None:
    for number, verdict in enumerate((Verdict.CAPTURED, Verdict.NEVER_PAID, Verdict.DECLINED), 7):
        await unclear(store, verdict, number)
    async with store.begin() as tx:
        await tx.attempts.add(an_open_attempt(20, order_id=ORDER))  # nobody has asked yet
        paid = await tx.attempts.get(ATTEMPT, for_update=True)
        paid.apply(a_report(Verdict.UNKNOWN), LATER, signals_seen=0)  # the last look, for a second payment
        await tx.attempts.save(paid)
    assert await views.waiting(10, now=LATER + MINUTE) == ()


async def test_a_payment_is_asked_about_again(store: PurchaseStore) -> None:
    await unclear(store)
    command = RetryAttentionCommand(actor=SYSTEM, id=ATTEMPT)
    assert await RetryAttention(store.begin, FakeClock(LATER))(command) is WaitingKind.PAYMENT
    assert (await attempt_of(store)).next_check_at == LATER
    assert await told(store) == {"code": "attention-retried", "by": "system", "attempt": to_wire(ATTEMPT)}


async def test_a_person_says_that_nobody_paid(store: PurchaseStore, views: AttentionViews) -> None:
    await unclear(store)
    command = DenyPaymentCommand(actor=SYSTEM, attempt_id=ATTEMPT, note=" portal,\n today ")
    assert (await deny(store)(command)).status is AttemptStatus.EXPIRED
    attempt = await attempt_of(store)
    assert (attempt.status, attempt.next_check_at) == (AttemptStatus.EXPIRED, None)
    assert await views.waiting(10, now=LATER) == ()
    assert await told(store) == {
        "code": "payment-denied",
        "by": "system",
        "attempt": to_wire(ATTEMPT),
        "note": "portal, today",
    }
    with pytest.raises(NotWaiting):
        await deny(store)(command)
    attempt.signal(LATER)
    assert attempt.next_check_at == LATER, "the gateway may still speak of it"


async def test_a_checkout_is_due_now(store: PurchaseStore) -> None:
    await stuck(store)
    assert await retry(store)(RetryAttentionCommand(actor=SYSTEM, id=ORDER)) is WaitingKind.CHECKOUT
    async with store.begin() as tx:
        assert (await tx.checkouts.get(ORDER)).next_at == NOW
    assert await told(store) == {"code": "attention-retried", "by": "system"}


async def test_what_does_not_wait_is_left_alone(store: PurchaseStore) -> None:
    await owed(store, refused=False)
    for call in (
        retry(store)(RetryAttentionCommand(actor=SYSTEM, id=ORDER)),
        retry(store)(RetryAttentionCommand(actor=SYSTEM, id=REFUND)),
        retry(store)(RetryAttentionCommand(actor=SYSTEM, id=PAID)),
        deny(store)(DenyPaymentCommand(actor=SYSTEM, attempt_id=PAID, note="portal")),
        pay_out(store)(PayOutRefundCommand(actor=SYSTEM, refund_id=REFUND, note="transfer 7")),
    ):
        with pytest.raises(NotWaiting):
            await call
    for call in (
        retry(store)(RetryAttentionCommand(actor=SYSTEM, id=an_id(404))),
        deny(store)(DenyPaymentCommand(actor=SYSTEM, attempt_id=an_id(404), note="portal")),
        pay_out(store)(PayOutRefundCommand(actor=SYSTEM, refund_id=an_id(404), note="transfer 7")),
    ):
        with pytest.raises(OrderNotFound):
            await call
    assert (await kept(store)).status is RefundStatus.SENT
    assert await store.entries() == []


async def test_a_payout_by_hand_is_posted_once_and_told(store: PurchaseStore, views: AttentionViews) -> None:
    await owed(store)
    command = PayOutRefundCommand(actor=SYSTEM, refund_id=REFUND, note=" transfer\n 7 ")
    assert (await pay_out(store)(command)).is_done
    assert (await kept(store)).status is RefundStatus.DONE
    assert sorted(await store.entries()) == [(PAID_OUT, -PRICE.minor), (DEPOSITS, PRICE.minor)]
    async with store.begin() as tx:
        (attempt,) = await tx.attempts.of_order(ORDER)
    assert attempt.status is AttemptStatus.REFUNDED
    assert await told(store) == {
        "code": "refund-paid-out",
        "by": "system",
        "refund": to_wire(REFUND),
        "amount_minor": PRICE.minor,
        "note": "transfer 7",
    }
    assert await views.waiting(10, now=LATER) == ()
    with pytest.raises(NotWaiting):
        await pay_out(store)(command)
    assert len(await store.entries()) == 2


async def test_the_ledger_takes_one_of_gateway_and_hand(store: PurchaseStore) -> None:
    """The second lock behind the refund's status: one kind and source, one journal."""
    await owed(store)
    await pay_out(store)(PayOutRefundCommand(actor=SYSTEM, refund_id=REFUND, note="transfer 7"))
    journal = refunded(
        source=to_wire(REFUND), order_id=ORDER, gateway="memory", minor=PRICE.minor, currency="SAR", at=NOW
    )
    assert journal.kind is JournalKind.REFUND
    async with store.begin() as tx:
        assert not await tx.ledger.post(journal)


async def test_with_another_source_it_would_be_booked_twice(store: PurchaseStore) -> None:
    """The twin: the lock off."""
    await owed(store)
    await pay_out(store)(PayOutRefundCommand(actor=SYSTEM, refund_id=REFUND, note="transfer 7"))
    journal = refunded(
        source="another", order_id=ORDER, gateway="memory", minor=PRICE.minor, currency="SAR", at=NOW
    )
    async with store.begin() as tx:
        assert await tx.ledger.post(journal)
    assert sum(minor for account, minor in await store.entries() if account == DEPOSITS) == 2 * PRICE.minor


@pytest.mark.parametrize("note", ["", "  ", "x" * 201])
async def test_a_payout_needs_a_note(store: PurchaseStore, note: str) -> None:
    await owed(store)
    with pytest.raises(Invalid):
        await pay_out(store)(PayOutRefundCommand(actor=SYSTEM, refund_id=REFUND, note=note))
    with pytest.raises(Invalid):
        await deny(store)(DenyPaymentCommand(actor=SYSTEM, attempt_id=ATTEMPT, note=note))
    assert (await kept(store)).status is RefundStatus.MANUAL


@pytest.mark.parametrize("kind", [ActorKind.GUEST, ActorKind.KIOSK, ActorKind.SCHEDULER])
async def test_buyers_and_machines_decide_nothing(store: PurchaseStore, kind: ActorKind) -> None:
    await owed(store)
    for actor in (ANONYMOUS, Actor(kind=kind, id=an_id(7))):
        with pytest.raises(Forbidden):
            await retry(store)(RetryAttentionCommand(actor=actor, id=REFUND))
        with pytest.raises(Forbidden):
            await pay_out(store)(PayOutRefundCommand(actor=actor, refund_id=REFUND, note="mine"))
        with pytest.raises(Forbidden):
            await deny(store)(DenyPaymentCommand(actor=actor, attempt_id=ATTEMPT, note="mine"))
    assert (await kept(store)).status is RefundStatus.MANUAL
