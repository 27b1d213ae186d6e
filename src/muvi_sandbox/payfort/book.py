"""Payments of the gateway, one per merchant reference, and their record in the truth."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from muvi_sandbox.clock import Clock
from muvi_sandbox.payfort import codes
from muvi_sandbox.truth import Truth

SYSTEM = "payfort"
_LEFT_OPEN = timedelta(minutes=40)  # what a restart found pending is settled then


@dataclass(slots=True, kw_only=True)
class Payment:
    """What became of one reference. `code` is the truth; `told_code`, when set, is what is said instead.

    `asked` are the fields of the merchant's form, without its signature.
    """

    reference: str
    fort_id: str
    asked: Mapping[str, str]
    at: datetime
    code: str = codes.INCOMPLETE
    told_code: str = ""
    card: dict[str, str] = field(default_factory=dict)
    tries: int = 0
    captured_minor: int = 0
    refunded_minor: int = 0
    settles_at: datetime | None = None
    settles_code: str = ""

    @property
    def amount_minor(self) -> int:
        """What the merchant asks for."""
        return int(self.asked["amount"])

    @property
    def currency(self) -> str:
        """Of the amount."""
        return self.asked["currency"]

    @property
    def language(self) -> str:
        """Of the page and of messages."""
        return self.asked.get("language", "en")

    @property
    def shown_code(self) -> str:
        """What the merchant is told."""
        return self.told_code or self.code

    @property
    def pending(self) -> bool:
        """Whether a card was given whose end is open."""
        return bool(self.card) and codes.pending(self.code)


class Book:
    """All state of the gateway. It is also in the truth, from which it is read again at a start."""

    def __init__(self, truth: Truth, clock: Clock) -> None:
        self._truth = truth
        self.clock = clock
        self.payments: dict[str, Payment] = {}
        for fact in truth.events(SYSTEM):
            self._replay(fact)

    def open(self, asked: Mapping[str, str]) -> Payment:
        """Begin a payment; the same form may be posted again while no card was given."""
        fort_id = f"1699{secrets.randbelow(10**14):014}"
        payment = Payment(
            reference=asked["merchant_reference"], fort_id=fort_id, asked=dict(asked), at=self.clock.now()
        )
        self.payments[payment.reference] = payment
        self._truth.record(
            SYSTEM, "page-opened", merchant_reference=payment.reference, id=fort_id, asked=payment.asked
        )
        return payment

    def settle(self, payment: Payment, code: str, *, told: str = "") -> None:
        """Write what a card came to."""
        payment.code, payment.told_code = code, told
        payment.at, payment.settles_at = self.clock.now(), None
        if codes.moved(code):
            payment.captured_minor = payment.amount_minor
        self._record(payment)

    def ripen(self, payment: Payment) -> bool:
        """Settle a pending payment whose time has come; tell whether that happened."""
        due = payment.settles_at
        if due is None or not codes.pending(payment.code) or self.clock.now() < due:
            return False
        self.settle(payment, payment.settles_code)
        return True

    def refund(self, payment: Payment, amount_minor: int, maintenance_reference: str) -> None:
        """Give money back."""
        payment.refunded_minor += amount_minor
        self._truth.record(
            SYSTEM,
            "refund",
            id=payment.fort_id,
            merchant_reference=payment.reference,
            maintenance_reference=maintenance_reference,
            amount_minor=amount_minor,
            currency=payment.currency,
        )

    def _record(self, payment: Payment) -> None:
        event = "debit" if codes.moved(payment.code) else "pending" if payment.pending else "refused"
        self._truth.record(
            SYSTEM,
            event,
            id=payment.fort_id,
            merchant_reference=payment.reference,
            amount_minor=payment.amount_minor,
            currency=payment.currency,
            code=payment.code,
            card=payment.card,
        )

    def _replay(self, fact: dict[str, Any]) -> None:
        at = datetime.fromisoformat(fact["at"])
        reference = fact.get("merchant_reference", "")
        if fact["event"] == "page-opened":
            self.payments[reference] = Payment(
                reference=reference, fort_id=fact["id"], asked=fact["asked"], at=at
            )
            return
        payment = self.payments.get(reference)
        if payment is None:
            return
        if fact["event"] == "refund":
            payment.refunded_minor += fact["amount_minor"]
        elif fact["event"] in {"debit", "pending", "refused"}:
            payment.code, payment.card, payment.at = fact["code"], fact["card"], at
            payment.tries += 1
            if codes.moved(payment.code):
                payment.captured_minor = fact["amount_minor"]
            if payment.pending:
                payment.settles_at, payment.settles_code = at + _LEFT_OPEN, codes.SESSION_OVER
