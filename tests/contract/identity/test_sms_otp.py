"""The partner that texts codes: in memory, and Unifonic as the sandbox plays it."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from litestar import Litestar

from muvi.adapters.kit.http_client import VendorHttp
from muvi.adapters.memory.identity import MemorySmsOtp
from muvi.adapters.sms.unifonic import SYSTEM, UnifonicOtp
from muvi.domain.identity.phone import PhoneNumber
from muvi.domain.shared.text import Language
from muvi.ports.errors import OutcomeUnknown, PortError, Refused, Unavailable
from muvi.ports.identity.sms_otp import CodeCheck, SmsOtp

PHONE, OTHER = PhoneNumber("+966512345678"), PhoneNumber("+966512345679")
CREDENTIALS = (
    ("x-authenticate-app-id", "sandbox-app"),
    ("Authorization", "Bearer sandbox-unifonic-token"),
)


@dataclass(frozen=True)
class Partner:
    """The port, and the phone in somebody's hand."""

    sms: SmsOtp
    phone: Any

    async def code(self, phone: PhoneNumber = PHONE) -> str:
        if isinstance(self.sms, MemorySmsOtp):
            return self.sms.code_of(phone)
        return (await self.texts(phone))[0]["code"]

    async def texts(self, phone: PhoneNumber = PHONE) -> list[dict[str, str]]:
        answer = await self.phone.get("/inbox", params={"channel": "sms", "to": phone.e164})
        return answer.json()

    async def wrong(self) -> str:
        return "111111" if await self.code() != "111111" else "222222"


def unifonic(app: Litestar, headers: tuple[tuple[str, str], ...] = CREDENTIALS) -> UnifonicOtp:
    address = "http://sandbox/unifonic/services/api/v2"
    http = VendorHttp(
        SYSTEM, address, headers=headers, transport=httpx.ASGITransport(app, raise_app_exceptions=False)
    )
    return UnifonicOtp(http)


@pytest.fixture(params=["memory", "unifonic"])
async def partner(request: pytest.FixtureRequest, sandbox: Litestar) -> AsyncGenerator[Partner]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(sandbox), base_url="http://sandbox") as phone:
        yield Partner(MemorySmsOtp() if request.param == "memory" else unifonic(sandbox), phone)


async def test_the_code_that_arrived_is_right_once(partner: Partner) -> None:
    await partner.sms.start(PHONE, Language.EN)
    code = await partner.code()
    assert len(code) == 6
    assert await partner.sms.check(PHONE, code) is CodeCheck.CORRECT
    assert await partner.sms.check(PHONE, code) is CodeCheck.ALREADY


async def test_any_other_code_is_wrong_and_five_are_enough(partner: Partner) -> None:
    await partner.sms.start(PHONE, Language.EN)
    wrong = await partner.wrong()
    assert [await partner.sms.check(PHONE, wrong) for _ in range(5)] == [CodeCheck.WRONG] * 5
    assert await partner.sms.check(PHONE, await partner.code()) is CodeCheck.EXCEEDED


async def test_a_code_belongs_to_its_number(partner: Partner) -> None:
    await partner.sms.start(PHONE, Language.EN)
    assert await partner.sms.check(OTHER, await partner.code()) is CodeCheck.WRONG


async def test_a_new_code_replaces_the_last(partner: Partner) -> None:
    await partner.sms.start(PHONE, Language.EN)
    first = await partner.code()
    await partner.sms.start(PHONE, Language.EN)
    second = await partner.code()
    if first != second:
        assert await partner.sms.check(PHONE, first) is CodeCheck.WRONG
    assert await partner.sms.check(PHONE, second) is CodeCheck.CORRECT


@pytest.fixture
async def real(sandbox: Litestar) -> AsyncGenerator[Partner]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(sandbox), base_url="http://sandbox") as phone:
        yield Partner(unifonic(sandbox), phone)


async def test_the_text_is_in_the_asked_language(real: Partner) -> None:
    await real.sms.start(PHONE, Language.AR)
    assert "رمز" in (await real.texts())[0]["body"]


async def test_a_code_the_partner_let_run_out(real: Partner) -> None:
    await real.sms.start(PHONE, Language.EN)
    act = {"system": "unifonic", "action": "expire", "to": PHONE.e164}
    await real.phone.post("/control/act", json=act)
    assert await real.sms.check(PHONE, await real.code()) is CodeCheck.EXPIRED


@pytest.mark.parametrize(
    ("rule", "error"),
    [
        ({"fault": "before", "status": 503}, Unavailable),
        ({"fault": "cut-after"}, OutcomeUnknown),
        ({"fault": "before", "status": 429}, Unavailable),
        ({"fault": "before", "status": 400}, Refused),
        ({"fault": "after", "status": 500}, Unavailable),
        ({"fault": "garbage-after"}, OutcomeUnknown),
        ({"fault": "before", "status": 200, "body": {}}, OutcomeUnknown),
        ({"fault": "before", "status": 200, "body": {"response_status": "correct"}}, OutcomeUnknown),
        ({"fault": "before", "status": 200, "body": {"error_code": 999}}, OutcomeUnknown),
    ],
)
async def test_answers_that_are_no_answer_open_nothing(
    real: Partner, rule: dict[str, object], error: type[PortError]
) -> None:
    await real.sms.start(PHONE, Language.EN)
    await real.phone.post("/control", json={"system": "unifonic", "call": "verifications/check", **rule})
    with pytest.raises(error) as caught:
        await real.sms.check(PHONE, await real.code())
    assert PHONE.e164[1:] not in f"{caught.value} {caught.value!r}"


async def test_correct_with_another_number_than_101_is_not_a_login(real: Partner) -> None:
    """The trap of integrations §9: 110 may come with any status text."""
    body = {"id": "x", "response_status": "correct", "error_code": 110}
    rule = {
        "system": "unifonic",
        "call": "verifications/check",
        "fault": "before",
        "status": 200,
        "body": body,
    }
    await real.phone.post("/control", json=rule)
    assert await real.sms.check(PHONE, "123456") is CodeCheck.ALREADY


@pytest.mark.parametrize(
    ("rule", "error", "sent"),
    [
        ({"fault": "before", "status": 503}, Unavailable, 0),
        ({"fault": "after", "status": 500}, Unavailable, 1),
        ({"fault": "cut-after"}, OutcomeUnknown, 1),
        ({"fault": "garbage-after"}, OutcomeUnknown, 1),
        ({"fault": "before", "status": 429}, Unavailable, 0),
    ],
)
async def test_asking_is_never_repeated(
    real: Partner, rule: dict[str, object], error: type[PortError], sent: int
) -> None:
    await real.phone.post("/control", json={"system": "unifonic", "call": "verifications/start", **rule})
    with pytest.raises(error):
        await real.sms.start(PHONE, Language.EN)
    assert len(await real.texts()) == sent


async def test_wrong_credentials(sandbox: Litestar) -> None:
    with pytest.raises(Refused):
        await unifonic(sandbox, ()).start(PHONE, Language.EN)
