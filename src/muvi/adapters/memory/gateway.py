"""A payment gateway in memory with the pitfalls of the real ones; a test plays the buyer.

A checkout's status is given once, one checkout yields several transactions, it stays payable whatever became
of the order, two checkouts of one order can both be paid, and a call may fail before or after its effect.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from enum import StrEnum

from typing_extensions import override

from muvi.adapters.memory.gateway_state import ENTITY, OpenCheckout, nothing
from muvi.domain.payments.front_end import CardWidget, DirectCharge
from muvi.domain.payments.report import (
    PaymentReport,
    RefundReport,
    ReportedTransaction,
    TransactionKind,
    Verdict,
)
from muvi.domain.shared.money import Money
from muvi.ports.clock import Clock
from muvi.ports.errors import OutcomeUnknown, Refused, Unavailable
from muvi.ports.payments.gateway import (
    CheckoutRequest,
    GatewayCheckout,
    PaymentGateway,
    PaymentToCheck,
    RefundRequest,
    WebhookForged,
    WebhookMalformed,
    WebhookNotice,
)
from muvi.ports.payments.tokens import CardToken, ChargeAnswer, TokenCharges

PAYS, DECLINES, CHALLENGES = "token-pays", "token-declines", "token-challenges"
_PROOF = "x-proof"


class Trouble(StrEnum):
    """How a scripted call fails. LOST: the effect happens, the answer does not come."""

    UNAVAILABLE = "unavailable"
    REFUSED = "refused"
    LOST = "lost"


class MemoryGateway(PaymentGateway, TokenCharges):
    """One gateway. `fail(call, trouble)` scripts the next calls of `open`, `check`, `charge`,
    `refund`, `check_refund`; tokens are `PAYS`, `DECLINES`
    and `CHALLENGES`; `requests` is what each checkout was opened with. It is never paid when
    all `accounts` deny it, two of which may be asked in a minute.
    """

    def __init__(self, clock: Clock, name: str = "memory", *, refunds_take_time: bool = False) -> None:
        self._clock = clock
        self._name = name
        self._count = 0
        self._checkouts: dict[str, OpenCheckout] = {}
        self._refunds: dict[str, list[ReportedTransaction]] = {}
        self._scripts: dict[str, deque[Trouble]] = {}
        self.refunds_take_time = refunds_take_time
        self.accounts: tuple[str, ...] = (ENTITY,)
        self.calls: list[tuple[str, str]] = []
        self.requests: dict[str, CheckoutRequest] = {}

    @property
    @override
    def name(self) -> str:
        return self._name

    def fail(self, call: str, *troubles: Trouble) -> None:
        """Let the next calls of that name fail, in this order."""
        self._scripts.setdefault(call, deque()).extend(troubles)

    def pay(self, checkout_id: str) -> str:
        """The buyer pays; returns the transaction. Raises `Refused` when the checkout takes no card any
        more.
        """
        checkout = self._payable(checkout_id)
        checkout.challenged = False
        return self._add(checkout, Verdict.CAPTURED, checkout.amount, "paid")

    def decline(self, checkout_id: str) -> str:
        """The buyer's bank refuses a card; the checkout stays open. Returns the transaction."""
        checkout = self._payable(checkout_id)
        checkout.challenged = False
        return self._add(checkout, Verdict.DECLINED, None, "declined")

    def challenge(self, checkout_id: str) -> None:
        """The buyer's bank asks for more; end it by `pay` or `decline`."""
        self._payable(checkout_id).challenged = True

    def capture_again(self, checkout_id: str) -> str:
        """The same checkout takes money a second time, as must never happen and once will."""
        checkout = self._checkouts[checkout_id]
        return self._add(checkout, Verdict.CAPTURED, checkout.amount, "paid")

    def webhook(
        self, checkout_id: str, *, payment_id: str = "", kind: str = "PAYMENT"
    ) -> tuple[dict[str, str], bytes]:
        """A genuine message about a checkout."""
        checkout = self._checkouts[checkout_id]
        body = f"{kind}|{checkout.reference}|{checkout_id}|{payment_id}".encode()
        return {_PROOF: self._name}, body

    @override
    async def open(self, request: CheckoutRequest) -> GatewayCheckout:
        trouble = self._trouble("open", request.reference)
        if trouble is Trouble.LOST:
            raise Unavailable("the answer got lost: nobody can pay that checkout", system="gateway")
        self._count += 1
        checkout = OpenCheckout(
            f"checkout-{self._count}", request.reference, request.amount, self._clock.now()
        )
        self._checkouts[checkout.id] = checkout
        self.requests[checkout.id] = request
        return GatewayCheckout(
            id=checkout.id,
            entity=ENTITY,
            front=CardWidget(
                script_url=f"https://gateway.invalid/widget.js?checkoutId={checkout.id}", brands=("VISA",)
            ),
        )

    @override
    def named(self, request: CheckoutRequest) -> GatewayCheckout:
        return GatewayCheckout(id=request.reference, entity=ENTITY, front=DirectCharge())

    @override
    async def charge(self, request: CheckoutRequest, token: CardToken) -> ChargeAnswer:
        trouble = self._trouble("charge", request.reference)
        if request.reference in self._checkouts:
            raise OutcomeUnknown("the reference was used", system="gateway")
        if token.name not in (PAYS, DECLINES, CHALLENGES):
            raise Refused("no such token", reason="token", system="gateway")
        checkout = OpenCheckout(request.reference, request.reference, request.amount, self._clock.now())
        self._checkouts[checkout.id] = checkout
        match token.name:
            case "token-pays":
                self.pay(checkout.id)
            case "token-declines":
                self.decline(checkout.id)
            case _:
                self.challenge(checkout.id)
        if trouble is Trouble.LOST:
            raise OutcomeUnknown("the answer got lost", system="gateway")
        asks = token.name == CHALLENGES
        return ChargeAnswer(challenge_url=f"https://bank.invalid/{checkout.id}" if asks else "")

    @override
    async def check(self, payment: PaymentToCheck) -> PaymentReport:
        try:
            trouble = self._trouble("check", payment.reference)
        except (Unavailable, Refused):
            return PaymentReport(verdict=Verdict.UNKNOWN, code="unreachable")
        checkout, now = self._checkouts.get(payment.checkout_id), self._clock.now()
        if checkout is None:
            charge = payment.checkout_id == payment.reference
            return nothing(payment.opened_at, now, left=self._left(payment), charge=charge)
        report = None if payment.paid else checkout.status(now)
        if trouble is Trouble.LOST:
            return PaymentReport(verdict=Verdict.UNKNOWN, code="lost")
        return report or checkout.report(now, left=self._left(payment))

    @override
    async def refund(self, request: RefundRequest) -> RefundReport:
        trouble = self._trouble("refund", request.reference)
        verdict = Verdict.CAPTURED if self._refundable(request) else Verdict.DECLINED
        if verdict is Verdict.CAPTURED and self.refunds_take_time:
            verdict = Verdict.PENDING
        self._count += 1
        row = ReportedTransaction(
            id=f"refund-{self._count}",
            kind=TransactionKind.REFUND,
            verdict=verdict,
            code="refunded" if verdict is Verdict.CAPTURED else str(verdict),
            amount=request.amount,
            reference=request.reference,
            refunds=request.payment_id,
        )
        self._refunds.setdefault(request.reference, []).append(row)
        if trouble is Trouble.LOST:
            raise OutcomeUnknown("the answer got lost", system="gateway")
        named = "" if verdict is Verdict.DECLINED else row.id
        return RefundReport(verdict=row.verdict, transaction_id=named, code=row.code)

    @override
    async def check_refund(self, request: RefundRequest) -> RefundReport:
        try:
            self._trouble("check_refund", request.reference)
        except (Unavailable, Refused):
            return RefundReport(verdict=Verdict.UNKNOWN, code="unreachable")
        rows = self._refunds.get(request.reference)
        if not rows:
            verdict = Verdict.UNKNOWN if request.transaction_id else Verdict.NEVER_PAID
            return RefundReport(verdict=verdict, code="none")
        last = rows[-1]
        return RefundReport(verdict=last.verdict, transaction_id=last.id, code=last.code)

    def settle_refund(self, reference: str, verdict: Verdict = Verdict.CAPTURED) -> None:
        """A refund that takes time ends."""
        rows = self._refunds[reference]
        last = rows[-1]
        rows[-1] = ReportedTransaction(
            id=last.id,
            kind=last.kind,
            verdict=verdict,
            code=str(verdict),
            amount=last.amount,
            reference=reference,
            refunds=last.refunds,
        )

    def refunded_minor(self, payment_id: str) -> int:
        """All money that went back of one capture, in minor units: what really happened."""
        rows = (row for rows in self._refunds.values() for row in rows)
        gone = (Verdict.CAPTURED, Verdict.PENDING)
        return sum(
            row.amount.minor
            for row in rows
            if row.refunds == payment_id and row.verdict in gone and row.amount
        )

    def captured_minor(self, reference: str) -> int:
        """All money taken for one attempt's reference, in minor units: what really happened."""
        return sum(
            row.amount.minor
            for checkout in self._checkouts.values()
            if checkout.reference == reference
            for row in checkout.transactions
            if row.verdict is Verdict.CAPTURED and row.amount
        )

    @override
    def read_webhook(self, headers: Mapping[str, str], body: bytes) -> WebhookNotice:
        parts = body.decode("utf-8", "replace").split("|")
        if len(parts) != 4:  # noqa: PLR2004
            raise WebhookMalformed("not a message", system="gateway")
        if headers.get(_PROOF) != self._name:
            raise WebhookForged("no proof", system="gateway")
        kind, reference, checkout_id, payment_id = parts
        return WebhookNotice(
            digest=body.hex(),
            kind=kind,
            reference=reference,
            checkout_id=checkout_id,
            payment_id=payment_id,
            is_test=kind == "test",
            is_some_refund=kind == "RF",
            refund_id=reference if kind == "PAYMENT:RF" else "",
        )

    def _left(self, payment: PaymentToCheck) -> tuple[str, ...]:
        """Accounts that have not denied the payment yet."""
        return tuple(account for account in self.accounts if account not in payment.denied)

    def _payable(self, checkout_id: str) -> OpenCheckout:
        checkout = self._checkouts[checkout_id]
        checkout.require_payable(self._clock.now())
        return checkout

    def _add(self, checkout: OpenCheckout, verdict: Verdict, amount: Money | None, code: str) -> str:
        self._count += 1
        return checkout.add(f"payment-{self._count}", verdict, amount, code)

    def _refundable(self, request: RefundRequest) -> bool:
        """The gateway checks each refund alone, never the sum: that is for its caller to do."""
        rows = (row for checkout in self._checkouts.values() for row in checkout.transactions)
        return any(
            row.id == request.payment_id and row.entity == request.entity and row.amount is not None
            for row in rows
        )

    def _trouble(self, call: str, reference: str) -> Trouble | None:
        self.calls.append((call, reference))
        script = self._scripts.get(call)
        trouble = script.popleft() if script else None
        match trouble:
            case Trouble.UNAVAILABLE:
                raise Unavailable("scripted", system="gateway")
            case Trouble.REFUSED:
                raise Refused("scripted", reason="scripted", system="gateway")
            case _:
                return trouble
