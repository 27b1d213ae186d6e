"""The count of guesses: per code, per number, and what a right code is worth."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from muvi.domain.identity.challenge import (
    FIRST_LOCK,
    KEPT_FAILURES,
    LIFETIME,
    MAX_TRIES,
    QUIET,
    CodeState,
    OtpChallenge,
    OtpExpired,
    OtpLocked,
    OtpPurpose,
    OtpUnconfirmed,
    WrongOtp,
)
from muvi.domain.identity.phone import PhoneNumber

NOW = datetime(2026, 1, 15, 14, 0, tzinfo=UTC)
PHONE = PhoneNumber("+966512345678")
SENDER = "one"


def a_challenge(**changes: object) -> OtpChallenge:
    challenge = OtpChallenge(phone=PHONE)
    challenge.send(UUID(int=1), OtpPurpose.GUEST, SENDER, NOW)
    for name, value in changes.items():
        setattr(challenge, name, value)
    return challenge


def guess(challenge: OtpChallenge, at: datetime = NOW) -> int:
    return challenge.take_try(OtpPurpose.GUEST, at).attempts_left


def locked(challenge: OtpChallenge, at: datetime) -> dict[str, object]:
    with pytest.raises(OtpLocked) as caught:
        guess(challenge, at)
    return caught.value.facts


def wrong(challenge: OtpChallenge, at: datetime) -> timedelta:
    """Ask for a code, miss it; how long the number is locked afterwards."""
    challenge.send(UUID(int=2), OtpPurpose.GUEST, SENDER, at)
    return challenge.take_try(OtpPurpose.GUEST, at).locked_for


def test_wrong_codes_count_down_and_then_lock_the_number_for_minutes() -> None:
    challenge = a_challenge()
    assert [guess(challenge) for _ in range(MAX_TRIES)] == [4, 3, 2, 1, 0]
    told = {"scope": "number", "attempts_left": 0, "retry_after_s": 4 * 60}
    assert locked(challenge, NOW + timedelta(minutes=1)) == told
    with pytest.raises(OtpLocked):
        challenge.send(UUID(int=2), OtpPurpose.GUEST, SENDER, NOW + FIRST_LOCK - timedelta(seconds=1))
    challenge.send(UUID(int=2), OtpPurpose.GUEST, SENDER, NOW + FIRST_LOCK)


def test_the_last_try_says_how_long_the_number_is_locked() -> None:
    challenge = a_challenge()
    refusals = [challenge.take_try(OtpPurpose.GUEST, NOW).refusal.facts for _ in range(MAX_TRIES)]
    assert refusals[-2:] == [{"attempts_left": 1}, {"attempts_left": 0, "retry_after_s": 5 * 60}]


def test_a_code_whose_tries_are_used_up_stays_so_after_the_lock() -> None:
    challenge = a_challenge()
    for _ in range(MAX_TRIES):
        guess(challenge)
    told = {"scope": "code", "attempts_left": 0, "retry_after_s": 5 * 60}
    assert locked(challenge, NOW + FIRST_LOCK) == told


def test_each_further_wrong_code_locks_twice_as_long_up_to_an_hour() -> None:
    challenge, now = a_challenge(), NOW
    for _ in range(MAX_TRIES - 1):
        guess(challenge)
    minutes = []
    for _ in range(8):
        span = wrong(challenge, now)
        minutes.append(span / timedelta(minutes=1))
        now += span
    assert minutes == [5, 10, 20, 40, 60, 60, 60, 60]
    assert len(challenge.failures) == KEPT_FAILURES


def test_a_right_code_makes_the_number_good_as_new() -> None:
    challenge = a_challenge()
    for _ in range(MAX_TRIES):
        guess(challenge)
    challenge.send(UUID(int=2), OtpPurpose.GUEST, SENDER, NOW + FIRST_LOCK)
    challenge.accept(challenge.take_try(OtpPurpose.GUEST, NOW + FIRST_LOCK))
    challenge.send(UUID(int=3), OtpPurpose.GUEST, SENDER, NOW + FIRST_LOCK)
    assert guess(challenge, NOW + FIRST_LOCK) == 4


def test_a_quiet_day_makes_the_number_good_as_new() -> None:
    challenge = a_challenge()
    for _ in range(MAX_TRIES):
        guess(challenge)
    challenge.send(UUID(int=2), OtpPurpose.GUEST, SENDER, NOW + QUIET)
    assert guess(challenge, NOW + QUIET) == 4


def test_an_almost_quiet_day_does_not() -> None:
    challenge = a_challenge()
    for _ in range(MAX_TRIES):
        guess(challenge)
    assert wrong(challenge, NOW + QUIET - timedelta(seconds=1)) == 2 * FIRST_LOCK


def test_a_try_that_is_given_back_takes_its_lock_with_it() -> None:
    challenge = a_challenge()
    paid = [challenge.take_try(OtpPurpose.GUEST, NOW) for _ in range(MAX_TRIES)]
    challenge.give_back(paid[-1])
    assert guess(challenge) == 0


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
    challenge.send(UUID(int=2), OtpPurpose.GUEST, SENDER, NOW)
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


def test_a_code_ended_by_a_lost_answer_still_opens_for_who_was_told_right() -> None:
    challenge = a_challenge()
    lost, right = (challenge.take_try(OtpPurpose.GUEST, NOW) for _ in range(2))
    challenge.void(lost)
    challenge.accept(right)
    assert challenge.state is CodeState.USED
    assert isinstance(challenge.already(lost), WrongOtp)


def test_already_verified_without_a_door_opened_is_a_lost_answer() -> None:
    challenge = a_challenge()
    assert isinstance(challenge.already(challenge.take_try(OtpPurpose.GUEST, NOW)), OtpUnconfirmed)
    assert (challenge.state, challenge.tries, challenge.failures) == (CodeState.VOID, 0, [])


def test_a_partner_that_takes_no_more_guesses_locks_the_code() -> None:
    challenge = a_challenge()
    challenge.exhaust(challenge.take_try(OtpPurpose.GUEST, NOW))
    with pytest.raises(OtpLocked):
        guess(challenge)


def test_numbers_print_masked() -> None:
    assert f"{PHONE} {PHONE!r}" == "+**********78 PhoneNumber(+**********78)"
    assert "512345678" not in repr(OtpChallenge(phone=PHONE))


def test_a_code_that_is_passed_on_keeps_its_tries() -> None:
    challenge = a_challenge()
    guess(challenge)
    assert challenge.pass_on(UUID(int=1), "two")
    assert (challenge.sender, challenge.tries, len(challenge.failures)) == ("two", 1, 1)
    assert challenge.take_try(OtpPurpose.GUEST, NOW).sender == "two"


def test_a_code_that_was_replaced_is_not_passed_on() -> None:
    challenge = a_challenge()
    challenge.send(UUID(int=2), OtpPurpose.GUEST, SENDER, NOW)
    assert not challenge.pass_on(UUID(int=1), "two")
    assert challenge.sender == SENDER
