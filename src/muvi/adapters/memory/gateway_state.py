"""What the gateway in memory keeps of a checkout, and what it tells of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from muvi.domain.payments.report import PaymentReport, ReportedTransaction, TransactionKind, Verdict
from muvi.domain.shared.money import Money
from muvi.ports.errors import Refused

ENTITY = "entity"
CHECKOUT_LIFE = timedelta(minutes=30)
NEVER_PAID_AFTER = timedelta(minutes=45)
ASKED_AT_ONCE = 2
ASKED_AGAIN_S = 60.0


@dataclass(slots=True)
class OpenCheckout:
    """A session that a buyer may pay. `told` counts the transactions whose status was given."""

    id: str
    reference: str
    amount: Money
    opened_at: datetime
    transactions: list[ReportedTransaction] = field(default_factory=list)
    told: int = 0
    challenged: bool = False

    def require_payable(self, now: datetime) -> None:
        """Raise `Refused` when it takes no card any more."""
        paid = any(row.verdict is Verdict.CAPTURED for row in self.transactions)
        if paid or now - self.opened_at >= CHECKOUT_LIFE:
            raise Refused("the checkout takes no card any more", reason="gone", system="gateway")

    def add(self, transaction_id: str, verdict: Verdict, amount: Money | None, code: str) -> str:
        """Write down what became of a card; returns the transaction."""
        self.transactions.append(
            ReportedTransaction(
                id=transaction_id,
                kind=TransactionKind.DEBIT,
                verdict=verdict,
                code=code,
                entity=ENTITY,
                amount=amount,
                reference=self.reference,
                brand="VISA",
                card_masked="411111******1111",
            )
        )
        return transaction_id

    def status(self, now: datetime) -> PaymentReport | None:
        """The checkout's own answer; None once it was given, or the checkout is dead."""
        if now - self.opened_at >= CHECKOUT_LIFE:
            return None
        if self.challenged:
            return PaymentReport(verdict=Verdict.PENDING, code="challenge")
        if not self.transactions:
            return PaymentReport(verdict=Verdict.UNPAID, code="open")
        if self.told == len(self.transactions):
            return None
        self.told = len(self.transactions)
        last = self.transactions[-1]
        return PaymentReport(verdict=last.verdict, transactions=(last,), code=last.code)

    def report(self, now: datetime, *, left: tuple[str, ...]) -> PaymentReport:
        """The list of everything that the checkout led to; `left`: accounts that have not denied it yet."""
        rows = tuple(self.transactions)
        if any(row.verdict is Verdict.CAPTURED for row in rows):
            return PaymentReport(verdict=Verdict.CAPTURED, transactions=rows, code="paid", whole=True)
        if rows:
            return PaymentReport(verdict=Verdict.DECLINED, transactions=rows, code="declined", whole=True)
        return nothing(self.opened_at, now, left=left)


def nothing(
    opened_at: datetime, now: datetime, *, left: tuple[str, ...], charge: bool = False
) -> PaymentReport:
    """What it means that there is no transaction: never paid, once all accounts have said so. Of a `charge`
    that did not arrive nobody has paid yet.
    """
    if now - opened_at < NEVER_PAID_AFTER:
        return PaymentReport(verdict=Verdict.UNPAID if charge else Verdict.UNKNOWN, code="none")
    if len(left) <= ASKED_AT_ONCE:
        return PaymentReport(verdict=Verdict.NEVER_PAID, code="none", denied=left)
    return PaymentReport(
        verdict=Verdict.UNKNOWN, code="none", denied=left[:ASKED_AT_ONCE], retry_after_s=ASKED_AGAIN_S
    )
