"""When a charge of ours is under way: from its commit until its end was fetched, or it never arrived."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.builders_payments import A_FORM, NOW, a_report, an_open_attempt

from muvi.domain.payments import charge
from muvi.domain.payments.attempt import PaymentAttempt
from muvi.domain.payments.attempt_status import AttemptStatus
from muvi.domain.payments.charge import charge_under_way, is_under_way
from muvi.domain.payments.front_end import DirectCharge
from muvi.domain.payments.report import Verdict


def a_charge() -> PaymentAttempt:
    return an_open_attempt(front=DirectCharge())


def told(attempt: PaymentAttempt, verdict: Verdict, *, after_s: float) -> PaymentAttempt:
    """The gateway was asked that long after the call."""
    attempt.apply(a_report(verdict), NOW + timedelta(seconds=after_s), signals_seen=attempt.signals)
    return attempt


def test_an_open_form_is_no_charge() -> None:
    assert not is_under_way(an_open_attempt(front=A_FORM))


def test_it_is_under_way_from_the_start_and_whatever_the_time() -> None:
    attempt = a_charge()
    attempt.pay_by = NOW - timedelta(days=1)
    assert is_under_way(attempt)


@pytest.mark.parametrize("status", AttemptStatus)
def test_it_is_under_way_while_its_end_is_open(status: AttemptStatus) -> None:
    attempt = a_charge()
    attempt.status = status
    assert is_under_way(attempt) is attempt.is_open


def test_what_the_gateway_does_not_know_after_a_minute_never_arrived() -> None:
    """A call lasts shorter than that."""
    assert is_under_way(told(a_charge(), Verdict.UNPAID, after_s=59.9))
    assert not is_under_way(told(a_charge(), Verdict.UNPAID, after_s=60))


def test_asked_earlier_it_may_be_on_its_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin: no time is left to the call."""
    monkeypatch.setattr(charge, "CHARGE_S", 0.0)
    assert not is_under_way(told(a_charge(), Verdict.UNPAID, after_s=59.9))


@pytest.mark.parametrize("verdict", [Verdict.UNKNOWN, Verdict.PENDING])
def test_no_word_is_no_denial(verdict: Verdict) -> None:
    assert is_under_way(told(a_charge(), verdict, after_s=1000))


@pytest.mark.parametrize("heard", [True, False])
def test_what_was_answered_or_told_of_has_arrived(*, heard: bool) -> None:
    """Its status only lags."""
    attempt = a_charge()
    if heard:
        attempt.signal(NOW, "t1")
    else:
        attempt.charge_answered = True
    assert is_under_way(told(attempt, Verdict.UNPAID, after_s=1000))


def test_nobody_asked_is_no_denial() -> None:
    assert is_under_way(replace(a_charge(), last_verdict=Verdict.UNPAID))


def test_of_several_the_newest() -> None:
    older, newer = a_charge(), a_charge()
    assert charge_under_way([older, newer]) is newer
    assert charge_under_way([older, told(newer, Verdict.UNPAID, after_s=90)]) is older
    assert charge_under_way([an_open_attempt(front=A_FORM)]) is None
