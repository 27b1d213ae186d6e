"""Signing in over HTTP, everything behind it in memory."""

from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from typing import Any

import pytest
from dishka import Provider, Scope, make_async_container
from litestar.testing import AsyncTestClient

from muvi.adapters.http.app import create_app
from muvi.adapters.http.health import ReadinessProbe
from muvi.adapters.http.public.sign_in import SignIn
from muvi.adapters.memory.clock import CountingIds, FakeClock
from muvi.adapters.memory.database import MemoryDatabase
from muvi.adapters.memory.identity import (
    MemoryPhoneNumbers,
    MemoryProfiles,
    MemorySenderChoices,
    MemorySmsOtp,
    MemoryTokens,
)
from muvi.adapters.memory.unit_of_work import MemoryUnitOfWork
from muvi.application.identity.otp_senders import OtpSenders
from muvi.application.identity.read_profile import ReadProfile
from muvi.application.identity.refresh_session import RefreshSession
from muvi.application.identity.send_otp import SendOtp
from muvi.application.identity.verify_otp import VerifyOtp
from muvi.domain.identity.phone import PhoneNumber
from muvi.ports.clock import Clock, Ids
from muvi.ports.errors import OutcomeUnknown, Unavailable
from muvi.ports.identity.phones import PhoneNumbers
from muvi.ports.identity.sms_otp import AskedTooOften
from muvi.ports.identity.tokens import AccessTokens, SessionTokens
from muvi.ports.identity.transaction import IdentityTx
from muvi.ports.identity.users import Profiles
from muvi.ports.transaction import UnitOfWork

PHONE = "+966500000000"
AUTH, GUEST = "/api/v1/auth", "/api/v1/guest-users"


@dataclass(frozen=True)
class Site:
    """A client of the API, and the phones of its users."""

    client: AsyncTestClient[Any]
    sms: MemorySmsOtp
    database: MemoryDatabase

    async def post(self, path: str, body: object = None, **headers: str) -> tuple[int, dict[str, Any]]:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        response = await self.client.post(path, json=body, headers=named)
        assert response.headers["cache-control"] == "no-store"
        return response.status_code, response.json()

    @property
    def code(self) -> str:
        return self.sms.code_of(PhoneNumber(PHONE))

    async def sign_in(self) -> dict[str, Any]:
        await self.post(f"{AUTH}/send-otp", {"phoneNumber": PHONE})
        status, body = await self.post(f"{AUTH}/verify-otp", {"phoneNumber": PHONE, "otp": self.code})
        assert status == 200
        return body


def giver(adapter: object) -> Callable[[], object]:
    return lambda: adapter


@pytest.fixture
async def site() -> AsyncGenerator[Site]:
    clock, database, sms = FakeClock(), MemoryDatabase(), MemorySmsOtp()
    tokens = MemoryTokens()
    provider = Provider(Scope.APP)
    for port, adapter in (
        (Clock, clock),
        (Ids, CountingIds(clock)),
        (PhoneNumbers, MemoryPhoneNumbers()),
        (OtpSenders, OtpSenders({"one": sms}, MemorySenderChoices())),
        (SessionTokens, tokens),
        (AccessTokens, tokens),
        (Profiles, MemoryProfiles(database)),
        (UnitOfWork[IdentityTx], MemoryUnitOfWork(database)),
        (ReadinessProbe, ReadinessProbe({})),
    ):
        provider.provide(giver(adapter), provides=port)
    for use_case in (SendOtp, VerifyOtp, RefreshSession, ReadProfile, SignIn):
        provider.provide(use_case)
    app = create_app(make_async_container(provider))
    async with AsyncTestClient(app, raise_server_exceptions=False) as client:
        yield Site(client, sms, database)


async def test_a_customer_signs_in_as_the_sample_shows(site: Site) -> None:
    """Names and types of the published sample of `/auth/send-otp` and `/auth/verify-otp`."""
    sent = await site.post(f"{AUTH}/send-otp", {"phoneNumber": PHONE})
    assert sent == (200, {"message": "OTP sent", "nextStep": "VERIFY_OTP"})
    status, body = await site.post(f"{AUTH}/verify-otp", {"phoneNumber": "0500000000", "otp": site.code})
    assert status == 200
    assert body.keys() == {"user", "token", "refreshToken", "nextStep"}
    assert body["nextStep"] == "COMPLETE_PROFILE"
    assert body["user"]["phoneNumber"] == PHONE
    assert all(isinstance(value, str) for value in body["user"].values())


async def test_me_shows_the_signed_in_person_with_texts_only(site: Site) -> None:
    body = await site.sign_in()
    response = await site.client.get(f"{AUTH}/me", headers={"authorization": f"Bearer {body['token']}"})
    assert response.status_code == 200
    assert response.json() == {"user": body["user"]}
    assert {"id", "firstName", "lastName", "avatar", "phoneNumber"} <= body["user"].keys()


@pytest.mark.parametrize("token", ["", "Bearer nonsense", "Basic YTpi"])
async def test_me_is_for_the_signed_in(site: Site, token: str) -> None:
    response = await site.client.get(f"{AUTH}/me", headers={"authorization": token})
    assert (response.status_code, response.json()["code"]) == (401, "unauthenticated")
    assert response.headers["www-authenticate"] == "Bearer"


async def test_a_refresh_token_is_no_access_token(site: Site) -> None:
    body = await site.sign_in()
    headers = {"authorization": f"Bearer {body['refreshToken']}"}
    assert (await site.client.get(f"{AUTH}/me", headers=headers)).status_code == 401


@pytest.mark.parametrize("field", ["code", "otp"])
async def test_a_guest_gets_a_token(site: Site, field: str) -> None:
    assert (await site.post(f"{GUEST}/phone-number", {"phoneNumber": PHONE}))[0] == 200
    status, body = await site.post(f"{GUEST}/verify", {"phoneNumber": PHONE, field: site.code})
    assert status == 200
    assert body["nextStep"] == "HOME"
    assert body["token"] != body["refreshToken"]


async def test_a_wrong_code_counts_down_and_locks(site: Site) -> None:
    await site.post(f"{GUEST}/phone-number", {"phoneNumber": PHONE})
    wrong = {"phoneNumber": PHONE, "code": "000000"}
    answers = [await site.post(f"{GUEST}/verify", wrong) for _ in range(5)]
    assert [(status, body["code"], body["attemptsLeft"]) for status, body in answers] == [
        (401, "wrong-otp", left) for left in (4, 3, 2, 1, 0)
    ]
    assert ["retryAfterS" in body for _, body in answers] == [False] * 4 + [True]
    response = await site.client.post(f"{GUEST}/verify", json={"phoneNumber": PHONE, "code": site.code})
    assert (response.status_code, response.json()["code"]) == (429, "otp-locked")
    assert response.headers["retry-after"] == "300"
    assert {"scope": "number", "attemptsLeft": 0, "retryAfterS": 300}.items() <= response.json().items()


async def test_arabic_digits_and_arabic_words(site: Site) -> None:
    await site.post(f"{GUEST}/phone-number", {"phoneNumber": PHONE}, accept_language="ar")
    status, body = await site.post(
        f"{GUEST}/verify", {"phoneNumber": PHONE, "code": "hello"}, accept_language="ar"
    )
    assert (status, body["title"]) == (401, "رمز التحقق غير صحيح")
    arabic = site.code.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    assert (await site.post(f"{GUEST}/verify", {"phoneNumber": PHONE, "code": arabic}))[0] == 200


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        (f"{AUTH}/send-otp", {"phoneNumber": "hello"}, 422, "invalid-phone-number"),
        (f"{GUEST}/phone-number", {"phoneNumber": ""}, 422, "invalid-phone-number"),
        (f"{AUTH}/send-otp", {"phoneNumber": 5}, 400, "malformed-request"),
        (f"{AUTH}/send-otp", {}, 400, "malformed-request"),
        (f"{AUTH}/send-otp", [], 400, "malformed-request"),
        (f"{AUTH}/verify-otp", {"phoneNumber": PHONE}, 400, "malformed-request"),
        (f"{AUTH}/verify-otp", {"phoneNumber": PHONE, "code": "1234"}, 401, "wrong-otp"),
        (f"{AUTH}/auth-refresh", None, 401, "unauthenticated"),
        (f"{AUTH}/auth-refresh", {"refreshToken": "nonsense"}, 401, "unauthenticated"),
        (f"{AUTH}/auth-refresh", {"refreshToken": 5}, 400, "malformed-request"),
    ],
)
async def test_bad_input_leaves_no_trace(site: Site, path: str, body: object, status: int, code: str) -> None:
    answer = await site.post(path, body)
    assert (answer[0], answer[1]["code"]) == (status, code)
    assert status != 400 or answer[1]["errors"]
    assert not any(site.database.tables.values())
    assert site.sms.texts == []


async def test_an_unknown_platform(site: Site) -> None:
    await site.post(f"{GUEST}/phone-number", {"phoneNumber": PHONE})
    status, body = await site.post(
        f"{GUEST}/verify", {"phoneNumber": PHONE, "code": site.code}, x_device_platform="toaster"
    )
    assert (status, body["code"]) == (400, "unknown-platform")


async def test_the_refresh_token_comes_as_bearer_or_in_the_body(site: Site) -> None:
    first = await site.sign_in()
    status, second = await site.post(f"{AUTH}/auth-refresh", authorization=f"Bearer {first['refreshToken']}")
    assert (status, second.keys()) == (200, {"token", "refreshToken"})
    status, third = await site.post(f"{AUTH}/auth-refresh", {"refreshToken": second["refreshToken"]})
    assert status == 200
    status, body = await site.post(f"{AUTH}/auth-refresh", {"refreshToken": first["refreshToken"]})
    assert (status, body["code"]) == (401, "session-ended")
    status, body = await site.post(f"{AUTH}/auth-refresh", {"refreshToken": third["refreshToken"]})
    assert (status, body["code"]) == (401, "session-ended")


async def test_a_partner_that_is_down(site: Site) -> None:
    site.sms.fail_with = Unavailable("down", system="sms")
    response = await site.client.post(f"{AUTH}/send-otp", json={"phoneNumber": PHONE})
    assert (response.status_code, response.json()["code"]) == (503, "sms-unavailable")
    assert response.headers["retry-after"] == "2"


async def test_a_lost_answer_asks_for_a_new_code_in_both_languages(site: Site) -> None:
    for language, words in (("en", "ask for a new one"), ("ar", "طلب رمز جديد")):
        await site.post(f"{AUTH}/send-otp", {"phoneNumber": PHONE})
        site.sms.fail_with = OutcomeUnknown("lost", system="sms")
        asked = {"phoneNumber": PHONE, "otp": site.code}
        status, body = await site.post(f"{AUTH}/verify-otp", asked, accept_language=language)
        assert (status, body["code"]) == (410, "otp-unconfirmed")
        assert words in body["title"]


@pytest.mark.parametrize("path", [f"{AUTH}/send-otp", f"{GUEST}/phone-number"])
async def test_asked_too_often_says_how_long_to_wait(site: Site, path: str) -> None:
    site.sms.fail_with = AskedTooOften("status 429", reason="429", system="sms", retry_after_s=45)
    response = await site.client.post(path, json={"phoneNumber": PHONE})
    told = response.json()
    assert (response.status_code, told["code"], told["retryAfterS"]) == (429, "otp-asked-too-often", 45)
    assert response.headers["retry-after"] == "45"


async def test_a_check_that_comes_too_often_costs_no_try(site: Site) -> None:
    await site.post(f"{GUEST}/phone-number", {"phoneNumber": PHONE})
    site.sms.fail_with = AskedTooOften("status 429", reason="429", system="sms", retry_after_s=45)
    asked = {"phoneNumber": PHONE, "code": site.code}
    assert (await site.post(f"{GUEST}/verify", asked))[1]["code"] == "otp-asked-too-often"
    assert (await site.post(f"{GUEST}/verify", asked))[0] == 200
