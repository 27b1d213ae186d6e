"""Money goes back once, whatever dies on the way."""

from datetime import timedelta

import pytest
from tests.builders_payments import PRICE
from tests.unit.payments.world import Killed, PaymentsWorld

from muvi.adapters.kit.gateways import FixedGateways
from muvi.adapters.memory.gateway import MemoryGateway, Trouble
from muvi.application.payments.receive_webhook import ReceiveWebhook, ReceiveWebhookCommand, WebhookFate
from muvi.application.payments.send_refund import SendRefundCommand
from muvi.domain.payments import refund as refund_rules
from muvi.domain.payments.attempt import PaymentAttempt
from muvi.domain.payments.attempt_status import AttemptStatus
from muvi.domain.payments.refund import Refund, RefundStatus
from muvi.domain.payments.report import RefundReport, Verdict
from muvi.domain.shared.ids import to_wire
from muvi.domain.shared.money import Money
from muvi.ports.payments.gateway import RefundRequest

World = PaymentsWorld


async def paid(world: World) -> PaymentAttempt:
    """A captured attempt; nothing is due."""
    attempt = await world.opened()
    await world.hear(attempt.checkout_id, world.gateway.pay(attempt.checkout_id))
    await world.work()
    world.table("woken").clear()
    return await world.attempt(attempt.id)


async def test_a_refund_is_sent_posted_and_told(world: World) -> None:
    attempt = await paid(world)
    refund = await world.refund(attempt.id)
    await world.work()
    assert (await world.kept_refund(refund.id)).status is RefundStatus.DONE
    assert (await world.attempt(attempt.id)).status is AttemptStatus.REFUNDED
    assert world.gateway.refunded_minor(attempt.captured[0].transaction_id) == PRICE.minor
    assert list(world.table("journals")) == [("refund", to_wire(refund.id))]
    assert attempt.order_id in world.table("woken")


async def test_a_part_leaves_the_rest(world: World) -> None:
    attempt = await paid(world)
    await world.refund(attempt.id, Money(1000))
    await world.work()
    found = await world.attempt(attempt.id)
    assert found.status is AttemptStatus.PARTIALLY_REFUNDED
    assert found.captured[0].refundable == Money(PRICE.minor - 1000)


@pytest.mark.parametrize("after_commit", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("phase", range(2))
async def test_killed_anywhere_the_money_goes_back_exactly_once(
    world: World,
    phase: int,
    after_commit: bool,  # noqa: FBT001
) -> None:
    attempt = await paid(world)
    refund = await world.refund(attempt.id)
    world.begin.die_at, world.begin.after_commit = phase, after_commit
    with pytest.raises(Killed):
        await world.send_refund(SendRefundCommand(refund_id=refund.id))
    await world.later(600)
    assert (await world.kept_refund(refund.id)).status is RefundStatus.DONE
    assert world.gateway.refunded_minor(attempt.captured[0].transaction_id) == PRICE.minor
    assert len(world.table("journals")) == 1


async def acknowledged_and_then_not_listed(world: World, *, remembering: bool) -> tuple[int, RefundStatus]:
    """The gateway answers that it is on its way, then lists none: how often it was sent, how it stands."""
    world.gateway.refunds_take_time = True
    attempt = await paid(world)
    refund = await world.refund(attempt.id)
    await world.work()
    world.gateway._refunds.clear()
    kept = await world.kept_refund(refund.id)
    kept.transaction_id = kept.transaction_id if remembering else ""
    async with world.begin() as tx:
        await tx.refunds.save(kept)
    await world.later(600)
    sent = [call for call, reference in world.gateway.calls if call == "refund" and reference]
    return len(sent), (await world.kept_refund(refund.id)).status


async def test_a_refund_that_was_acknowledged_is_not_sent_again(world: World) -> None:
    assert await acknowledged_and_then_not_listed(world, remembering=True) == (1, RefundStatus.SENT)


async def test_without_remembering_that_it_would_be_sent_again(world: World) -> None:
    """The twin."""
    times, _ = await acknowledged_and_then_not_listed(world, remembering=False)
    assert times > 1


async def test_sending_again_on_a_guess_would_pay_twice(world: World) -> None:
    """The twin: the guard off, a sent refund is taken for one never sent."""
    attempt = await paid(world)
    refund = await world.refund(attempt.id)
    world.begin.die_at, world.begin.after_commit = 1, False
    with pytest.raises(Killed):
        await world.send_refund(SendRefundCommand(refund_id=refund.id))
    world.table("refunds")[refund.id].status = RefundStatus.REQUESTED
    await world.later(600)
    assert world.gateway.refunded_minor(attempt.captured[0].transaction_id) == 2 * PRICE.minor


async def test_a_lost_answer_is_asked_about(world: World) -> None:
    attempt = await paid(world)
    refund = await world.refund(attempt.id)
    world.gateway.fail("refund", Trouble.LOST)
    await world.work()
    assert (await world.kept_refund(refund.id)).status is RefundStatus.SENT
    await world.later(60)
    assert (await world.kept_refund(refund.id)).status is RefundStatus.DONE
    assert world.gateway.refunded_minor(attempt.captured[0].transaction_id) == PRICE.minor


async def test_a_gateway_out_of_reach_is_tried_again(world: World) -> None:
    attempt = await paid(world)
    refund = await world.refund(attempt.id)
    world.gateway.fail("refund", Trouble.UNAVAILABLE, Trouble.UNAVAILABLE)
    await world.work()
    kept = await world.kept_refund(refund.id)
    assert (kept.status, kept.last_code) == (RefundStatus.REQUESTED, "unreachable")
    await world.later(120)
    assert (await world.kept_refund(refund.id)).status is RefundStatus.DONE


async def after_an_outage_of_half_a_day(world: World) -> RefundStatus:
    """What became of a refund whose gateway refused connections for some twelve hours and is back."""
    attempt = await paid(world)
    refund = await world.refund(attempt.id)
    world.gateway.fail("refund", *[Trouble.UNAVAILABLE] * 50)
    await world.later(86400, step=300.0)
    return (await world.kept_refund(refund.id)).status


async def test_an_outage_only_delays_a_refund(world: World) -> None:
    assert await after_an_outage_of_half_a_day(world) is RefundStatus.DONE
    assert len(world.table("journals")) == 1


async def test_without_that_patience_an_outage_would_end_with_a_person(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin: the guard off, tries end while the gateway is still away."""
    monkeypatch.setattr(refund_rules, "REFUND_WINDOW", timedelta(minutes=20))
    assert await after_an_outage_of_half_a_day(world) is RefundStatus.MANUAL
    assert not world.table("journals")


async def test_a_refused_refund_and_one_too_old_wait_for_a_person(world: World) -> None:
    attempt = await paid(world)
    refused = await world.refund(attempt.id, Money(100))
    world.gateway.fail("refund", Trouble.REFUSED)
    await world.work()
    assert (await world.kept_refund(refused.id)).status is RefundStatus.MANUAL
    late = await world.refund(attempt.id, Money(100))
    world.clock.advance(days=61)
    await world.work()
    assert (await world.kept_refund(late.id)).status is RefundStatus.MANUAL
    assert world.gateway.refunded_minor(attempt.captured[0].transaction_id) == 0
    assert not world.table("journals")


async def test_a_refund_that_takes_time_is_followed(world: World) -> None:
    attempt = await paid(world)
    refund = await world.refund(attempt.id)
    world.gateway.refunds_take_time = True
    await world.work()
    await world.later(30)
    assert (await world.kept_refund(refund.id)).status is RefundStatus.SENT
    world.gateway.settle_refund(to_wire(refund.id))
    await world.later(600)
    assert (await world.kept_refund(refund.id)).status is RefundStatus.DONE


async def test_a_pending_refund_that_fails_waits_for_a_person(world: World) -> None:
    attempt = await paid(world)
    refund = await world.refund(attempt.id)
    world.gateway.refunds_take_time = True
    await world.work()
    world.gateway.settle_refund(to_wire(refund.id), Verdict.DECLINED)
    await world.later(60)
    assert (await world.kept_refund(refund.id)).status is RefundStatus.MANUAL
    assert (await world.attempt(attempt.id)).status is AttemptStatus.CAPTURED


async def test_a_message_about_a_refund_wants_it_asked_about(world: World) -> None:
    attempt = await paid(world)
    refund = await world.refund(attempt.id)
    world.gateway.refunds_take_time = True
    await world.work()
    world.gateway.settle_refund(to_wire(refund.id))
    body = f"PAYMENT:RF|{to_wire(refund.id)}||".encode()
    command = ReceiveWebhookCommand(gateway="memory", headers={"x-proof": "memory"}, body=body)
    assert await world.receive(command) is WebhookFate.KEPT
    await world.work()
    assert (await world.kept_refund(refund.id)).status is RefundStatus.DONE
    assert (await world.attempt(attempt.id)).signals == 1, "the payment itself has no news"


async def told_of_a_refund_whose_answer_was_lost(
    world: World, monkeypatch: pytest.MonkeyPatch, *, marking: bool, about: str = "PAYMENT:RF|{refund}||"
) -> int:
    """The gateway lists none for a while, but a message of its speaks of it: how often it was sent."""
    attempt = await paid(world)
    refund = await world.refund(attempt.id)
    world.gateway.fail("refund", Trouble.LOST)
    await world.work()
    world.gateway._refunds.clear()
    if not marking:
        monkeypatch.setattr(Refund, "acknowledged", lambda self, now, _: self.signal(now))
    body = about.format(refund=to_wire(refund.id), attempt=to_wire(attempt.id)).encode()
    command = ReceiveWebhookCommand(gateway="memory", headers={"x-proof": "memory"}, body=body)
    assert await world.receive(command) is WebhookFate.KEPT
    await world.later(600)
    return [call for call, _ in world.gateway.calls].count("refund")


@pytest.mark.parametrize("about", ["PAYMENT:RF|{refund}||", "RF|{attempt}||"], ids=["named", "of a payment"])
async def test_a_message_about_a_refund_acknowledges_it(
    world: World, monkeypatch: pytest.MonkeyPatch, about: str
) -> None:
    assert await told_of_a_refund_whose_answer_was_lost(world, monkeypatch, marking=True, about=about) == 1


async def test_a_message_that_refuses_a_refund_does_not(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has no name of the gateway's: the refund is asked for, and sent again when it is not there."""
    told = await told_of_a_refund_whose_answer_was_lost(
        world, monkeypatch, marking=True, about="PAYMENT:RF-REFUSED|{refund}||"
    )
    assert told > 1


async def test_a_message_that_only_wants_a_question_would_let_it_go_out_twice(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin."""
    assert await told_of_a_refund_whose_answer_was_lost(world, monkeypatch, marking=False) > 1


async def test_a_message_about_a_refund_of_nobody_knows_which_leaves_the_others_alone(world: World) -> None:
    """Only what is on its way may be meant, and only of that payment."""
    attempt = await paid(world)
    other = await world.opened(2, order_id=attempt.order_id)
    await world.hear(other.checkout_id, world.gateway.pay(other.checkout_id))
    await world.work()
    elsewhere = await world.refund(other.id)
    world.gateway.fail("refund", Trouble.LOST)
    await world.work()
    waits = await world.refund(attempt.id, Money(100))
    body = f"RF|{to_wire(attempt.id)}||".encode()
    command = ReceiveWebhookCommand(gateway="memory", headers={"x-proof": "memory"}, body=body)
    assert await world.receive(command) is WebhookFate.KEPT
    stand = [await world.kept_refund(refund.id) for refund in (waits, elsewhere)]
    assert [one.status for one in stand] == [RefundStatus.REQUESTED, RefundStatus.SENT]
    assert not any(one.transaction_id for one in stand)


async def test_two_workers_send_once(world: World) -> None:
    attempt = await paid(world)
    refund = await world.refund(attempt.id)
    assert await world.due_refunds() == (refund.id,)
    assert await world.due_refunds() == ()
    assert await world.send_refund(SendRefundCommand(refund_id=refund.id)) is None
    world.clock.advance(seconds=timedelta(minutes=1).total_seconds())
    assert await world.send_refund(SendRefundCommand(refund_id=refund.id)) is RefundStatus.DONE


async def test_a_gateway_is_told_what_else_was_asked_for_of_the_same_money(world: World) -> None:
    """Refunds that went are among it, those of another payment are not."""
    attempt, other = await paid(world), await world.opened(2)
    await world.hear(other.checkout_id, world.gateway.pay(other.checkout_id))
    await world.work()
    await world.refund(other.id, Money(7))
    await world.refund(attempt.id, Money(1000))
    await world.work()
    told: list[int] = []
    refund, ask = world.gateway.refund, world.gateway.check_refund

    async def sends(request: RefundRequest) -> RefundReport:
        told.append(request.others_minor)
        return await refund(request)

    async def asks(request: RefundRequest) -> RefundReport:
        told.append(request.others_minor)
        return await ask(request)

    world.gateway.refund, world.gateway.check_refund = sends, asks  # type: ignore[method-assign]
    world.gateway.fail("refund", Trouble.LOST)
    await world.refund(attempt.id, Money(500))
    await world.later(60)
    assert told == [1000, 1000]


@pytest.mark.parametrize("kind", ["attempt", "refund"])
async def test_a_gateway_speaks_only_of_what_is_its_own(world: World, kind: str) -> None:
    attempt = await paid(world)
    refund = await world.refund(attempt.id)
    signals = attempt.signals
    other = MemoryGateway(world.clock, "other")
    hear = ReceiveWebhook(world.begin, FixedGateways(other), world.clock, world.ids)
    reference = to_wire(attempt.id if kind == "attempt" else refund.id)
    command = ReceiveWebhookCommand(
        gateway="other", headers={"x-proof": "other"}, body=f"PAYMENT|{reference}||".encode()
    )
    assert await hear(command) is WebhookFate.QUARANTINED
    assert (await world.attempt(attempt.id)).signals == signals
    assert not (await world.kept_refund(refund.id)).transaction_id
