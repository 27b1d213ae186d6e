"""Canaries: nothing personal and no secret is in any line that our processes write, whatever goes wrong."""

import json
import re
from pathlib import Path

import httpx
from tests.e2e.guest import DECLINED, VISA, Box, Guest
from tests.e2e.town import Town, eventually

from muvi.domain.shared.ids import from_wire

EMAIL, FIRST_NAME, LAST_NAME = "canary.reem@example.com", "Canaryreem", "Canarysaleh"
OURS = ("api", "second-api", "worker")
VENDOR_SECRETS = (
    "sandbox-hyperpay-token",
    "sandbox-vista-website",
    "sandbox-unifonic-token",
    "sandbox-taqnyat-key",
    "sandbox-sendgrid-key",
)
TIMES = re.compile(r'"(?:at|ms|seconds|took_ms)":"?[^,"}]+"?')
"""Parts of a line in which any digits may stand by chance."""


SHORT = 8


def bounds(canary: str) -> tuple[str, str]:
    """What must not touch it. A few digits stand by chance in the middle of an id, which letters surround."""
    kind = r"[0-9a-z]" if canary.isdigit() and len(canary) <= SHORT else r"\d"
    return f"(?<!{kind})", f"(?!{kind})"


def leaks(text: str, canaries: list[str]) -> list[str]:
    """The lines that hold a canary; digits count only where no further digit touches them."""
    patterns = [re.compile(re.escape(one).join(bounds(one)), re.IGNORECASE) for one in canaries if one]
    return [
        line for line in text.splitlines() if any(pattern.search(TIMES.sub("", line)) for pattern in patterns)
    ]


def of_phone(phone: str) -> list[str]:
    """How a number may be written."""
    return [phone.lstrip("+"), phone.removeprefix("+966"), "0" + phone.removeprefix("+966")]


def of_token(token: str) -> list[str]:
    """The whole, its claims and its signature."""
    return [token, *token.split(".")[1:]]


def written(town: Town) -> str:
    logs: list[Path] = [town.home / "logs" / f"{name}.log" for name in OURS]
    return "\n".join(file.read_text(encoding="utf-8") for file in logs)


class Purchase:
    """A guest who does everything, and everything that should not be seen of it."""

    def __init__(self, town: Town, guest: Guest) -> None:
        self.town, self.guest = town, guest
        self.canaries = [
            EMAIL,
            EMAIL.split("@", maxsplit=1)[0],
            FIRST_NAME,
            LAST_NAME,
            *of_phone(guest.phone),
            VISA,
            DECLINED,
            *VENDOR_SECRETS,
        ]

    async def sign_in(self) -> None:
        await self.town.sandbox.rule("unifonic", "verifications/start", fault="before", status=500)
        phone = {"phoneNumber": self.guest.phone}
        await self.guest.call("POST", "/api/v1/guest-users/phone-number", phone)
        await self.guest.call("POST", "/api/v1/guest-users/phone-number", phone)
        code = await self.code()
        wrong = f"{(int(code) + 1) % 10 ** len(code):0{len(code)}}"
        path = "/api/v1/guest-users/verify"
        await self.guest.call("POST", path, {**phone, "code": wrong})
        await self.guest.call("POST", path, {**phone, "code": [code]})
        await self.town.sandbox.rule("unifonic", "verifications/check", fault="garbage")
        lost = await self.guest.call("POST", path, {**phone, "code": code})
        assert lost.json()["code"] == "otp-unconfirmed"
        self.canaries += [code, wrong]
        await self.guest.call("POST", "/api/v1/guest-users/phone-number", phone)
        code = await self.code()
        signed_in = await self.guest.call("POST", path, {**phone, "code": code})
        assert signed_in.status_code == 200, signed_in.text
        self.guest.token = signed_in.json()["token"]
        refresh = signed_in.json()["refreshToken"]
        self.canaries += [code, *of_token(self.guest.token), *of_token(refresh)]
        renewed = await self.guest.call("POST", "/api/v1/auth/auth-refresh", {"refreshToken": refresh})
        self.guest.token = renewed.json()["token"]
        self.canaries += [*of_token(self.guest.token), *of_token(renewed.json()["refreshToken"])]
        await self.guest.call("POST", "/api/v1/auth/auth-refresh", {"refreshToken": refresh + "x"})

    async def code(self) -> str:
        """The newest code on the guest's phone."""
        (text, *_) = await self.town.sandbox.inbox("sms", self.guest.phone)
        return str(text["code"])

    async def stumble(self, order_id: str) -> None:
        """Things that clients get wrong, with everything personal in the wrong place."""
        everything = {"email": EMAIL, "phoneNumber": self.guest.phone, "cardNumber": VISA}
        for path in (f"/api/v1/orders/{order_id}/pay", "/api/v1/orders", f"/api/v1/orders/{VISA}/cancel"):
            await self.guest.call("POST", path, {**everything, "sessionId": EMAIL, "paymentMethod": VISA})
        query = httpx.QueryParams({"email": EMAIL, "phone": self.guest.phone, "token": self.guest.token})
        for path in ("/api/v1/films", "/api/v1/transactions/hyperPay", f"/{EMAIL}", f"/api/v1/films/{EMAIL}"):
            await self.guest.call("GET", f"{path}?{query}")
        await self.guest.call(
            "POST", "/api/v1/orders", everything, **{"idempotency-key": EMAIL, "x-request-id": "canary-run-1"}
        )
        broken = json.dumps(everything)[:-1].encode()
        await self.guest.http.post("/api/v1/auth/send-otp", content=broken)
        webhook = "/api/v1/cms/transactions/hyperpay-webhooks"
        await self.guest.http.post(webhook, content=json.dumps(everything).encode())

    async def buy(self, box: Box) -> None:
        hall = await box.hall()
        order_id = await self.guest.hold(hall.id, hall.free[:2])
        await self.stumble(order_id)
        await self.town.sandbox.rule("hyperpay", "checkouts", fault="garbage")
        refused = await self.open_payment(order_id)
        assert refused.status_code in {502, 503}, refused.text
        await self.town.sandbox.rule("sendgrid", "mail/send", fault="before", status=500)
        await self.town.sandbox.rule("vista", "order/payment", fault="after", status=504)
        for card in (DECLINED, VISA):
            opened = await self.open_payment(order_id)
            assert opened.status_code == 200, opened.text
            await self.guest.http.get(await self.guest.submit(opened.json()["nextAction"], card))
            if card == DECLINED:
                await eventually(lambda: self.declined(order_id), self.town)
        await self.guest.until(order_id, "CONFIRMED")

    async def declined(self, order_id: str) -> bool:
        """Whether our side knows that the first card was declined."""
        query = "SELECT 1 FROM payment_attempts WHERE order_id = $1 AND status = 'FAILED'"
        return bool(await self.town.rows(query, from_wire(order_id)))

    async def open_payment(self, order_id: str) -> httpx.Response:
        self.guest.email = EMAIL
        return await self.guest.open_payment(order_id, firstName=FIRST_NAME, lastName=LAST_NAME)


async def test_no_line_holds_anything_personal(box: Box, town: Town) -> None:
    guest = box.stranger()
    guest.phone = "+966571112223"
    purchase = Purchase(town, guest)
    await purchase.sign_in()
    await purchase.buy(box)
    lines = written(town)
    assert '"route":"/api/v1/orders/{order_id}/pay"' in lines
    assert leaks(lines, purchase.canaries) == []


def test_the_scan_finds_what_it_looks_for() -> None:
    """The twin: with each canary in a line the scan fails."""
    canaries = [EMAIL, *of_phone("+966571112223"), "731001", *of_token("head.claims.signature")]
    for canary in canaries:
        assert leaks(f'{{"event":"request","at":"2026-01-01","what":"x {canary} y"}}', canaries), canary
    assert not leaks('{"event":"request","at":"2026-01-15T14:00:00.731001Z","id":"97310011"}', canaries)
    assert not leaks('{"event":"request","request_id":"a4731001f09b22c1"}', canaries)
