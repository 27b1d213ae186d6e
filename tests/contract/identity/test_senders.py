"""Two senders of codes: who is asked, who steps in, who compares, and what is counted of it."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from tests.contract.worlds import World

from muvi.adapters.db.notifications import Notifications
from muvi.adapters.db.sms_senders import CHANNEL, RecentChosenSender, SqlSenderChoices
from muvi.adapters.memory.clock import CountingIds, FakeClock
from muvi.adapters.memory.identity import MemorySenderChoices, MemorySmsOtp, MemoryTokens
from muvi.adapters.sms.spared import SparedSmsOtp
from muvi.application.identity.otp_senders import OtpSenders
from muvi.application.identity.send_otp import SendOtp, SendOtpCommand
from muvi.application.identity.verify_otp import SignedIn, VerifyOtp, VerifyOtpCommand
from muvi.domain.identity.challenge import (
    MAX_TRIES,
    CodeState,
    OtpAskedTooOften,
    OtpChallenge,
    OtpLocked,
    OtpPurpose,
    WrongOtp,
)
from muvi.domain.identity.phone import PhoneNumber
from muvi.domain.shared.actor import Platform
from muvi.domain.shared.text import Language
from muvi.ports.errors import OutcomeUnknown, Refused, Unavailable
from muvi.ports.identity.senders import ChosenSender, SenderChoice
from muvi.ports.identity.sms_otp import AskedTooOften

PHONE = PhoneNumber("+966512345678")
DOWN, LOST = Unavailable("down", system="sms"), OutcomeUnknown("lost", system="sms")
NO = Refused("no", reason="3", system="sms")
WAIT = AskedTooOften("wait", reason="7", system="sms", retry_after_s=60)
NOT_HERE = Unavailable("result 13", system="sms", answered=True)
WRONG = "000000"


class Sender(MemorySmsOtp):
    """Fails as long as it is told to; `asked` counts every call that reached it."""

    def __init__(self, offset: int) -> None:
        super().__init__()
        self.trouble: Exception | None = None
        self.asked = 0
        self.before_start = None
        self.spared_checks = False
        self._offset = offset

    async def start(self, phone: PhoneNumber, language: Language, request: UUID) -> None:
        self.asked += 1
        if self.before_start is not None:
            act, self.before_start = self.before_start, None
            await act()
        if self.trouble is not None:
            raise self.trouble
        await super().start(phone, language, request)
        to, code, said = self.texts.pop()  # no code of one is a code of the other
        code = f"{int(code) + self._offset}"
        self._codes[phone].code = code
        self.texts.append((to, code, said))

    async def check(self, phone: PhoneNumber, code: str, request: UUID) -> object:
        self.asked += 1
        if self.trouble is not None and not self.spared_checks:
            raise self.trouble
        return await super().check(phone, code, request)


class Desk:
    """Somebody who signs in, and somebody who chooses between senders `one` and `two`."""

    def __init__(self, world: World, chosen: ChosenSender | None = None) -> None:
        self.world = world
        self.clock = FakeClock()
        self.ids = CountingIds(self.clock)
        self.one, self.two = Sender(0), Sender(100_000)
        self.partners: dict[str, object] = {"one": self.one, "two": self.two}
        self.chosen = chosen or world.senders

    @property
    def senders(self) -> OtpSenders:
        return OtpSenders(self.partners, self.chosen)

    async def choose(self, sender: str | None, *, alone: bool = False) -> None:
        choice = SenderChoice(sender=sender, alone=alone, chosen_by="nora", chosen_at=self.clock.now())
        await self.world.senders.choose(choice)

    async def send(self) -> None:
        use_case = SendOtp(self.world.begin, self.senders, self.clock, self.ids)
        await use_case(SendOtpCommand(phone=PHONE, purpose=OtpPurpose.GUEST, language=Language.EN))

    async def verify(self, code: str) -> SignedIn:
        use_case = VerifyOtp(self.world.begin, self.senders, MemoryTokens(), self.clock, self.ids)
        return await use_case(
            VerifyOtpCommand(phone=PHONE, code=code, purpose=OtpPurpose.GUEST, platform=Platform.IOS)
        )

    async def challenge(self) -> OtpChallenge:
        async with self.world.begin() as tx:
            return await tx.challenges.lock_or_open(PHONE)

    @property
    def texts(self) -> tuple[int, int]:
        return len(self.one.texts), len(self.two.texts)


@pytest.fixture
def desk(world: World) -> Desk:
    return Desk(world)


async def test_nobody_has_chosen(world: World) -> None:
    assert await world.senders.current() is None
    assert await world.senders.history(5) == []


async def test_the_newest_choice_counts_and_all_are_kept(desk: Desk) -> None:
    for sender, alone in (("two", True), (None, False), ("one", False)):
        await desk.choose(sender, alone=alone)
        desk.clock.advance(seconds=1)
    now = desk.clock.now()
    kept = await desk.world.senders.history(2)
    assert kept == [
        SenderChoice(sender="one", alone=False, chosen_by="nora", chosen_at=now - timedelta(seconds=1)),
        SenderChoice(sender=None, alone=False, chosen_by="nora", chosen_at=now - timedelta(seconds=2)),
    ]
    assert await desk.world.senders.current() == kept[0]


@pytest.mark.parametrize(
    ("sender", "alone", "order"),
    [
        ("two", False, ("two", "one")),
        ("two", True, ("two",)),
        (None, False, ("one", "two")),
        ("gone", True, ("one", "two")),
    ],
)
async def test_whom_to_ask(desk: Desk, sender: str | None, alone: bool, order: tuple[str, ...]) -> None:  # noqa: FBT001
    assert await desk.senders.in_order() == ("one", "two")
    await desk.choose(sender, alone=alone)
    assert await desk.senders.in_order() == order


async def test_the_chosen_one_sends_and_a_switch_in_between_locks_nobody_out(desk: Desk) -> None:
    await desk.send()
    await desk.choose("two", alone=True)
    assert await desk.verify(desk.one.code_of(PHONE))
    await desk.send()
    assert desk.texts == (1, 1)
    assert await desk.verify(desk.two.code_of(PHONE))


async def test_twin_whoever_sends_now_does_not_know_the_code(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(OtpSenders, "named", lambda self, _: self.partners["two"])
    await desk.choose("one")
    desk.partners["two"] = desk.one
    await desk.send()
    desk.partners["two"] = desk.two
    with pytest.raises(WrongOtp):
        await desk.verify(desk.one.code_of(PHONE))


async def test_a_code_from_before_senders_had_names_is_compared_by_the_first(desk: Desk) -> None:
    await desk.send()
    async with desk.world.begin() as tx:
        challenge = await tx.challenges.lock_or_open(PHONE)
        challenge.sender = None
        await tx.challenges.save(challenge)
    assert await desk.verify(desk.one.code_of(PHONE))


async def test_the_sender_of_a_code_is_not_there_any_more(desk: Desk) -> None:
    await desk.send()
    del desk.partners["one"]
    with pytest.raises(Unavailable):
        await desk.verify(WRONG)
    assert (await desk.challenge()).tries == 0


async def test_the_other_steps_in_when_nothing_was_sent(desk: Desk) -> None:
    desk.one.trouble = DOWN
    await desk.send()
    assert desk.texts == (0, 1)
    assert await desk.verify(desk.two.code_of(PHONE))


async def test_twin_nobody_steps_in_for_one_alone(desk: Desk) -> None:
    desk.one.trouble = DOWN
    await desk.choose("one", alone=True)
    with pytest.raises(Unavailable):
        await desk.send()
    assert desk.texts == (0, 0)


async def test_both_are_down(desk: Desk) -> None:
    desk.one.trouble = desk.two.trouble = DOWN
    with pytest.raises(Unavailable):
        await desk.send()


async def test_a_lost_answer_counts_as_sent_and_nobody_sends_a_second_text(desk: Desk) -> None:
    desk.one.trouble = LOST
    await desk.send()
    assert (desk.one.asked, desk.two.asked) == (1, 0)
    assert (await desk.challenge()).sender == "one"


async def test_a_number_that_is_refused_is_not_taken_to_the_other(desk: Desk) -> None:
    """Or the second would undo the first one's limits."""
    desk.one.trouble = NO
    with pytest.raises(Refused):
        await desk.send()
    assert desk.two.asked == 0


async def test_whoever_asked_too_often_is_told_to_wait(desk: Desk) -> None:
    desk.one.trouble = WAIT
    with pytest.raises(OtpAskedTooOften) as caught:
        await desk.send()
    assert caught.value.facts == {"retry_after_s": 60}
    assert desk.two.asked == 0


async def test_a_number_whom_one_never_texts_again_is_texted_by_the_other(desk: Desk) -> None:
    desk.partners = {name: SparedSmsOtp(one, name, desk.clock) for name, one in desk.partners.items()}
    desk.one.trouble = NOT_HERE
    for _ in range(4):
        await desk.send()
    assert await desk.verify(desk.two.code_of(PHONE))
    assert desk.one.asked == 4  # it is not left alone for that


NOTHING_SENT = pytest.mark.parametrize(
    ("trouble", "error"),
    [(DOWN, Unavailable), (NOT_HERE, Unavailable), (NO, Refused), (WAIT, OtpAskedTooOften)],
)


@NOTHING_SENT
async def test_a_good_code_survives_a_resend_that_sent_nothing(
    desk: Desk, trouble: Exception, error: type[Exception]
) -> None:
    await desk.send()
    code, before = desk.one.code_of(PHONE), await desk.challenge()
    desk.clock.advance(minutes=9)
    desk.one.trouble = desk.two.trouble = trouble
    with pytest.raises(error):
        await desk.send()
    after = await desk.challenge()
    assert (after.id, after.sender, after.sent_at) == (before.id, before.sender, before.sent_at)
    desk.one.trouble = None
    with pytest.raises(WrongOtp) as caught:
        await desk.verify(WRONG)
    assert caught.value.facts["attempts_left"] == MAX_TRIES - 1
    assert await desk.verify(code)


@NOTHING_SENT
async def test_twin_not_taken_back_the_good_code_is_lost(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, trouble: Exception, error: type[Exception]
) -> None:
    monkeypatch.setattr(OtpChallenge, "take_back", lambda *_: None)
    await desk.choose("two")
    await desk.send()
    code = desk.two.code_of(PHONE)
    await desk.choose("one", alone=True)
    desk.one.trouble = trouble
    with pytest.raises(error):
        await desk.send()
    desk.one.trouble = None
    with pytest.raises(WrongOtp):
        await desk.verify(code)


async def test_guesses_made_while_a_resend_fails_are_no_gift(desk: Desk) -> None:
    await desk.send()

    async def guess() -> None:
        for _ in range(2):
            with pytest.raises(WrongOtp):
                await desk.verify(WRONG)

    await guess()
    desk.one.before_start, desk.one.trouble = guess, WAIT
    desk.one.spared_checks = True
    with pytest.raises(OtpAskedTooOften):
        await desk.send()
    kept = await desk.challenge()
    assert (kept.tries, len(kept.failures)) == (4, 4)


async def test_a_code_that_opened_the_door_meanwhile_stays_used(desk: Desk) -> None:
    """Some partners compare by number alone, so that the code in hand is right for the new ask too."""
    await desk.send()
    code = desk.one.code_of(PHONE)

    async def sign_in() -> None:
        await desk.verify(code)

    desk.one.before_start, desk.one.trouble = sign_in, WAIT
    desk.one.spared_checks = True
    with pytest.raises(OtpAskedTooOften):
        await desk.send()
    assert (await desk.challenge()).state is CodeState.USED


async def test_a_later_ask_is_not_taken_back(desk: Desk) -> None:
    await desk.send()

    async def again() -> None:
        desk.one.trouble = None
        await desk.send()
        desk.one.trouble = WAIT

    desk.one.before_start, desk.one.trouble = again, WAIT
    with pytest.raises(OtpAskedTooOften):
        await desk.send()
    desk.one.trouble = None
    assert await desk.verify(desk.one.code_of(PHONE))


async def test_stepping_in_counts_nothing_twice(desk: Desk) -> None:
    await desk.send()
    for _ in range(2):
        with pytest.raises(WrongOtp):
            await desk.verify(WRONG)
    desk.one.trouble = DOWN
    await desk.send()
    told = []
    for _ in range(3):
        with pytest.raises(WrongOtp) as caught:
            await desk.verify(WRONG)
        told.append(caught.value.facts["attempts_left"])
    assert told == [MAX_TRIES - 3, MAX_TRIES - 4, 0]
    with pytest.raises(OtpLocked):
        await desk.send()
    assert desk.texts == (1, 1)


async def test_a_number_that_asks_again_meanwhile_gets_no_dead_text(desk: Desk) -> None:
    """The first ask found `one` down, but a second one has taken its place by then."""

    async def again() -> None:
        await desk.send()

    desk.one.before_start = again
    desk.one.trouble = DOWN
    await desk.send()
    assert desk.texts == (0, 1)
    assert await desk.verify(desk.two.code_of(PHONE))


async def test_twin_passed_on_regardless_two_texts_go_out(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(OtpChallenge, "pass_on", lambda *_: True)
    desk.one.before_start = desk.send
    desk.one.trouble = DOWN
    await desk.send()
    assert desk.texts == (0, 2)


async def dead_sender(desk: Desk, times: int) -> None:
    desk.one.trouble = LOST
    for _ in range(times):
        await desk.send()


async def test_a_dead_sender_is_left_alone(desk: Desk) -> None:
    desk.partners = {name: SparedSmsOtp(one, name, desk.clock) for name, one in desk.partners.items()}
    await dead_sender(desk, 5)
    assert (desk.one.asked, desk.two.asked) == (3, 2)
    desk.one.trouble = None
    desk.clock.advance(seconds=20)
    await desk.send()
    assert desk.texts == (1, 2)
    assert await desk.verify(desk.one.code_of(PHONE))


async def test_twin_without_it_everybody_waits_for_the_dead_one(desk: Desk) -> None:
    await dead_sender(desk, 5)
    assert (desk.one.asked, desk.two.asked) == (5, 0)


async def test_a_sender_that_cannot_send_still_compares(desk: Desk) -> None:
    desk.partners["one"] = SparedSmsOtp(desk.one, "one", desk.clock)
    await desk.send()
    code = desk.one.code_of(PHONE)
    for _ in range(3):
        desk.one.trouble = DOWN
        with pytest.raises(Unavailable):
            await desk.partners["one"].start(PhoneNumber("+966512345679"), Language.EN, UUID(int=9))
    desk.one.trouble = None
    assert await desk.verify(code)


async def test_a_choice_counts_when_the_bell_rings_or_after_five_seconds() -> None:
    clock, choices = FakeClock(), MemorySenderChoices()
    recent = RecentChosenSender(choices, clock)

    async def choose(sender: str) -> SenderChoice:
        choice = SenderChoice(sender=sender, alone=False, chosen_by="nora", chosen_at=clock.now())
        await choices.choose(choice)
        return choice

    assert await recent.current() is None
    first = await choose("two")
    assert await recent.current() is None
    recent.drop()
    assert await recent.current() == first
    second = await choose("one")
    assert await recent.current() == first
    clock.advance(seconds=5)
    assert await recent.current() == second


async def test_a_choice_rings_in_every_process(clean_database: AsyncEngine) -> None:
    url = clean_database.url.render_as_string(hide_password=False)
    notifications, heard, listening = Notifications(url), asyncio.Event(), asyncio.Event()
    notifications.subscribe(CHANNEL, lambda _: heard.set())
    notifications.on_gap(listening.set)
    await notifications.start()
    try:
        await listening.wait()
        choice = SenderChoice(sender="two", alone=False, chosen_by="nora", chosen_at=FakeClock().now())
        await SqlSenderChoices(clean_database).choose(choice)
        await asyncio.wait_for(heard.wait(), 10)
    finally:
        await notifications.stop()
