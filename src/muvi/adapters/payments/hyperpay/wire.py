"""HyperPay's JSON: what we read of it. Unknown fields are ignored, everything may be missing."""

from __future__ import annotations

from decimal import Decimal

import msgspec

from muvi.adapters.payments.hyperpay.codes import THROTTLED, verdict_of
from muvi.domain.payments.report import ReportedTransaction, TransactionKind, Verdict
from muvi.domain.shared.money import EXPONENTS, Money

TOO_MANY_REQUESTS = 429
THROTTLE_S = 60.0
KINDS = {
    "DB": TransactionKind.DEBIT,
    "PA": TransactionKind.AUTHORIZATION,
    "CP": TransactionKind.CAPTURE,
    "RF": TransactionKind.REFUND,
    "RV": TransactionKind.REVERSAL,
}
PAYING = frozenset({"DB", "PA", "CP"})
"""Types whose code speaks of a payment; 3D, RF, RV and CD rows of a report do not."""
REFUND = "RF"


class Result(msgspec.Struct, frozen=True):
    """The outcome: a code of three groups and a text for people."""

    code: str = ""
    description: str | None = None


class Card(msgspec.Struct, frozen=True, rename="camel"):
    """What may be shown of a card."""

    bin: str | None = None
    last4_digits: str | None = msgspec.field(default=None, name="last4Digits")


class Row(msgspec.Struct, frozen=True, rename="camel"):
    """A transaction."""

    id: str | None = None
    payment_type: str | None = None
    payment_brand: str | None = None
    amount: Decimal | None = None
    currency: str | None = None
    merchant_transaction_id: str | None = None
    referenced_id: str | None = None
    ndc: str | None = None
    card: Card | None = None
    result: Result = Result()


class Answer(Row, frozen=True, rename="camel"):
    """Any answer: a checkout, a transaction, or a report with rows."""

    integrity: str | None = None
    payments: list[Row] | None = None


class Reading(msgspec.Struct, frozen=True):
    """An answer with its HTTP status; `answer` is None when it is not the JSON that we expect."""

    status: int
    answer: Answer | None

    @property
    def code(self) -> str:
        """The result code, empty when there is none."""
        return self.answer.result.code if self.answer else ""

    @property
    def is_throttled(self) -> bool:
        """Whether the platform refused to look because it was asked too often."""
        return self.code == THROTTLED or (not self.code and self.status == TOO_MANY_REQUESTS)


def read(status: int, body: bytes) -> Reading:
    """Read an answer. Its JSON wins over the HTTP status: a decline comes with 400 or with 200."""
    try:
        answer = msgspec.json.decode(body, type=Answer)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Reading(status, None)
    return Reading(status, answer if answer.result.code else None)


def transaction(row: Row, *, entity: str, accept_test_codes: bool) -> ReportedTransaction:
    """A row in our words. A success without a readable amount proves nothing yet: it is unknown."""
    amount = _money(row)
    verdict = verdict_of(row.result.code, accept_test_codes=accept_test_codes)
    if verdict is Verdict.CAPTURED and amount is None:
        verdict = Verdict.UNKNOWN
    return ReportedTransaction(
        id=row.id or "",
        kind=KINDS.get(row.payment_type or "", TransactionKind.OTHER),
        verdict=verdict,
        code=row.result.code,
        entity=entity,
        amount=amount,
        reference=row.merchant_transaction_id or "",
        refunds=row.referenced_id or "",
        brand=row.payment_brand or "",
        card_masked=_masked(row.card),
    )


def decimal_amount(money: Money) -> str:
    """An amount as the platform takes it: a dot and two decimals. Raises `ValueError` for other
    currencies.
    """
    if money.exponent != 2:  # noqa: PLR2004
        raise ValueError(f"the gateway takes two decimals, {money.currency} has {money.exponent}")
    return f"{money.major:.2f}"


def _money(row: Row) -> Money | None:
    if row.amount is None or row.currency not in EXPONENTS:
        return None
    try:
        return Money.from_major(row.amount, row.currency)
    except ValueError:
        return None


def _masked(card: Card | None) -> str:
    if card is None or not card.bin or not card.last4_digits:
        return ""
    return f"{card.bin[:6]}******{card.last4_digits[-4:]}"
