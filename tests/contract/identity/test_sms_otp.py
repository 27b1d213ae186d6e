"""The partners that text codes: in memory, and each vendor as the sandbox plays it."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import pytest
from litestar import Litestar
from structlog.testing import capture_logs
from tests.contract.identity import vendors
from tests.contract.identity.vendors import CHECK, START, VENDORS, Vendor

from muvi.adapters.kit.http_client import VendorReply
from muvi.adapters.memory.identity import MemorySmsOtp
from muvi.adapters.sms.answers import read
from muvi.adapters.sms.taqnyat import TaqnyatOtp
from muvi.domain.identity.challenge import CODE_LENGTHS
from muvi.domain.identity.phone import PhoneNumber
from muvi.domain.shared.text import Language
from muvi.entrypoints.sms_senders import SMS_SENDERS
from muvi.ports.errors import OutcomeUnknown, PortError, Refused, Unavailable
from muvi.ports.identity.sms_otp import AskedTooOften, CodeCheck, SmsOtp

PHONE, OTHER = PhoneNumber("+966512345678"), PhoneNumber("+966512345679")
ONE, TWO = UUID(int=1), UUID(int=2)


@dataclass(frozen=True)
class Partner:
    """The port, the vendor behind it, and the phone in somebody's hand."""

    sms: SmsOtp
    vendor: Vendor | None
    phone: httpx.AsyncClient

    async def start(self, request: UUID = ONE, language: Language = Language.EN) -> None:
        await self.sms.start(PHONE, language, request)

    async def check(self, code: str, request: UUID = ONE, phone: PhoneNumber = PHONE) -> CodeCheck:
        return await self.sms.check(phone, code, request)

    async def code(self) -> str:
        if isinstance(self.sms, MemorySmsOtp):
            return self.sms.code_of(PHONE)
        return str((await self.texts())[0]["code"])

    async def texts(self) -> list[dict[str, Any]]:
        answer = await self.phone.get("/inbox", params={"channel": "sms", "to": PHONE.e164})
        found: list[dict[str, Any]] = answer.json()
        return found

    async def wrong(self) -> str:
        digits = len(code := await self.code())
        return "1" * digits if code != "1" * digits else "2" * digits

    async def fails(self, call: str, rule: dict[str, object]) -> None:
        assert self.vendor is not None
        made = await self.phone.post("/control", json={**self.vendor.call(call), **rule})
        assert made.status_code == 201


@pytest.fixture
async def phone(sandbox: Litestar) -> AsyncGenerator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(sandbox), base_url="http://sandbox") as client:
        yield client


@pytest.fixture(params=["memory", *VENDORS])
def partner(request: pytest.FixtureRequest, sandbox: Litestar, phone: httpx.AsyncClient) -> Partner:
    vendor = VENDORS.get(request.param)
    return Partner(vendor.adapter(sandbox) if vendor else MemorySmsOtp(), vendor, phone)


@pytest.fixture(params=VENDORS.values(), ids=list(VENDORS))
def real(request: pytest.FixtureRequest, sandbox: Litestar, phone: httpx.AsyncClient) -> Partner:
    return Partner(request.param.adapter(sandbox), request.param, phone)


@pytest.fixture
def unifonic(sandbox: Litestar, phone: httpx.AsyncClient) -> Partner:
    return Partner(VENDORS["unifonic"].adapter(sandbox), VENDORS["unifonic"], phone)


@pytest.fixture
def taqnyat(sandbox: Litestar, phone: httpx.AsyncClient) -> Partner:
    return Partner(VENDORS["taqnyat"].adapter(sandbox), VENDORS["taqnyat"], phone)


async def test_the_code_that_arrived_is_right_once(partner: Partner) -> None:
    await partner.start()
    code = await partner.code()
    assert len(code) in CODE_LENGTHS
    assert await partner.check(code) is CodeCheck.CORRECT
    assert await partner.check(code) is CodeCheck.ALREADY


async def test_any_other_code_is_wrong_and_five_are_enough(partner: Partner) -> None:
    await partner.start()
    wrong = await partner.wrong()
    assert [await partner.check(wrong) for _ in range(5)] == [CodeCheck.WRONG] * 5
    assert await partner.check(await partner.code()) is CodeCheck.EXCEEDED


async def test_a_code_belongs_to_its_number(partner: Partner) -> None:
    await partner.start()
    assert await partner.check(await partner.code(), phone=OTHER) is CodeCheck.WRONG


async def test_a_new_code_replaces_the_last(partner: Partner) -> None:
    await partner.start()
    first = await partner.code()
    await partner.start(TWO)
    second = await partner.code()
    if first != second:
        assert await partner.check(first, TWO) is CodeCheck.WRONG
    assert await partner.check(second, TWO) is CodeCheck.CORRECT


async def test_the_text_is_in_the_asked_language(real: Partner) -> None:
    await real.start(language=Language.AR)
    assert "رمز" in (await real.texts())[0]["body"]


async def test_a_code_the_partner_let_run_out(unifonic: Partner) -> None:
    await unifonic.start()
    act = {"system": "unifonic", "action": "expire", "to": PHONE.e164}
    await unifonic.phone.post("/control/act", json=act)
    assert await unifonic.check(await unifonic.code()) is CodeCheck.EXPIRED


NO_ANSWERS: list[tuple[dict[str, object], type[PortError]]] = [
    ({"fault": "before", "status": 503}, Unavailable),
    ({"fault": "cut-after"}, OutcomeUnknown),
    ({"fault": "before", "status": 429}, AskedTooOften),
    ({"fault": "before", "status": 401}, Unavailable),
    ({"fault": "before", "status": 400}, Refused),
    ({"fault": "after", "status": 500}, Unavailable),
    ({"fault": "after", "status": 502}, OutcomeUnknown),
    ({"fault": "before", "status": 504}, OutcomeUnknown),
    ({"fault": "garbage-after"}, OutcomeUnknown),
    ({"fault": "before", "status": 200, "body": {}}, OutcomeUnknown),
    ({"fault": "before", "status": 200, "body": []}, OutcomeUnknown),
    ({"fault": "before", "status": 200, "body": {"response_status": "correct"}}, OutcomeUnknown),
    ({"fault": "before", "status": 200, "body": {"error_code": 999}}, OutcomeUnknown),
    ({"fault": "before", "status": 200, "body": {"status": 10, "ResponseStatus": "success"}}, OutcomeUnknown),
    ({"fault": "before", "status": 200, "body": {"code": 10, "Data": {"result": 11}}}, OutcomeUnknown),
    *(
        ({"fault": "before", "status": 200, "body": body}, OutcomeUnknown)
        for body in (
            *({"code": code} for code in ("010", " 10", "10.0", "1e1", 10.0, True, [10], {"result": 10})),
            *({"Data": data} for data in (10, "10", True, [10], [[10]], {"Result": 10})),
            {"code": 10, "Error": {"ErrorCode": "x"}},
            {"code": 10, "Data": [{"result": 10}, {"result": 11}]},
            [{"code": 10}, {"code": 11}],
            [{"code": 10}, "x"],
            10,
        )
    ),
]


@pytest.mark.parametrize(("rule", "error"), NO_ANSWERS)
async def test_answers_that_are_no_answer_open_nothing(
    real: Partner, rule: dict[str, object], error: type[PortError]
) -> None:
    await real.start()
    await real.fails(CHECK, rule)
    with pytest.raises(error) as caught:
        await real.check(await real.code())
    assert PHONE.e164[1:] not in f"{caught.value} {caught.value!r}"


async def test_correct_with_another_number_than_101_is_not_a_login(unifonic: Partner) -> None:
    """110, right once before, may come with any status text."""
    body = {"id": "x", "response_status": "correct", "error_code": 110}
    await unifonic.fails(CHECK, {"fault": "before", "status": 200, "body": body})
    assert await unifonic.check("123456") is CodeCheck.ALREADY


@pytest.mark.parametrize("number", [13, 19])
async def test_a_number_that_was_verified_before_is_not_a_login(taqnyat: Partner, number: int) -> None:
    await taqnyat.fails(CHECK, {"fault": "code", "code": number})
    assert await taqnyat.check("1234") is CodeCheck.ALREADY


@pytest.mark.parametrize("shape", ["envelope", "flat", "list", "texts", "empties"])
async def test_every_shape_of_an_answer_is_read(taqnyat: Partner, shape: str) -> None:
    await taqnyat.phone.post("/control/knobs", json={"taqnyat": {"shape": shape}})
    await taqnyat.start()
    assert await taqnyat.check(await taqnyat.wrong()) is CodeCheck.WRONG
    assert await taqnyat.check(await taqnyat.code()) is CodeCheck.CORRECT


@pytest.mark.parametrize(
    ("number", "error"),
    [
        *((number, Unavailable) for number in (0, 1, 4, 13, 19)),
        (3, Refused),
        *((number, AskedTooOften) for number in (7, 8, 12)),
        *((number, OutcomeUnknown) for number in (6, 10, 11, 99)),
    ],
)
async def test_what_came_of_sending(taqnyat: Partner, number: int, error: type[PortError]) -> None:
    await taqnyat.fails(START, {"fault": "code", "code": number})
    with pytest.raises(error):
        await taqnyat.start()
    assert await taqnyat.texts() == []


async def test_the_text_carries_the_hash_for_android(taqnyat: Partner) -> None:
    await taqnyat.start()
    (text,) = await taqnyat.texts()
    assert text["body"].endswith("FA+9qCX9VSu")
    assert text["subject"] == "muviCinemas"


@pytest.mark.parametrize(
    ("rule", "error", "sent"),
    [
        ({"fault": "before", "status": 503}, Unavailable, 0),
        ({"fault": "after", "status": 500}, Unavailable, 1),
        ({"fault": "cut-after"}, OutcomeUnknown, 1),
        ({"fault": "garbage-after"}, OutcomeUnknown, 1),
        ({"fault": "before", "status": 429}, AskedTooOften, 0),
        ({"fault": "after", "status": 502}, OutcomeUnknown, 1),
        ({"fault": "after", "status": 504}, OutcomeUnknown, 1),
    ],
)
async def test_asking_is_never_repeated(
    real: Partner, rule: dict[str, object], error: type[PortError], sent: int
) -> None:
    await real.fails(START, rule)
    with pytest.raises(error):
        await real.start()
    assert len(await real.texts()) == sent


@pytest.mark.parametrize("vendor", VENDORS.values(), ids=list(VENDORS))
async def test_credentials_that_are_refused_sent_nothing(sandbox: Litestar, vendor: Vendor) -> None:
    """It is about us and not about the number, so another sender may do better."""
    with pytest.raises(Unavailable):
        await vendor.adapter(sandbox, known=False).start(PHONE, Language.EN, ONE)


@pytest.mark.parametrize(
    ("told", "wait_s"), [("7", 7), ("0", 1), ("99999", 60), ("9999", 3600), ("Fri, 1 Jan", 60), ("", 60)]
)
def test_how_long_to_wait_is_told_within_bounds(told: str, wait_s: int) -> None:
    with pytest.raises(AskedTooOften) as caught:
        read(VendorReply(429, b"", ((b"Retry-After", told.encode()),)), object, "unifonic")
    assert caught.value.retry_after_s == wait_s


@pytest.mark.parametrize("body", [b"", b'"\xff"', b"[" * 40_000, b'{"id": 7, ', b"<html>"])
def test_bytes_that_are_no_json_are_silence(body: bytes) -> None:
    with pytest.raises(OutcomeUnknown) as caught:
        read(VendorReply(200, body, ()), dict[str, str], "unifonic")
    assert not caught.value.answered


@pytest.mark.parametrize("status", [401, 402, 403])
def test_a_refusal_of_our_account_is_told_to_the_log(status: int) -> None:
    with capture_logs() as lines, pytest.raises(Unavailable):
        read(VendorReply(status, b"", ()), object, "unifonic")
    told = {"event": "partner refuses us", "partner": "unifonic", "status": status, "log_level": "warning"}
    assert lines == [told]


async def test_a_number_that_was_just_texted_is_told_to_wait(taqnyat: Partner) -> None:
    await taqnyat.phone.post("/control/knobs", json={"taqnyat": {"resend_after_s": 60}})
    await taqnyat.start()
    with pytest.raises(AskedTooOften):
        await taqnyat.start(TWO)
    assert await taqnyat.check(await taqnyat.code()) is CodeCheck.CORRECT


async def test_a_code_of_another_length_is_wrong_without_a_call(taqnyat: Partner, sandbox: Litestar) -> None:
    http = vendors.http(sandbox, "/taqnyat", ("Authorization", f"Bearer {vendors.KEY}"))
    short = TaqnyatOtp(http, api_key=vendors.KEY, sender="muviCinemas", length=4)
    await short.start(PHONE, Language.EN, ONE)
    code = await taqnyat.code()
    assert await short.check(PHONE, f"{code}0", ONE) is CodeCheck.WRONG
    told = await taqnyat.phone.get("/truth/taqnyat")
    assert "checked" not in told.text
    assert await short.check(PHONE, code, ONE) is CodeCheck.CORRECT


def test_every_sender_is_tried() -> None:
    assert VENDORS.keys() == SMS_SENDERS.keys()
