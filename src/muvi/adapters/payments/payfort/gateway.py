"""PayFort's hosted page as a payment gateway.

Nothing is asked of the gateway to open a payment: we sign a form and the buyer's browser posts it. Our
reference is the payment's only name until then, and a second payment under it is refused there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from typing_extensions import override

from muvi.adapters.kit.asking import SYSTEM, Patience, Questions, answered, bad_credentials
from muvi.adapters.kit.http_client import VendorHttp
from muvi.adapters.kit.vendor_calls import operations
from muvi.adapters.payments.payfort.codes import (
    CHALLENGE,
    INCOMPLETE,
    NOT_FOUND,
    STATUS_TOLD,
    is_refused,
    is_unrecognised,
    message_of,
    refund_verdict_of,
)
from muvi.adapters.payments.payfort.signature import Signer
from muvi.adapters.payments.payfort.webhook import REFUND, WebhookReader
from muvi.adapters.payments.payfort.wire import Answer, minor_amount, purchase, read
from muvi.domain.payments.front_end import DirectCharge, HostedForm
from muvi.domain.payments.report import PaymentReport, RefundReport, Verdict
from muvi.domain.shared.money import Money
from muvi.ports.clock import Clock
from muvi.ports.errors import OutcomeUnknown, Refused
from muvi.ports.payments.gateway import (
    CallBudgets,
    CheckoutRequest,
    GatewayCheckout,
    PaymentGateway,
    PaymentToCheck,
    RefundRequest,
    WebhookNotice,
)
from muvi.ports.payments.tokens import CardToken, ChargeAnswer, TokenCharges

CARDS = "CARD"
ANOTHER_ACCOUNT = "another-account"


@dataclass(frozen=True, slots=True, kw_only=True)
class PayFortConfig:
    """One merchant account. `page_url` is where browsers post the form, `return_url` where they come back,
    `api_path` the payment API below the base address.

    `customer_email` stands for every buyer: the gateway demands an address, and whoever has the link to our
    payment page can read the form. A reference may be asked for `asks_per_minute` times a minute.
    """

    page_url: str
    return_url: str
    access_code: str
    merchant_identifier: str
    signer: Signer
    customer_email: str
    api_path: str = "paymentApi"
    asks_per_minute: int = 4
    patience: Patience = field(default_factory=Patience)


@operations("payfort")
class PayFort(PaymentGateway, TokenCharges):
    """PayFort. `http` reaches what lies above `api_path`."""

    def __init__(self, config: PayFortConfig, http: VendorHttp, budgets: CallBudgets, clock: Clock) -> None:
        self._config = config
        self._http = http
        self._questions = Questions(self.name, budgets)
        self._clock = clock
        self._webhooks = WebhookReader(config.signer, config.access_code, config.merchant_identifier)

    @property
    @override
    def name(self) -> str:
        return "payfort"

    @override
    async def open(self, request: CheckoutRequest) -> GatewayCheckout:
        form = self._purchase(request) | {"customer_email": self._config.customer_email}
        return GatewayCheckout(
            id=request.reference,
            entity=self._config.merchant_identifier,
            front=HostedForm(url=self._config.page_url, fields=self._config.signer.signed(form)),
        )

    @override
    def named(self, request: CheckoutRequest) -> GatewayCheckout:
        return GatewayCheckout(
            id=request.reference, entity=self._config.merchant_identifier, front=DirectCharge()
        )

    @override
    async def charge(self, request: CheckoutRequest, token: CardToken) -> ChargeAnswer:
        fields = self._purchase(request) | {
            "customer_email": request.email or self._config.customer_email,
            "customer_ip": request.ip,
            "token_name": token.name,
            "card_security_code": token.cvv,
        }
        reply = await self._http.post_json(self._config.api_path, self._config.signer.signed(fields))
        answer = read(reply.body, self._config.signer)
        if answer is None:
            raise OutcomeUnknown("the answer cannot be read", system=SYSTEM)
        code = answer.response_code
        if is_unrecognised(code, answer.response_message):
            raise bad_credentials(code)
        if is_refused(code):
            raise Refused("the charge was not accepted", reason=code, system=SYSTEM)
        ours = answer.merchant_reference == request.reference and code == CHALLENGE
        return ChargeAnswer(challenge_url=answer.challenge_url if ours else "")

    @override
    async def check(self, payment: PaymentToCheck) -> PaymentReport:
        if payment.entity != self._config.merchant_identifier:
            return PaymentReport(verdict=Verdict.UNKNOWN, code=ANOTHER_ACCOUNT)
        answer = await self._status(payment.reference)
        if isinstance(answer, float):
            return PaymentReport(verdict=Verdict.UNKNOWN, retry_after_s=answer)
        over = self._config.patience.is_over(payment.opened_at, self._clock.now())
        if answer is not None and message_of(answer.response_code) == NOT_FOUND:
            verdict = Verdict.NEVER_PAID if over and not payment.paid else Verdict.UNPAID
            return PaymentReport(verdict=verdict, code=answer.response_code)
        if answer is None or not self._tells_of(answer, payment.reference):
            return PaymentReport(verdict=Verdict.UNKNOWN, code=answer.response_code if answer else "")
        row = purchase(answer, payment.amount.currency, payment.entity, payment.captured_ids)
        page_only = row.code.startswith(INCOMPLETE) and row.verdict is Verdict.PENDING
        if page_only and over and not payment.paid:
            return PaymentReport(verdict=Verdict.NEVER_PAID, code=row.code, whole=True)
        rows = (row,) if row.id else ()
        return PaymentReport(
            verdict=row.verdict, transactions=rows, code=row.code, whole=True, page_only=page_only
        )

    @override
    async def refund(self, request: RefundRequest) -> RefundReport:
        """The gateway knows no key of idempotency: the reference only marks the message about it. It gives a
        refund no id either, so one that it did not refuse is named by that reference.
        """
        if request.entity != self._config.merchant_identifier:
            return RefundReport(verdict=Verdict.DECLINED, code=ANOTHER_ACCOUNT)
        fields = {
            **self._about(request.payment_reference),
            "command": REFUND,
            "amount": _amount(request.amount),
            "currency": request.amount.currency,
            "fort_id": request.payment_id,
            "maintenance_reference": request.reference,
        }
        reply = await self._http.post_json(self._config.api_path, self._config.signer.signed(fields))
        answer = read(reply.body, self._config.signer)
        if answer is None:
            return RefundReport(verdict=Verdict.UNKNOWN)
        if is_unrecognised(answer.response_code, answer.response_message):
            raise bad_credentials(answer.response_code)
        verdict = refund_verdict_of(answer.response_code)
        named = "" if verdict is Verdict.DECLINED else request.reference
        return RefundReport(verdict=verdict, transaction_id=named, code=answer.response_code)

    @override
    async def check_refund(self, request: RefundRequest) -> RefundReport:
        """Refunds are not listed, only their sum is told. Less than this one alone: it is not among them, and
        never arrived unless the gateway acknowledged it. As much as all that were ever asked for: it is. Else
        a person must look.
        """
        if request.entity != self._config.merchant_identifier:
            return RefundReport(verdict=Verdict.UNKNOWN, code=ANOTHER_ACCOUNT)
        answer = await self._status(request.payment_reference)
        if isinstance(answer, float):
            return RefundReport(verdict=Verdict.UNKNOWN, retry_after_s=answer)
        if answer is None or not self._tells_of(answer, request.payment_reference):
            return RefundReport(verdict=Verdict.UNKNOWN, code=answer.response_code if answer else "")
        back, code = answer.refunded_minor, answer.transaction_code
        if back is None:
            return RefundReport(verdict=Verdict.UNKNOWN, code=code)
        if back >= request.others_minor + request.amount.minor:
            return RefundReport(verdict=Verdict.CAPTURED, code=code)
        late = self._config.patience.is_surely_not_sent(request.sent_at, self._clock.now())
        none = back < request.amount.minor and late and not request.transaction_id
        return RefundReport(verdict=Verdict.NEVER_PAID if none else Verdict.UNKNOWN, code=code)

    @override
    def read_webhook(self, headers: Mapping[str, str], body: bytes) -> WebhookNotice:
        return self._webhooks.read(body)

    def _about(self, reference: str, language: str = "en") -> dict[str, str]:
        """What every message has."""
        return {
            "access_code": self._config.access_code,
            "merchant_identifier": self._config.merchant_identifier,
            "merchant_reference": reference,
            "language": language,
        }

    def _purchase(self, request: CheckoutRequest) -> dict[str, str]:
        """What a purchase is, by form or by token. Raises `Refused`."""
        if request.method != CARDS:
            raise Refused(f"no account takes {request.method}", reason="no-account", system=SYSTEM)
        return {
            **self._about(request.reference, request.language.value),
            "command": "PURCHASE",
            "amount": _amount(request.amount),
            "currency": request.amount.currency,
            "return_url": self._config.return_url,
        }

    async def _status(self, reference: str) -> Answer | float | None:
        """CHECK_STATUS; a number of seconds when it may not be asked yet, None when nothing is to be read."""
        wait = await self._questions.wait_s(f"reference:{reference}", self._config.asks_per_minute)
        if wait > 0:
            return wait
        fields = self._config.signer.signed({**self._about(reference), "query_command": "CHECK_STATUS"})
        reply = await answered(self._http.post_json(self._config.api_path, fields, safe=True))
        return read(reply.body, self._config.signer) if reply else None

    def _tells_of(self, answer: Answer, reference: str) -> bool:
        """Whether it is the status of this payment of ours."""
        about = (answer.response_code, answer.merchant_identifier, answer.merchant_reference)
        return about == (STATUS_TOLD, self._config.merchant_identifier, reference)


def _amount(money: Money) -> str:
    try:
        return minor_amount(money)
    except ValueError as error:
        raise Refused(str(error), reason="amount", system=SYSTEM) from error
