"""Signing in over both kinds of storage, and the races of a code and of a refresh token."""

import asyncio
from collections import Counter
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from tests.contract.worlds import World

from muvi.adapters.memory.clock import CountingIds, FakeClock
from muvi.adapters.memory.identity import MemorySenderChoices, MemorySmsOtp, MemoryTokens
from muvi.application.identity.otp_senders import OtpSenders
from muvi.application.identity.refresh_session import RefreshCommand, RefreshSession
from muvi.application.identity.send_otp import SendOtp, SendOtpCommand
from muvi.application.identity.verify_otp import SignedIn, VerifyOtp, VerifyOtpCommand
from muvi.domain.identity.challenge import (
    FIRST_LOCK,
    OtpChallenge,
    OtpExpired,
    OtpLocked,
    OtpPurpose,
    WrongOtp,
)
from muvi.domain.identity.phone import PhoneNumber
from muvi.domain.identity.session import AuthSession, SessionEnded
from muvi.domain.shared.actor import ActorKind, Platform
from muvi.domain.shared.errors import DomainError, Unauthenticated
from muvi.domain.shared.text import Language
from muvi.ports.identity.sms_otp import CodeCheck

PHONE = PhoneNumber("+966512345678")
GUEST, CUSTOMER = OtpPurpose.GUEST, OtpPurpose.CUSTOMER


class Desk:
    """The use cases of signing in, on one world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.clock = FakeClock()
        self.sms = MemorySmsOtp()
        self.tokens = MemoryTokens()
        self.ids = CountingIds(self.clock)

    @property
    def senders(self) -> OtpSenders:
        return OtpSenders({"one": self.sms}, MemorySenderChoices())

    async def send(self, purpose: OtpPurpose = GUEST) -> str:
        use_case = SendOtp(self.world.begin, self.senders, self.clock, self.ids)
        await use_case(SendOtpCommand(phone=PHONE, purpose=purpose, language=Language.AR))
        return self.sms.code_of(PHONE)

    async def verify(self, code: str, purpose: OtpPurpose = GUEST) -> SignedIn:
        use_case = VerifyOtp(self.world.begin, self.senders, self.tokens, self.clock, self.ids)
        command = VerifyOtpCommand(phone=PHONE, code=code, purpose=purpose, platform=Platform.IOS)
        return await use_case(command)

    async def refresh(self, token: str) -> str:
        use_case = RefreshSession(self.world.begin, self.tokens, self.clock)
        return (await use_case(RefreshCommand(token=token, platform=Platform.IOS))).refresh


@pytest.fixture
def desk(world: World) -> Desk:
    return Desk(world)


async def refusal(attempt: object) -> DomainError:
    with pytest.raises(DomainError) as caught:
        await attempt
    return caught.value


async def test_the_right_code_signs_in_and_guest_and_customer_are_one_person(desk: Desk) -> None:
    guest = await desk.verify(await desk.send())
    customer = await desk.verify(await desk.send(CUSTOMER), CUSTOMER)
    assert guest.user.id == customer.user.id
    assert (guest.user.registered_at, customer.user.registered_at) == (None, desk.clock.now())
    assert desk.tokens.actor_of(guest.tokens.access).kind is ActorKind.GUEST
    assert desk.tokens.actor_of(customer.tokens.access).kind is ActorKind.CUSTOMER
    assert [language for _, _, language in desk.sms.texts] == [Language.AR] * 2


async def test_wrong_codes_count_down_then_lock_even_the_right_one(desk: Desk) -> None:
    code = await desk.send()
    told = [(await refusal(desk.verify("000000"))).facts for _ in range(5)]
    assert [facts["attempts_left"] for facts in told] == [4, 3, 2, 1, 0]
    assert told[-1]["retry_after_s"] == FIRST_LOCK.total_seconds()
    locked = await refusal(desk.verify(code))
    assert isinstance(locked, OtpLocked)
    assert locked.facts == {"scope": "number", "attempts_left": 0, "retry_after_s": 300}


async def test_no_text_goes_out_to_a_locked_number(desk: Desk) -> None:
    await desk.send()
    for _ in range(5):
        await refusal(desk.verify("000000"))
    texts = len(desk.sms.texts)
    locked = await refusal(desk.send())
    assert (locked.code, locked.facts["scope"]) == ("otp-locked", "number")
    assert len(desk.sms.texts) == texts
    desk.clock.advance(seconds=locked.facts["retry_after_s"])
    assert await desk.verify(await desk.send())


async def wrong_codes_of_a_day(desk: Desk, enough: int) -> int:
    """How many guesses somebody gets who keeps at one number for a day and waits whenever told to."""
    guesses, end = 0, desk.clock.now() + timedelta(days=1)
    while guesses < enough and desk.clock.now() < end:
        try:
            await desk.send()
            await desk.verify("000000")
        except WrongOtp:
            guesses += 1
        except OtpLocked as locked:
            desk.clock.advance(seconds=locked.facts["retry_after_s"])
    return guesses


async def test_a_day_of_guessing_is_some_thirty_guesses(desk: Desk) -> None:
    assert await wrong_codes_of_a_day(desk, enough=50) == 31


async def test_twin_without_the_lock_guessing_never_ends(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(OtpChallenge, "_refuse_locked_number", lambda *_: None)
    assert await wrong_codes_of_a_day(desk, enough=50) == 50


async def test_whoever_guesses_keeps_the_owner_out_for_an_hour_at_most(desk: Desk) -> None:
    await wrong_codes_of_a_day(desk, enough=20)
    desk.clock.advance(hours=1)
    assert await desk.verify(await desk.send())
    assert (await refusal(desk.verify(await desk.send() + "0"))).facts["attempts_left"] == 4


async def test_nothing_is_waiting(desk: Desk) -> None:
    assert isinstance(await refusal(desk.verify("123456")), WrongOtp)
    async with desk.world.begin() as tx:
        assert await tx.challenges.lock(PHONE) is None  # and no row was made of it


async def test_a_code_for_guests_does_not_sign_a_customer_in(desk: Desk) -> None:
    code = await desk.send(GUEST)
    assert isinstance(await refusal(desk.verify(code, CUSTOMER)), WrongOtp)
    assert await desk.verify(code, GUEST)


async def test_a_code_lives_ten_minutes(desk: Desk) -> None:
    code = await desk.send()
    desk.clock.advance(minutes=10)
    assert isinstance(await refusal(desk.verify(code)), OtpExpired)


class AgreeingSms(MemorySmsOtp):
    """A partner that finds a code right every time, and answers all askers at once."""

    def __init__(self, askers: int) -> None:
        super().__init__()
        self.all_there = asyncio.Barrier(askers)

    async def check(self, phone: PhoneNumber, code: str, request: UUID) -> CodeCheck:  # noqa: ARG002
        await self.all_there.wait()
        return CodeCheck.CORRECT if code == self.code_of(phone) else CodeCheck.WRONG


async def outcomes(desk: Desk, code: str, times: int) -> Counter[str]:
    async def one() -> str:
        try:
            await desk.verify(code)
        except DomainError as error:
            return error.code
        return "signed in"

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one()) for _ in range(times)]
    return Counter(task.result() for task in tasks)


async def test_a_code_verified_five_times_at_once_signs_in_once(desk: Desk) -> None:
    desk.sms = AgreeingSms(5)
    assert await outcomes(desk, await desk.send(), 5) == {"signed in": 1, "wrong-otp": 4}


async def test_twin_without_the_consumed_state_it_signs_in_five_times(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(OtpChallenge, "accept", OtpChallenge.give_back)
    desk.sms = AgreeingSms(5)
    assert await outcomes(desk, await desk.send(), 5) == {"signed in": 5}


async def test_guesses_at_once_are_counted_one_by_one(desk: Desk) -> None:
    desk.sms = AgreeingSms(5)
    await desk.send()
    assert await outcomes(desk, "000000", 20) == {"wrong-otp": 5, "otp-locked": 15}


async def test_twin_counted_after_the_answer_every_guess_gets_through(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the count taken only when the answer is known, twenty guesses at once all see five tries left."""
    pay = OtpChallenge.take_try

    def look_only(self: OtpChallenge, *args: object) -> object:
        paid = pay(self, *args)
        self.give_back(paid)
        return paid

    monkeypatch.setattr(OtpChallenge, "take_try", look_only)
    desk.sms = AgreeingSms(20)
    await desk.send()
    assert await outcomes(desk, "000000", 20) == {"wrong-otp": 20}


async def test_refreshing(desk: Desk) -> None:
    first = (await desk.verify(await desk.send())).tokens.refresh
    second = await desk.refresh(first)
    assert await desk.refresh(first) == second  # a lost reply, repeated
    third = await desk.refresh(second)
    assert isinstance(await refusal(desk.refresh(first)), SessionEnded)
    assert isinstance(await refusal(desk.refresh(third)), SessionEnded)
    assert isinstance(await refusal(desk.refresh("nonsense")), Unauthenticated)


async def test_a_late_repeat_ends_the_family(desk: Desk) -> None:
    first = (await desk.verify(await desk.send())).tokens.refresh
    second = await desk.refresh(first)
    desk.clock.advance(seconds=11)
    assert isinstance(await refusal(desk.refresh(first)), SessionEnded)
    assert isinstance(await refusal(desk.refresh(second)), SessionEnded)


async def test_twin_without_the_end_of_the_family_the_thief_stays(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(AuthSession, "_is_repeat", lambda *_: True)
    first = (await desk.verify(await desk.send())).tokens.refresh
    await desk.refresh(await desk.refresh(first))
    assert await desk.refresh(first)


async def test_fifty_refreshes_at_once_get_one_successor(desk: Desk) -> None:
    first = (await desk.verify(await desk.send())).tokens.refresh
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(desk.refresh(first)) for _ in range(50)]
    assert len({task.result() for task in tasks}) == 1


async def test_no_number_and_no_code_outside_their_own_columns(desk: Desk, world: World) -> None:
    code = await desk.send()
    error = await refusal(desk.verify("000000"))
    shown = f"{error} {error.facts} {error!r} {await desk.verify(code)!r}"
    assert PHONE.e164[4:] not in shown
    assert code not in shown


@pytest.fixture
def sql_only(request: pytest.FixtureRequest) -> None:
    if "memory" in request.node.name:
        pytest.skip("constraints are PostgreSQL's")


@pytest.mark.usefixtures("sql_only")
async def test_the_tables_refuse_what_the_rules_refuse(desk: Desk, clean_database: object) -> None:
    await desk.send()
    for change in ("tries = 6", "state = 'open'", "challenge_id = NULL"):
        with pytest.raises(Exception, match="ck_otp_challenges"):
            async with clean_database.begin() as connection:
                await connection.execute(text(f"UPDATE otp_challenges SET {change}"))  # noqa: S608
