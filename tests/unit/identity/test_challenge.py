"""The count of guesses: per code, per number, and what a right code is worth."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from muvi.domain.identity.challenge import (
    FAILURE_WINDOW,
    LIFETIME,
    MAX_FAILURES,
    MAX_TRIES,
    CodeState,
    OtpChallenge,
    OtpExpired,
    OtpLocked,
    OtpPurpose,
    WrongOtp,
)
from muvi.domain.identity.phone import PhoneNumber

NOW = datetime(2026, 1, 15, 14, 0, tzinfo=UTC)
PHONE = PhoneNumber("+966512345678")


def a_challenge(**changes: object) -> OtpChallenge:
    challenge = OtpChallenge(phone=PHONE)
    challenge.send(UUID(int=1), OtpPurpose.GUEST, NOW)
    for name, value in changes.items():
        setattr(challenge, name, value)
    return challenge


def guess(challenge: OtpChallenge, at: datetime = NOW) -> int:
    return challenge.take_try(OtpPurpose.GUEST, at).attempts_left


def test_wrong_codes_count_down_and_then_lock_the_code() -> None:
    challenge = a_challenge()
    assert [guess(challenge) for _ in range(MAX_TRIES)] == [4, 3, 2, 1, 0]
    with pytest.raises(OtpLocked) as locked:
        guess(challenge, NOW + timedelta(minutes=1))
    assert locked.value.facts == {"scope": "code", "retry_after_s": 9 * 60}


def test_a_new_code_gives_new_tries_but_ten_failures_lock_the_number_for_a_day() -> None:
    challenge = a_challenge()
    for minute in range(MAX_TRIES):
        guess(challenge, NOW + timedelta(minutes=minute))
    challenge.send(UUID(int=2), OtpPurpose.GUEST, NOW + timedelta(minutes=5))
    left = [guess(challenge, NOW + timedelta(minutes=5 + minute)) for minute in range(5)]
    assert left == [4, 3, 2, 1, 0]
    last = NOW + timedelta(minutes=10)
    with pytest.raises(OtpLocked) as locked:
        guess(challenge, last)
    assert locked.value.facts["scope"] == "number"
    with pytest.raises(OtpLocked) as locked:
        challenge.send(UUID(int=3), OtpPurpose.GUEST, last)
    assert locked.value.facts["retry_after_s"] == (FAILURE_WINDOW - timedelta(minutes=10)).total_seconds()


def test_the_window_of_failures_slides() -> None:
    challenge = a_challenge(failures=[NOW - timedelta(minutes=9 - n) for n in range(MAX_FAILURES)])
    with pytest.raises(OtpLocked):
        guess(challenge)
    soonest = NOW - timedelta(minutes=9) + FAILURE_WINDOW
    challenge.send(UUID(int=2), OtpPurpose.GUEST, soonest)
    assert guess(challenge, soonest) == 0
    with pytest.raises(OtpLocked):
        guess(challenge, soonest)


def test_a_right_code_opens_once_and_is_no_failure() -> None:
    challenge = a_challenge()
    first, second = (challenge.take_try(OtpPurpose.GUEST, NOW) for _ in range(2))
    challenge.accept(first)
    with pytest.raises(WrongOtp):
        challenge.accept(second)
    assert challenge.state is CodeState.USED
    with pytest.raises(WrongOtp):
        guess(challenge)


def test_a_code_opens_only_what_it_was_asked_for() -> None:
    challenge = a_challenge()
    with pytest.raises(WrongOtp):
        challenge.take_try(OtpPurpose.CUSTOMER, NOW)
    assert challenge.failures == []


def test_a_code_that_was_replaced_meanwhile_opens_nothing() -> None:
    challenge = a_challenge()
    paid = challenge.take_try(OtpPurpose.GUEST, NOW)
    challenge.send(UUID(int=2), OtpPurpose.GUEST, NOW)
    with pytest.raises(WrongOtp):
        challenge.accept(paid)
    challenge.give_back(paid)
    assert (challenge.tries, challenge.failures) == (0, [])


def test_ten_minutes() -> None:
    challenge = a_challenge()
    assert guess(challenge, NOW + LIFETIME - timedelta(seconds=1)) == 4
    with pytest.raises(OtpExpired):
        guess(challenge, NOW + LIFETIME)


def test_what_the_partner_forgot_has_expired_and_costs_nothing() -> None:
    challenge = a_challenge()
    challenge.void(challenge.take_try(OtpPurpose.GUEST, NOW))
    assert (challenge.tries, challenge.failures) == (0, [])
    with pytest.raises(OtpExpired):
        guess(challenge)


def test_a_partner_that_takes_no_more_guesses_locks_the_code() -> None:
    challenge = a_challenge()
    challenge.exhaust(challenge.take_try(OtpPurpose.GUEST, NOW))
    with pytest.raises(OtpLocked):
        guess(challenge)


def test_numbers_print_masked() -> None:
    assert f"{PHONE} {PHONE!r}" == "+**********78 PhoneNumber(+**********78)"
    assert "512345678" not in repr(OtpChallenge(phone=PHONE))
