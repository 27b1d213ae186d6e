"""Gateways under test, each with somebody who plays the buyer."""

from __future__ import annotations

import abc
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import httpx
from litestar import Litestar

from muvi.adapters.kit.http_client import VendorHttp
from muvi.adapters.memory import gateway as memory
from muvi.adapters.memory.clock import FakeClock
from muvi.adapters.memory.gateway import MemoryGateway, Trouble
from muvi.adapters.memory.payments import MemoryCallBudgets
from muvi.adapters.payments.hyperpay.gateway import HyperPay, HyperPayConfig
from muvi.adapters.payments.hyperpay.reports import CallLimits
from muvi.adapters.payments.payfort.gateway import PayFort, PayFortConfig
from muvi.adapters.payments.payfort.signature import Signer
from muvi.domain.payments.front_end import HostedForm
from muvi.domain.shared.ids import to_wire, ulid
from muvi.domain.shared.money import Money
from muvi.domain.shared.text import Language
from muvi.ports.clock import Clock
from muvi.ports.payments.gateway import (
    CheckoutRequest,
    GatewayCheckout,
    PaymentGateway,
    PaymentToCheck,
    RefundRequest,
)
from muvi.ports.payments.tokens import CardToken, TokenCharges
from muvi_sandbox.config import SandboxConfig
from muvi_sandbox.config import from_env as sandbox_config

PRICE = Money(8650)
PAYS, DECLINES, CHALLENGES = "4111111111111111", "4000000000000002", "4000000000003220"
TOKENS = (memory.PAYS, memory.DECLINES, memory.CHALLENGES)
CARD = {"expiry_month": "12", "expiry_year": "2039", "cvv": "123"}
RETURN = "http://127.0.0.1:3000/api/v1/transactions/hyperPay?orderId=1"

OURS = {
    "email": "email",
    "givenName": "given_name",
    "surname": "surname",
    "mobile": "phone",
    "ip": "ip",
}
"""The gateway's names of what it may know of a buyer, and ours."""
PERSONAL = ("customer_name", "phone_number", "customer_ip")


class Scene(abc.ABC):
    """One gateway and its buyer. Times are those of the gateway.

    What gateways differ in: whether every card of a checkout is listed, whether an opening is a call of
    theirs, whether they are told of buyers, and whether one checkout can take money twice.
    """

    gateway: PaymentGateway
    clock: Clock
    lists_every_card = True
    is_asked_to_open = True
    knows_buyers = True
    takes_a_checkout_twice = True

    def __init__(self) -> None:
        self._count = 0

    def reference(self) -> str:
        """A reference of ours, new each time."""
        self._count += 1
        return to_wire(ulid(self.clock.now(), self._count.to_bytes(10, "big")))

    async def opened(self, reference: str = "", amount: Money = PRICE) -> tuple[GatewayCheckout, str]:
        """An open checkout and its reference."""
        reference = reference or self.reference()
        request = CheckoutRequest(
            reference=reference, amount=amount, language=Language.EN, email="guest@example.com"
        )
        return await self.gateway.open(request), reference

    def to_check(
        self,
        checkout: GatewayCheckout,
        reference: str,
        *,
        payment_ids: tuple[str, ...] = (),
        opened_at: datetime | None = None,
        paid: bool = False,
        denied: tuple[str, ...] = (),
    ) -> PaymentToCheck:
        """What we ask about."""
        return PaymentToCheck(
            reference=reference,
            checkout_id=checkout.id,
            entity=checkout.entity,
            amount=PRICE,
            opened_at=opened_at or self.clock.now(),
            payment_ids=payment_ids,
            paid=paid,
            denied=denied,
        )

    def to_refund(
        self, payment_id: str, entity: str, amount: Money = PRICE, reference: str = ""
    ) -> RefundRequest:
        """A refund to ask for."""
        return RefundRequest(
            reference=reference or self.reference(),
            payment_id=payment_id,
            entity=entity,
            amount=amount,
            sent_at=self.clock.now(),
        )

    def to_charge(self, reference: str = "") -> CheckoutRequest:
        """A charge to make."""
        return CheckoutRequest(
            reference=reference or self.reference(),
            amount=PRICE,
            language=Language.EN,
            email="guest@example.com",
            ip="203.0.113.7",
        )

    @abc.abstractmethod
    async def pay(self, checkout_id: str) -> None:
        """The buyer's card pays."""

    @abc.abstractmethod
    async def pay_once_more(self, checkout_id: str) -> None:
        """A second tab pays a checkout that is paid already."""

    @abc.abstractmethod
    async def decline(self, checkout_id: str) -> None:
        """The buyer's card is refused."""

    @abc.abstractmethod
    async def challenge(self, checkout_id: str) -> None:
        """The buyer's bank asks for more."""

    @abc.abstractmethod
    async def pass_challenge(self, checkout_id: str) -> None:
        """The buyer satisfies the bank."""

    @abc.abstractmethod
    async def told_of_buyer(self, checkout: GatewayCheckout) -> dict[str, str]:
        """What the gateway was told of who pays; only what was given, under our names."""

    @abc.abstractmethod
    async def lose(self, call: str) -> None:
        """The effect of the next call of that name happens, its answer is lost."""

    @abc.abstractmethod
    async def wait(self, **delta: float) -> None:
        """Time passes at the gateway and here."""

    @abc.abstractmethod
    async def taken_minor(self) -> int:
        """All money that the gateway really took, less what it gave back."""


class TokenScene(Scene):
    """A gateway that charges tokens, and the buyer's client that has them made."""

    charges: TokenCharges

    @abc.abstractmethod
    async def token(self, card: str) -> CardToken:
        """The gateway's name of one of the cards `PAYS`, `DECLINES` and `CHALLENGES`."""


class MemoryScene(TokenScene):
    """The memory gateway."""

    def __init__(self, *accounts: str) -> None:
        super().__init__()
        self.clock: FakeClock = FakeClock()
        self.gateway: MemoryGateway = MemoryGateway(self.clock)
        self.gateway.accounts = accounts or self.gateway.accounts
        self.charges: MemoryGateway = self.gateway
        self._payments: list[str] = []
        self._references: list[str] = []

    async def opened(self, reference: str = "", amount: Money = PRICE) -> tuple[GatewayCheckout, str]:
        checkout, reference = await super().opened(reference, amount)
        self._references.append(reference)
        return checkout, reference

    async def token(self, card: str) -> CardToken:
        return CardToken(TOKENS[(PAYS, DECLINES, CHALLENGES).index(card)])

    def to_charge(self, reference: str = "") -> CheckoutRequest:
        request = super().to_charge(reference)
        self._references.append(request.reference)
        return request

    async def pay(self, checkout_id: str) -> None:
        self._payments.append(self.gateway.pay(checkout_id))

    async def pay_once_more(self, checkout_id: str) -> None:
        self._payments.append(self.gateway.capture_again(checkout_id))

    async def decline(self, checkout_id: str) -> None:
        self.gateway.decline(checkout_id)

    async def challenge(self, checkout_id: str) -> None:
        self.gateway.challenge(checkout_id)

    async def pass_challenge(self, checkout_id: str) -> None:
        await self.pay(checkout_id)

    async def told_of_buyer(self, checkout: GatewayCheckout) -> dict[str, str]:
        request = self.gateway.requests[checkout.id]
        return {name: value for name in OURS.values() if (value := getattr(request, name))}

    async def lose(self, call: str) -> None:
        self.gateway.fail(call, Trouble.LOST)

    async def wait(self, **delta: float) -> None:
        self.clock.advance(**delta)

    async def taken_minor(self) -> int:
        taken = sum(self.gateway.captured_minor(reference) for reference in set(self._references))
        return taken - sum(self.gateway.refunded_minor(payment) for payment in self._payments)


class OffsetClock(Clock):
    """Real time, moved on together with the sandbox's."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now()


class SandboxScene(Scene):
    """A gateway against the sandbox of the same process."""

    system: str
    calls: Mapping[str, str]
    signs: Mapping[str, int]

    def __init__(self, app: Litestar, config: SandboxConfig, path: str, *headers: tuple[str, str]) -> None:
        super().__init__()
        self.clock: OffsetClock = OffsetClock(config.clock.now)
        self._config = config
        transport = httpx.ASGITransport(app=app)
        self.http = httpx.AsyncClient(transport=transport, base_url="http://sandbox")
        self.vendor = VendorHttp(
            "gateway",
            f"http://sandbox/{path}",
            headers=headers,
            transport=httpx.ASGITransport(app=app),
            total_s=2.0,
        )

    async def close(self) -> None:
        """Close the connections."""
        await self.http.aclose()
        await self.vendor.aclose()

    async def knobs(self, **knobs: object) -> None:
        """Turn knobs of the sandbox's gateway."""
        (await self.http.post("/control/knobs", json={self.system: knobs})).raise_for_status()

    async def fault(self, **rule: object) -> None:
        """Add a control rule."""
        (await self.http.post("/control", json={"system": self.system, **rule})).raise_for_status()

    async def lose(self, call: str) -> None:
        await self.fault(call=self.calls[call], fault="garbage-after", status=502)

    async def wait(self, **delta: float) -> None:
        self._config.clock.advance(timedelta(**delta).total_seconds())

    async def truth(self, *events: str) -> list[dict[str, object]]:
        """What really happened."""
        rows = (await self.http.get(f"/truth/{self.system}")).json()
        return [row for row in rows if not events or row["event"] in events]

    async def taken_minor(self) -> int:
        rows = await self.truth(*self.signs)
        return sum(self.signs[str(row["event"])] * int(str(row["amount_minor"])) for row in rows)


class HyperPayScene(SandboxScene):
    """HyperPay's widget."""

    system = "hyperpay"
    calls: Mapping[str, str] = {"open": "checkouts", "check": "checkouts/payment", "refund": "payments/RF"}
    signs: Mapping[str, int] = {"debit": 1, "capture": 1, "refund": -1}

    def __init__(self, app: Litestar, config: SandboxConfig, limits: CallLimits | None = None) -> None:
        super().__init__(app, config, "hyperpay", ("Authorization", f"Bearer {config.hyperpay_token}"))
        entities = {
            "DEFAULT": config.hyperpay_entity,
            "MADA": config.hyperpay_mada_entity,
            "APPLEPAY": config.hyperpay_applepay_entity,
        }
        settings = HyperPayConfig(
            public_url="http://sandbox/hyperpay",
            entities={group: entity for group, entity in entities.items() if entity},
            webhook_keys=(config.hyperpay_webhook_key,),
            limits=limits or CallLimits(),
        )
        self.gateway: HyperPay = HyperPay(settings, self.vendor, MemoryCallBudgets(self.clock), self.clock)

    async def shop(self, checkout_id: str, card: str) -> httpx.Response:
        """The buyer types a card."""
        fields = {"card_number": card, "shopper_result_url": RETURN, **CARD}
        return await self.http.post(f"/hyperpay/shopper/{checkout_id}", data=fields)

    async def pay(self, checkout_id: str) -> None:
        assert (await self.shop(checkout_id, PAYS)).status_code == 303

    async def pay_once_more(self, checkout_id: str) -> None:
        await self.knobs(paid_once=False)
        await self.pay(checkout_id)

    async def decline(self, checkout_id: str) -> None:
        assert (await self.shop(checkout_id, DECLINES)).status_code == 303

    async def challenge(self, checkout_id: str) -> None:
        assert "/3ds/" in (await self.shop(checkout_id, CHALLENGES)).headers["location"]

    async def pass_challenge(self, checkout_id: str) -> None:
        answer = await self.http.get(f"/hyperpay/3ds/{checkout_id}", params={"result": "Y"})
        assert answer.status_code == 303

    async def told_of_buyer(self, checkout: GatewayCheckout) -> dict[str, str]:
        told = next(row for row in await self.truth("checkout") if row["checkoutId"] == checkout.id)
        customer = told["customer"]
        assert isinstance(customer, dict)
        return {OURS[name]: value for name, value in customer.items()}


class PayFortScene(SandboxScene, TokenScene):
    """PayFort's hosted page. Refunds are named by their payment, which is the one that was opened last."""

    system = "payfort"
    calls: Mapping[str, str] = {"check": "check-status", "refund": "refund", "charge": "purchase"}
    signs: Mapping[str, int] = {"debit": 1, "refund": -1}
    lists_every_card = False
    is_asked_to_open = False
    knows_buyers = False
    takes_a_checkout_twice = False

    def __init__(self, app: Litestar, config: SandboxConfig) -> None:
        super().__init__(app, config, "payfort/FortAPI")
        account = config.payfort
        self.settings = PayFortConfig(
            page_url="http://sandbox/payfort/FortAPI/paymentPage",
            return_url="http://127.0.0.1:3000/api/v1/transactions/payfort",
            access_code=account.access_code,
            merchant_identifier=account.merchant_identifier,
            signer=Signer(
                digest=account.sha_type,
                request_phrase=account.request_phrase,
                response_phrase=account.response_phrase,
            ),
            customer_email="tickets@muvi.example",
        )
        self.gateway: PayFort = PayFort(self.settings, self.vendor, MemoryCallBudgets(self.clock), self.clock)
        self.charges: PayFort = self.gateway
        self.forms: dict[str, HostedForm] = {}

    async def token(self, card: str) -> CardToken:
        account = {
            "service_command": "TOKENIZATION",
            "access_code": self.settings.access_code,
            "merchant_identifier": self.settings.merchant_identifier,
            "merchant_reference": self.reference(),
            "language": "en",
            "return_url": self.settings.return_url,
        }
        typed = {"card_number": card, "expiry_date": "3912", "card_security_code": "123"}
        form = self.settings.signer.signed(account) | typed
        back = await self.http.post("/payfort/FortAPI/paymentPage", data=form)
        return CardToken(back.json()["fields"]["token_name"], "123")

    async def opened(self, reference: str = "", amount: Money = PRICE) -> tuple[GatewayCheckout, str]:
        checkout, reference = await super().opened(reference, amount)
        assert isinstance(checkout.front, HostedForm)
        self.forms[checkout.id] = checkout.front
        return checkout, reference

    def to_refund(
        self, payment_id: str, entity: str, amount: Money = PRICE, reference: str = ""
    ) -> RefundRequest:
        request = super().to_refund(payment_id, entity, amount, reference)
        return replace(request, payment_reference=list(self.forms)[-1])

    async def shop(self, checkout_id: str, card: str) -> httpx.Response:
        """The buyer's browser posts our form, unless it is on the page already; the buyer types a card."""
        page = await self.http.get(f"/payfort/page/{checkout_id}", headers={"accept": "text/html"})
        if page.status_code != 200:
            form = self.forms[checkout_id]
            posted = await self.http.post(form.url, data=dict(form.fields))
            if posted.status_code != 303:
                return posted
        return await self.http.post(f"/payfort/page/{checkout_id}", data={"card_number": card, **CARD})

    async def pay(self, checkout_id: str) -> None:
        back = (await self.shop(checkout_id, PAYS)).json()["fields"]
        assert back["response_code"] == "14000"

    async def pay_once_more(self, checkout_id: str) -> None:
        """The reference is used up."""
        assert (await self.shop(checkout_id, PAYS)).json()["fields"]["response_code"] == "00066"

    async def decline(self, checkout_id: str) -> None:
        await self.knobs(tries_on_page=9)
        assert "declined" in (await self.shop(checkout_id, DECLINES)).text

    async def challenge(self, checkout_id: str) -> None:
        assert "/3ds/" in (await self.shop(checkout_id, CHALLENGES)).headers["location"]

    async def pass_challenge(self, checkout_id: str) -> None:
        answer = await self.http.post(f"/payfort/3ds/{checkout_id}", data={"result": "Y"})
        assert answer.json()["fields"]["response_code"] == "14000"

    async def told_of_buyer(self, checkout: GatewayCheckout) -> dict[str, str]:
        assert isinstance(checkout.front, HostedForm)
        return {name: text for name, text in checkout.front.fields.items() if name in PERSONAL}


__all__ = [
    "HyperPayScene",
    "MemoryScene",
    "PayFortScene",
    "SandboxScene",
    "Scene",
    "TokenScene",
    "sandbox_config",
]
