"""What PayFort answers, as far as we read it. Every value is a text."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from muvi.adapters.payments.payfort.codes import is_reserved, verdict_of
from muvi.adapters.payments.payfort.signature import Signer
from muvi.domain.payments.report import ReportedTransaction, TransactionKind, Verdict
from muvi.domain.shared.money import Money

MOST_DIGITS = 10


class Answer(msgspec.Struct, frozen=True):
    """An answer of the payment API; amounts are minor units."""

    response_code: str = ""
    response_message: str = ""
    fort_id: str = ""
    merchant_identifier: str = ""
    merchant_reference: str = ""
    transaction_code: str = ""
    captured_amount: str = ""
    refunded_amount: str = ""
    challenge_url: str = msgspec.field(default="", name="3ds_url")

    @property
    def captured_minor(self) -> int | None:
        """All that was taken, 0 when nothing is told, None when it cannot be read."""
        return _minor(self.captured_amount) if self.captured_amount else 0

    @property
    def refunded_minor(self) -> int | None:
        """All that went back, None when it is not told."""
        return _minor(self.refunded_amount)


def read(body: bytes, signer: Signer) -> Answer | None:
    """The answer, or None: not the JSON we expect, or not signed by the gateway."""
    try:
        fields = msgspec.json.decode(body, type=dict[str, object])
        answer = msgspec.convert(fields, Answer)
        return answer if answer.response_code and signer.is_genuine(fields) else None
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def purchase(answer: Answer, currency: str, entity: str, known: Sequence[str] = ()) -> ReportedTransaction:
    """The one transaction of a reference. Money that was taken outweighs what came after it: a refund, or a
    later card that failed. A success without an amount or an id proves nothing yet, and an amount that cannot
    be read leaves everything open.

    A reference is paid once, so its money is that which is `known` already, whatever id the latest operation
    on it bears.
    """
    code, taken = answer.transaction_code, answer.captured_minor
    verdict = Verdict.CAPTURED if taken else verdict_of(code) if taken == 0 else Verdict.UNKNOWN
    reserved = is_reserved(code) and not taken
    if verdict is Verdict.CAPTURED and not ((taken or reserved) and answer.fort_id):
        verdict = Verdict.UNKNOWN
    return ReportedTransaction(
        id=known[0] if known and verdict is Verdict.CAPTURED else answer.fort_id,
        kind=TransactionKind.AUTHORIZATION if reserved else TransactionKind.DEBIT,
        verdict=verdict,
        code=code,
        entity=entity,
        amount=Money(taken, currency) if verdict is Verdict.CAPTURED and taken else None,
        reference=answer.merchant_reference,
    )


def minor_amount(money: Money) -> str:
    """An amount as the gateway takes it: minor units of the currency. Raises `ValueError` past ten digits."""
    text = str(money.minor)
    if money.minor <= 0 or len(text) > MOST_DIGITS:
        raise ValueError(f"the gateway takes amounts of one to {MOST_DIGITS} digits")
    return text


def _minor(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) <= MOST_DIGITS else None
