"""A refund: sent once, asked about, handed over."""

from datetime import timedelta

import pytest
from tests.builders_payments import NOW, PRICE, a_paid_attempt, a_refund

from muvi.domain.payments.capture import RefundExceedsCapture
from muvi.domain.payments.refund import RefundStatus, RefundStep
from muvi.domain.payments.report import RefundReport, Verdict
from muvi.domain.shared.money import Money

LATER = NOW + timedelta(minutes=20)


def answer(verdict: Verdict, retry_after_s: float | None = None) -> RefundReport:
    name = "r1" if verdict in (Verdict.CAPTURED, Verdict.PENDING) else ""
    return RefundReport(verdict=verdict, transaction_id=name, code=str(verdict), retry_after_s=retry_after_s)


def test_asking_for_a_refund_reserves_the_money() -> None:
    attempt = a_paid_attempt()
    a_refund(attempt)
    with pytest.raises(RefundExceedsCapture):
        a_refund(attempt, amount=Money(1))


def test_a_refund_uses_the_entity_of_its_capture() -> None:
    assert a_refund(a_paid_attempt()).entity == "entity"


def test_once_sent_it_is_only_asked_about() -> None:
    refund = a_refund(a_paid_attempt())
    assert refund.next_step(NOW) is RefundStep.SEND
    refund.sending(NOW)
    assert refund.next_step(NOW) is RefundStep.ASK
    for verdict in (Verdict.UNKNOWN, Verdict.PENDING, Verdict.UNPAID):
        refund.answered(answer(verdict), LATER)
        assert refund.next_step(LATER) is RefundStep.ASK
    refund.answered(answer(Verdict.CAPTURED), LATER)
    assert refund.status is RefundStatus.DONE
    assert refund.next_step(LATER) is RefundStep.NOTHING


def test_a_refund_the_gateway_never_saw_is_sent_again() -> None:
    refund = a_refund(a_paid_attempt())
    refund.sending(NOW)
    refund.answered(answer(Verdict.NEVER_PAID), LATER)
    assert refund.next_step(LATER) is RefundStep.SEND


ABOUT_IT = "the gateway's name of it"


@pytest.mark.parametrize("wait_s", [0, 700])
def test_a_refund_that_the_gateway_speaks_of_is_never_sent_again(wait_s: int) -> None:
    """Be it on its way, believed lost, or answered as lost afterwards."""
    refund = a_refund(a_paid_attempt())
    refund.sending(NOW)
    if wait_s:
        refund.answered(RefundReport(verdict=Verdict.NEVER_PAID), NOW + timedelta(seconds=wait_s))
    refund.acknowledged(LATER, ABOUT_IT)
    assert (refund.next_step(LATER), refund.next_at) == (RefundStep.ASK, min(refund.next_at or LATER, LATER))
    refund.answered(RefundReport(verdict=Verdict.NEVER_PAID), LATER)
    assert (refund.next_step(LATER), refund.transaction_id) == (RefundStep.ASK, ABOUT_IT)
    refund.unsent(LATER)
    assert refund.next_step(LATER) is RefundStep.ASK


def test_a_name_that_the_answer_gave_stays() -> None:
    refund = a_refund(a_paid_attempt())
    refund.sending(NOW)
    refund.answered(answer(Verdict.PENDING), NOW)
    refund.acknowledged(NOW, ABOUT_IT)
    assert refund.transaction_id == "r1"


def test_a_message_about_a_refund_of_long_ago_wants_a_question_before_a_person() -> None:
    refund = a_refund(a_paid_attempt())
    refund.sending(NOW)
    refund.answered(RefundReport(verdict=Verdict.UNKNOWN), NOW)
    refund.answered(RefundReport(verdict=Verdict.NEVER_PAID), NOW)
    refund.acknowledged(NOW + timedelta(days=8), ABOUT_IT)
    assert refund.next_step(NOW + timedelta(days=8)) is RefundStep.ASK


def test_a_message_about_a_refund_that_waits_for_a_person_is_remembered() -> None:
    """Tried again it is asked about, never sent."""
    refund = a_refund(a_paid_attempt())
    refund.hand_over()
    refund.acknowledged(NOW, ABOUT_IT)
    assert (refund.status, refund.next_at) == (RefundStatus.MANUAL, None)
    refund.try_again(NOW)
    assert refund.next_step(NOW) is RefundStep.ASK


def test_a_message_about_a_refund_that_is_done_changes_nothing() -> None:
    refund = a_refund(a_paid_attempt())
    refund.sending(NOW)
    refund.answered(answer(Verdict.CAPTURED), NOW)
    refund.acknowledged(NOW, ABOUT_IT)
    assert (refund.status, refund.transaction_id) == (RefundStatus.DONE, "r1")


HOURS = timedelta(hours=3)


def test_a_refund_that_nobody_takes_is_a_persons_business_after_some_hours() -> None:
    refund = a_refund(a_paid_attempt())
    refund.sending(NOW)
    refund.unsent(NOW, code="00008")
    assert (refund.last_code, refund.status) == ("00008", RefundStatus.REQUESTED)
    assert not refund.is_overdue(NOW + HOURS - timedelta(seconds=1))
    assert refund.is_overdue(NOW + HOURS)
    refund.sending(NOW + HOURS)
    assert refund.is_overdue(NOW + HOURS), "also while a call is under way"


def test_a_refund_that_was_acknowledged_or_handed_over_is_not_overdue() -> None:
    acknowledged, handed, done = (a_refund(a_paid_attempt(one), 500 + one) for one in (1, 2, 3))
    for refund in (acknowledged, handed, done):
        refund.sending(NOW)
    acknowledged.acknowledged(NOW, ABOUT_IT)
    handed.hand_over()
    done.answered(answer(Verdict.CAPTURED), NOW)
    assert not any(one.is_overdue(NOW + 2 * HOURS) for one in (acknowledged, handed, done))


def test_what_is_still_sent_can_be_sent_at_once() -> None:
    refund = a_refund(a_paid_attempt())
    refund.sending(NOW)
    refund.unsent(NOW, 900)
    refund.try_again(LATER)
    assert (refund.next_step(LATER), refund.next_at) == (RefundStep.SEND, LATER)


def test_a_refused_refund_waits_for_a_person() -> None:
    refund = a_refund(a_paid_attempt())
    refund.sending(NOW)
    refund.answered(answer(Verdict.DECLINED), NOW)
    assert refund.status is RefundStatus.MANUAL
    assert refund.next_at is None


def test_a_payment_older_than_60_days_is_handed_over_at_once() -> None:
    refund = a_refund(a_paid_attempt())
    assert refund.next_step(NOW + timedelta(days=61)) is RefundStep.HAND_OVER
    assert refund.next_step(NOW + timedelta(days=59)) is RefundStep.SEND


def test_sends_without_any_effect_never_use_a_refund_up() -> None:
    refund = a_refund(a_paid_attempt())
    pauses = []
    for _ in range(200):
        assert refund.next_step(NOW) is RefundStep.SEND
        refund.sending(NOW)
        refund.unsent(NOW)
        assert refund.next_at is not None
        pauses.append((refund.next_at - NOW).total_seconds())
    assert pauses[:6] == [5, 15, 60, 300, 900, 900]
    assert max(pauses) == 900
    assert refund.next_step(NOW + timedelta(days=61)) is RefundStep.HAND_OVER


def test_a_gateway_cannot_put_a_refund_off_for_longer_than_a_quarter_of_an_hour() -> None:
    refund = a_refund(a_paid_attempt())
    refund.sending(NOW)
    refund.unsent(NOW, 7200)
    assert refund.next_at == NOW + timedelta(minutes=15)


def test_a_week_of_doubt_is_handed_over() -> None:
    refund = a_refund(a_paid_attempt())
    refund.sending(NOW)
    refund.answered(answer(Verdict.UNKNOWN), NOW)
    assert refund.next_step(NOW + timedelta(days=6)) is RefundStep.ASK
    assert refund.next_step(NOW + timedelta(days=8)) is RefundStep.HAND_OVER


def test_a_week_without_workers_is_no_week_of_doubt() -> None:
    refund = a_refund(a_paid_attempt())
    refund.sending(NOW)
    assert refund.next_step(NOW + timedelta(days=8)) is RefundStep.ASK


def test_handed_over_it_says_why() -> None:
    old, doubted, refused = (a_refund(a_paid_attempt(number), 500 + number) for number in (1, 2, 3))
    old.hand_over()
    doubted.sending(NOW)
    doubted.hand_over()
    refused.sending(NOW)
    refused.answered(answer(Verdict.DECLINED), NOW)
    assert [one.last_code for one in (old, doubted, refused)] == ["too-old", "unanswered", "declined"]


def test_tried_again_by_a_person_it_is_asked_about_before_it_may_go_out_again() -> None:
    refund = a_refund(a_paid_attempt())
    refund.sending(NOW)
    refund.answered(answer(Verdict.DECLINED), NOW)
    month_later = NOW + timedelta(days=30)
    refund.try_again(month_later)
    assert (refund.next_step(month_later), refund.next_at) == (RefundStep.ASK, month_later)
    refund.answered(answer(Verdict.UNKNOWN), month_later)
    assert refund.next_step(month_later) is RefundStep.HAND_OVER, "one more question, not another week"
    refund.answered(answer(Verdict.NEVER_PAID), month_later)
    assert refund.next_step(month_later) is RefundStep.SEND


def test_tried_again_what_was_never_sent_is_asked_for() -> None:
    refund = a_refund(a_paid_attempt())
    refund.hand_over()
    refund.try_again(NOW)
    assert refund.next_step(NOW) is RefundStep.SEND


def test_only_what_waits_for_a_person_is_paid_out_by_one() -> None:
    refund = a_refund(a_paid_attempt())
    with pytest.raises(ValueError, match="waits for a person"):
        refund.paid_out(NOW)
    refund.sending(NOW)
    with pytest.raises(ValueError, match="waits for a person"):
        refund.paid_out(NOW)
    refund.hand_over()
    refund.paid_out(NOW)
    assert (refund.status, refund.done_at) == (RefundStatus.DONE, NOW)


def test_a_late_answer_changes_nothing_final() -> None:
    refund = a_refund(a_paid_attempt())
    refund.sending(NOW)
    refund.answered(answer(Verdict.CAPTURED), NOW)
    refund.answered(answer(Verdict.DECLINED), NOW)
    assert refund.status is RefundStatus.DONE


def test_the_gateways_own_waiting_time_is_respected() -> None:
    refund = a_refund(a_paid_attempt())
    refund.sending(NOW)
    refund.answered(answer(Verdict.UNKNOWN, 60), NOW)
    assert refund.next_at == NOW + timedelta(seconds=60)


def test_part_of_a_capture_can_go_back_twice_but_not_more() -> None:
    attempt = a_paid_attempt()
    half = Money(PRICE.minor // 2)
    a_refund(attempt, 501, amount=half)
    a_refund(attempt, 502, amount=half)
    with pytest.raises(RefundExceedsCapture):
        a_refund(attempt, 503, amount=half)
