"""The SMS partner fails, in memory and as the sandbox plays it: what is said, and what a try costs."""

from collections.abc import AsyncGenerator
from typing import Any

import httpx
import pytest
from litestar import Litestar
from tests.contract.identity.vendors import CHECK, START, VENDORS, Vendor
from tests.contract.worlds import World

from muvi.adapters.memory.clock import CountingIds, FakeClock
from muvi.adapters.memory.identity import MemorySenderChoices, MemorySmsOtp, MemoryTokens
from muvi.application.identity.otp_senders import OtpSenders
from muvi.application.identity.send_otp import SendOtp, SendOtpCommand
from muvi.application.identity.verify_otp import SignedIn, VerifyOtp, VerifyOtpCommand
from muvi.domain.identity.challenge import (
    MAX_TRIES,
    CodeState,
    OtpChallenge,
    OtpExpired,
    OtpLocked,
    OtpPurpose,
    OtpUnconfirmed,
    WrongOtp,
)
from muvi.domain.identity.phone import PhoneNumber
from muvi.domain.shared.actor import Platform
from muvi.domain.shared.text import Language
from muvi.ports.errors import OutcomeUnknown, PortError, Unavailable
from muvi.ports.identity.sms_otp import SmsOtp

PHONE = PhoneNumber("+966512345678")
DOWN = {"fault": "before", "status": 503}
DOWN_AFTER = {"fault": "after", "status": 503}
LOST = {"fault": "cut-after"}
WRONG = "000000"


class Partner:
    """The partner, the phone in somebody's hand, and a way to make the next call fail."""

    sms: SmsOtp

    async def fails(self, call: str, rule: dict[str, object]) -> None:
        raise NotImplementedError

    async def codes(self) -> list[str]:
        raise NotImplementedError


class InMemory(Partner):
    """The fake that unit tests use."""

    def __init__(self) -> None:
        self.sms = self._memory = MemorySmsOtp()

    async def fails(self, _call: str, rule: dict[str, object]) -> None:
        kind: type[PortError] = OutcomeUnknown if rule is LOST else Unavailable
        self._memory.fail_with = kind("it fails", system="sms")
        self._memory.fail_after = rule in (LOST, DOWN_AFTER)

    async def codes(self) -> list[str]:
        return [code for _, code, _ in reversed(self._memory.texts)]


class OnTheWire(Partner):
    """A vendor as the sandbox plays it."""

    def __init__(self, vendor: Vendor, app: Litestar, phone: httpx.AsyncClient) -> None:
        self._vendor = vendor
        self._phone = phone
        self.sms = vendor.adapter(app)

    async def fails(self, call: str, rule: dict[str, object]) -> None:
        await self._phone.post("/control", json={**self._vendor.call(call), **rule})

    async def codes(self) -> list[str]:
        answer = await self._phone.get("/inbox", params={"channel": "sms", "to": PHONE.e164})
        texts: list[dict[str, Any]] = answer.json()
        return [text["code"] for text in texts]


class Desk:
    """Somebody who signs in."""

    def __init__(self, world: World, partner: Partner) -> None:
        clock = FakeClock()
        ids = CountingIds(clock)
        self.world, self.partner = world, partner
        senders = OtpSenders({"one": partner.sms}, MemorySenderChoices())
        self._send = SendOtp(world.begin, senders, clock, ids)
        self._verify = VerifyOtp(world.begin, senders, MemoryTokens(), clock, ids)

    async def send(self) -> str:
        await self._send(SendOtpCommand(phone=PHONE, purpose=OtpPurpose.GUEST, language=Language.EN))
        return (await self.partner.codes())[0]

    async def verify(self, code: str) -> SignedIn:
        command = VerifyOtpCommand(phone=PHONE, code=code, purpose=OtpPurpose.GUEST, platform=Platform.IOS)
        return await self._verify(command)

    async def left(self) -> int:
        """What one more wrong code leaves of the present code's tries."""
        with pytest.raises(WrongOtp) as caught:
            await self.verify(WRONG)
        return int(caught.value.facts["attempts_left"])

    async def challenge(self) -> OtpChallenge:
        async with self.world.begin() as tx:
            return await tx.challenges.lock_or_open(PHONE)


@pytest.fixture(params=["fake", *VENDORS])
async def desk(request: pytest.FixtureRequest, world: World, sandbox: Litestar) -> AsyncGenerator[Desk]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(sandbox), base_url="http://sandbox") as phone:
        vendor = VENDORS.get(request.param)
        yield Desk(world, InMemory() if vendor is None else OnTheWire(vendor, sandbox, phone))


async def test_a_partner_that_answers_5xx_has_sent_nothing_and_says_so(desk: Desk) -> None:
    await desk.partner.fails(START, DOWN)
    with pytest.raises(Unavailable):
        await desk.send()
    assert await desk.partner.codes() == []


async def test_a_lost_reply_to_start_counts_as_sent(desk: Desk) -> None:
    await desk.partner.fails(START, LOST)
    assert await desk.verify(await desk.send())


async def test_a_partner_that_is_down_costs_no_try(desk: Desk) -> None:
    code = await desk.send()
    for _ in range(MAX_TRIES + 1):
        await desk.partner.fails(CHECK, DOWN)
        with pytest.raises(Unavailable):
            await desk.verify(WRONG)
    assert await desk.left() == MAX_TRIES - 1
    assert await desk.verify(code)


async def test_a_lost_reply_to_check_asks_for_a_new_code_and_costs_no_try(desk: Desk) -> None:
    code = await desk.send()
    await desk.partner.fails(CHECK, LOST)
    with pytest.raises(OtpUnconfirmed):
        await desk.verify(code)
    with pytest.raises(OtpExpired):
        await desk.verify(code)
    spent = await desk.challenge()
    assert (spent.state, spent.tries, spent.failures) == (CodeState.VOID, 0, [])
    again = await desk.send()
    assert await desk.left() == MAX_TRIES - 1
    assert await desk.verify(again)


async def test_a_code_that_was_used_up_behind_a_5xx_asks_for_a_new_one(desk: Desk) -> None:
    code = await desk.send()
    await desk.partner.fails(CHECK, DOWN_AFTER)
    with pytest.raises(Unavailable):
        await desk.verify(code)
    with pytest.raises(OtpUnconfirmed):
        await desk.verify(code)
    spent = await desk.challenge()
    assert (spent.state, spent.tries, spent.failures) == (CodeState.VOID, 0, [])
    assert await desk.verify(await desk.send())


async def test_a_lost_reply_ends_the_guessing_of_that_code(desk: Desk) -> None:
    """So a try that was given back is never a free look."""
    await desk.send()
    await desk.partner.fails(CHECK, LOST)
    with pytest.raises(OtpUnconfirmed):
        await desk.verify(WRONG)
    with pytest.raises(OtpExpired):
        await desk.verify(WRONG)


async def test_twin_a_code_that_is_not_ended_is_guessed_at_further(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(OtpChallenge, "void", OtpChallenge.give_back)
    await desk.send()
    await desk.partner.fails(CHECK, LOST)
    with pytest.raises(OtpUnconfirmed):
        await desk.verify(WRONG)
    assert await desk.left() == MAX_TRIES - 1


async def test_answers_between_failures_are_all_counted(desk: Desk) -> None:
    """A failing partner gives back what taught nothing; what it does answer still costs a try each."""
    code, told = await desk.send(), []
    for _ in range(MAX_TRIES):
        await desk.partner.fails(CHECK, DOWN)
        with pytest.raises(Unavailable):
            await desk.verify(WRONG)
        told.append(await desk.left())
    assert told == [4, 3, 2, 1, 0]
    with pytest.raises(OtpLocked):
        await desk.verify(code)
