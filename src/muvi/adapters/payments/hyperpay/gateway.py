"""HyperPay's hosted card form as a payment gateway.

Every brand is charged by DB, a debit at once: the type is fixed before the card is known, and mada has no
authorisation with most acquirers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from typing_extensions import override

from muvi.adapters.kit.asking import SYSTEM, Patience, Questions, bad_credentials
from muvi.adapters.kit.http_client import VendorHttp, VendorReply, quoted
from muvi.adapters.kit.vendor_calls import operations
from muvi.adapters.payments.hyperpay.checking import Checks
from muvi.adapters.payments.hyperpay.codes import (
    BAD_CREDENTIALS,
    DUPLICATE,
    NOBODY_PAID_YET,
    CodeClass,
    classify,
    verdict_of,
)
from muvi.adapters.payments.hyperpay.reports import CallLimits, Reports
from muvi.adapters.payments.hyperpay.webhook import WebhookReader
from muvi.adapters.payments.hyperpay.wire import REFUND, THROTTLE_S, Reading, decimal_amount, read
from muvi.domain.payments.front_end import CardWidget
from muvi.domain.payments.report import PaymentReport, RefundReport, Verdict
from muvi.domain.shared.money import Money
from muvi.ports.clock import Clock
from muvi.ports.errors import Refused, Unavailable
from muvi.ports.payments.gateway import (
    CallBudgets,
    CheckoutRequest,
    GatewayCheckout,
    PaymentGateway,
    PaymentToCheck,
    RefundRequest,
    WebhookNotice,
)

DEFAULT_GROUP = "DEFAULT"
CARDS = "CARD"
_CARD_BRANDS = ("VISA", "MASTER", "MADA")


@dataclass(frozen=True, slots=True, kw_only=True)
class HyperPayConfig:
    """One merchant account. `entities` by brand group: DEFAULT, and MADA or APPLEPAY where they have their
    own.

    `public_url` is the address under which a browser loads the widget. Test-mode successes count as paid only
    with `accept_test_codes`.
    """

    public_url: str
    entities: Mapping[str, str]
    webhook_keys: tuple[str, ...]
    accept_test_codes: bool = True
    limits: CallLimits = field(default_factory=CallLimits)
    patience: Patience = field(default_factory=Patience)

    def account(self, method: str) -> tuple[str, tuple[str, ...]]:
        """The entity and the brands for a method. Raises `Refused` when there is no account for it."""
        if method == CARDS:
            brands = tuple(brand for brand in _CARD_BRANDS if brand not in self.entities)
            return self.entities[DEFAULT_GROUP], brands
        if method in self.entities and method != DEFAULT_GROUP:
            return self.entities[method], (method,)
        raise Refused(f"no account takes {method}", reason="no-account", system=SYSTEM)

    @property
    def all_entities(self) -> tuple[str, ...]:
        """Every entity, once each."""
        return tuple(dict.fromkeys(self.entities.values()))


@operations("hyperpay")
class HyperPay(PaymentGateway):
    """HyperPay. `http` reaches its base address and sends the bearer token with every call."""

    def __init__(self, config: HyperPayConfig, http: VendorHttp, budgets: CallBudgets, clock: Clock) -> None:
        self._config = config
        self._http = http
        self._webhooks = WebhookReader(config.webhook_keys)
        questions = Questions(self.name, budgets, config.limits.per_s)
        reports = Reports(http, questions, config.limits, config.accept_test_codes)
        self._checks = Checks(reports, clock, entities=config.all_entities, patience=config.patience)

    @property
    @override
    def name(self) -> str:
        return "hyperpay"

    @override
    async def open(self, request: CheckoutRequest) -> GatewayCheckout:
        entity, brands = self._config.account(request.method)
        fields = [
            ("entityId", entity),
            ("amount", _amount(request.amount)),
            ("currency", request.amount.currency),
            ("paymentType", "DB"),
            ("merchantTransactionId", request.reference),
            ("integrity", "true"),
            ("customer.email", request.email),
            ("customer.givenName", request.given_name),
            ("customer.surname", request.surname),
            ("customer.mobile", request.phone),
            ("customer.ip", request.ip),
        ]
        # A lost answer leaves a checkout that nobody can pay: for us the call has no effect.
        reply = await self._http.post_form("v1/checkouts", [f for f in fields if f[1]], safe=True)
        reading = _understood(reply)
        if reading.answer is None or not reading.answer.id or reading.code != NOBODY_PAID_YET:
            raise Refused("the gateway opens no checkout", reason=reading.code, system=SYSTEM)
        checkout_id = reading.answer.id
        return GatewayCheckout(
            id=checkout_id,
            entity=entity,
            front=CardWidget(
                script_url=f"{self._config.public_url}/v1/paymentWidgets.js?checkoutId={quoted(checkout_id)}",
                integrity=reading.answer.integrity or "",
                brands=brands,
            ),
        )

    @override
    async def check(self, payment: PaymentToCheck) -> PaymentReport:
        return await self._checks.payment(payment)

    @override
    async def refund(self, request: RefundRequest) -> RefundReport:
        fields = [
            ("entityId", request.entity),
            ("paymentType", REFUND),
            ("amount", _amount(request.amount)),
            ("currency", request.amount.currency),
            ("merchantTransactionId", request.reference),
        ]
        reply = await self._http.post_form(f"v1/payments/{quoted(request.payment_id)}", fields)
        reading = read(reply.status, reply.body)
        if reading.code == BAD_CREDENTIALS:
            raise bad_credentials(reading.code)
        return _refund_report(reading, self._config.accept_test_codes)

    @override
    async def check_refund(self, request: RefundRequest) -> RefundReport:
        return await self._checks.refund(request)

    @override
    def read_webhook(self, headers: Mapping[str, str], body: bytes) -> WebhookNotice:
        return self._webhooks.read(headers, body)


def _amount(money: Money) -> str:
    try:
        return decimal_amount(money)
    except ValueError as error:
        raise Refused(str(error), reason="currency", system=SYSTEM) from error


def _understood(reply: VendorReply) -> Reading:
    """Read the answer to an opening; `Unavailable` when the gateway did not get as far as to decide."""
    reading = read(reply.status, reply.body)
    group = classify(reading.code)
    if reading.is_throttled:
        raise Unavailable("asked too often", system=SYSTEM, retry_after_s=THROTTLE_S)
    if reading.answer is None or group in (CodeClass.ERROR_SYSTEM, CodeClass.ERROR_COMMUNICATION):
        raise Unavailable(f"the gateway answers {reply.status} {reading.code}", system=SYSTEM)
    return reading


def _refund_report(reading: Reading, accept_test_codes: bool) -> RefundReport:  # noqa: FBT001  (one setting)
    """The answer to a refund. A throttled or duplicate one says nothing of an earlier try: unknown."""
    if reading.answer is None or reading.is_throttled or reading.code == DUPLICATE:
        wait = THROTTLE_S if reading.is_throttled else None
        return RefundReport(verdict=Verdict.UNKNOWN, code=reading.code, retry_after_s=wait)
    verdict = verdict_of(reading.code, accept_test_codes=accept_test_codes)
    if classify(reading.code) in (CodeClass.ERROR_FORMAT, CodeClass.ERROR_REFERENCE):
        verdict = Verdict.DECLINED
    return RefundReport(
        verdict=Verdict.PENDING if verdict is Verdict.UNPAID else verdict,
        transaction_id="" if verdict is Verdict.DECLINED else reading.answer.id or "",
        code=reading.code,
    )
