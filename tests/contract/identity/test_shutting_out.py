"""Nobody shuts a sender of codes for everybody by what it says of his own number."""

from collections.abc import AsyncGenerator, Awaitable
from dataclasses import dataclass
from uuid import UUID

import httpx
import pytest
from litestar import Litestar
from tests.contract.identity.vendors import CHECK, START, VENDORS

from muvi.adapters.memory.clock import FakeClock
from muvi.adapters.sms.spared import SparedSmsOtp
from muvi.domain.identity.phone import PhoneNumber
from muvi.domain.shared.text import Language
from muvi.ports.errors import PortError, Unavailable
from muvi.ports.identity.sms_otp import CodeCheck, SmsOtp

BYSTANDER, STRANGER = PhoneNumber("+966512345678"), PhoneNumber("+966512345679")
ONE, TWO = UUID(int=1), UUID(int=2)
Rule = dict[str, object]


def says(body: object, status: int = 200) -> Rule:
    return {"fault": "before", "status": status, "body": body}


ABOUT_ONE_NUMBER: list[tuple[str, str, Rule]] = [
    ("unifonic", START, {"fault": "before", "status": 429}),
    ("unifonic", START, {"fault": "before", "status": 400}),
    ("unifonic", CHECK, {"fault": "before", "status": 429}),
    ("unifonic", CHECK, says({"id": "x", "error_code": 999})),
    *(("unifonic", START, says(body)) for body in ({"response_status": "failed", "error_code": 105}, {})),
    *(
        ("unifonic", call, says(body))
        for call in (START, CHECK)
        for body in ({"id": None, "error_code": "105"}, [], '"blocked"')
    ),
    *(
        ("taqnyat", call, says(body))
        for call in (START, CHECK)
        for body in (
            [{"code": "blocked"}],
            [{"Data": {"result": 3}, "Error": {"ErrorCode": 20}}],
            [{"code": 5}, {"code": 10}],
            {},
            [],
            '"blocked"',
        )
    ),
    *(
        (name, call, says({"message": "no"}, status))
        for name in VENDORS
        for call in (START, CHECK)
        for status in (401, 402, 403)
    ),
    *(("taqnyat", START, {"fault": "code", "code": code}) for code in (3, 6, 7, 8, 12, 13, 19, 99)),
    *(("taqnyat", CHECK, {"fault": "code", "code": code}) for code in (3, 6, 7, 99)),
]
SILENCE: list[Rule] = [
    {"fault": "cut-after"},
    {"fault": "garbage"},
    says('{"id": "x'),
    *({"fault": "after", "status": status} for status in (500, 502, 503, 504)),
]


@dataclass(frozen=True)
class Line:
    """A vendor of the sandbox behind its breakers."""

    name: str
    sms: SmsOtp
    http: httpx.AsyncClient

    def call(self, call: str, phone: PhoneNumber, request: UUID) -> Awaitable[object]:
        if call == START:
            return self.sms.start(phone, Language.EN, request)
        return self.sms.check(phone, "123456", request)

    async def trouble(self, call: str, rule: Rule) -> None:
        """Five calls for the stranger's number go wrong."""
        for _ in range(5):
            await self.http.post("/control", json={**VENDORS[self.name].call(call), **rule})
            with pytest.raises(PortError):
                await self.call(call, STRANGER, TWO)
        await self.http.delete("/control")

    async def sign_in(self) -> CodeCheck:
        await self.sms.start(BYSTANDER, Language.EN, ONE)
        texts = await self.http.get("/inbox", params={"channel": "sms", "to": BYSTANDER.e164})
        return await self.sms.check(BYSTANDER, texts.json()[0]["code"], ONE)


@pytest.fixture
async def line(request: pytest.FixtureRequest, sandbox: Litestar) -> AsyncGenerator[Line]:
    sms = SparedSmsOtp(VENDORS[request.param].adapter(sandbox), request.param, FakeClock())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(sandbox), base_url="http://sandbox") as http:
        yield Line(request.param, sms, http)


@pytest.mark.parametrize(("line", "call", "rule"), ABOUT_ONE_NUMBER, indirect=["line"])
async def test_a_bystander_signs_in(line: Line, call: str, rule: Rule) -> None:
    await line.trouble(call, rule)
    assert await line.sign_in() is CodeCheck.CORRECT


@pytest.mark.parametrize(("line", "call", "rule"), ABOUT_ONE_NUMBER, indirect=["line"])
async def test_twin_counted_like_silence_the_bystander_is_shut_out(
    line: Line, call: str, rule: Rule, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = PortError.__init__

    def deaf(self: PortError, said: str, *, system: str = "", answered: bool = False) -> None:
        made(self, said, system=system)

    monkeypatch.setattr(PortError, "__init__", deaf)
    await line.trouble(call, rule)
    with pytest.raises(Unavailable, match="left alone"):
        await line.sign_in()


@pytest.mark.parametrize("rule", SILENCE)
@pytest.mark.parametrize("call", [START, CHECK])
@pytest.mark.parametrize("line", VENDORS, indirect=True)
async def test_silence_is_counted(line: Line, call: str, rule: Rule) -> None:
    await line.trouble(call, rule)
    with pytest.raises(Unavailable, match="left alone"):
        await line.call(call, BYSTANDER, ONE)
