"""What a gateway reports, in our words. Unknown or ambiguous is never read as failure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from muvi.domain.shared.money import Money


class Verdict(StrEnum):
    """What a report says of a checkout or of one of its transactions.

    UNPAID: nobody has paid yet. NEVER_PAID: every account of ours denies any transaction. UNKNOWN: ask
    again later.
    """

    CAPTURED = "captured"
    PENDING = "pending"
    DECLINED = "declined"
    UNPAID = "unpaid"
    NEVER_PAID = "never-paid"
    UNKNOWN = "unknown"


class TransactionKind(StrEnum):
    """What moved, or would have."""

    DEBIT = "debit"
    AUTHORIZATION = "authorization"
    CAPTURE = "capture"
    REFUND = "refund"
    REVERSAL = "reversal"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedTransaction:
    """One transaction of the vendor; declined ones carry no amount. `card_masked` is like
    411111******1111.
    """

    id: str
    kind: TransactionKind
    verdict: Verdict
    code: str
    entity: str = ""
    amount: Money | None = None
    reference: str = ""
    refunds: str = ""
    brand: str = ""
    card_masked: str = ""

    @property
    def is_payment(self) -> bool:
        """Whether its verdict speaks of a payment, not of a refund or an authentication."""
        paying = (TransactionKind.DEBIT, TransactionKind.AUTHORIZATION, TransactionKind.CAPTURE)
        return self.kind in paying


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentReport:
    """The state of one checkout. `retry_after_s`: not to be asked again earlier, seconds.

    `whole`: `transactions` is the gateway's own list of all that the checkout led to. Anything less may leave
    out a second capture. `denied`: accounts of ours that, asked when their word counts, deny any
    transaction. `page_only`: it is pending since the gateway's page was opened, no card was sent there.
    """

    verdict: Verdict
    transactions: tuple[ReportedTransaction, ...] = ()
    code: str = ""
    whole: bool = False
    denied: tuple[str, ...] = ()
    retry_after_s: float | None = None
    page_only: bool = False

    @property
    def is_unpaid(self) -> bool:
        """Whether nothing was taken and nothing is on its way."""
        return self.page_only or self.verdict in (Verdict.UNPAID, Verdict.DECLINED)

    @property
    def captures(self) -> tuple[ReportedTransaction, ...]:
        """Transactions that took money."""
        taking = (TransactionKind.DEBIT, TransactionKind.CAPTURE)
        return tuple(t for t in self.transactions if t.kind in taking and t.verdict is Verdict.CAPTURED)

    @property
    def is_put_off(self) -> bool:
        """Whether it tells nothing because the gateway may not be asked yet."""
        return self.verdict is Verdict.UNKNOWN and self.retry_after_s is not None

    @property
    def is_authorized(self) -> bool:
        """Whether money was set aside and not taken."""
        reserving = (t.verdict for t in self.transactions if t.kind is TransactionKind.AUTHORIZATION)
        return Verdict.CAPTURED in reserving

    @property
    def declined_ids(self) -> set[str]:
        """Payments that were declined, each of them for good: another card is another transaction."""
        said = self.transactions
        return {t.id for t in said if t.is_payment and t.id and t.verdict is Verdict.DECLINED}

    @property
    def ended_ids(self) -> set[str]:
        """Payments of which it tells the end."""
        return self.declined_ids | {t.id for t in self.captures}


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundReport:
    """The state of one refund: CAPTURED means the money went back, PENDING and UNKNOWN are asked again.
    `transaction_id` is the gateway's name of it, empty unless it acknowledged the refund.
    """

    verdict: Verdict
    transaction_id: str = ""
    code: str = ""
    retry_after_s: float | None = None
