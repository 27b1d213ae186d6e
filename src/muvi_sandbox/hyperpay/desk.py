"""Back-office operations of the merchant: refund, reversal, capture. None of them is idempotent."""

import re
from datetime import timedelta

from muvi_sandbox.faults import Reply
from muvi_sandbox.hyperpay import answers, codes
from muvi_sandbox.hyperpay.book import Book, Transaction
from muvi_sandbox.hyperpay.settings import Knobs
from muvi_sandbox.hyperpay.till import Till
from muvi_sandbox.hyperpay.webhooks import Webhooks

AMOUNT = re.compile(r"\d{1,10}\.\d{2}")
_REFUND_WINDOW = timedelta(days=60)


def minor(text: str) -> int:
    """Read an amount of two decimals as minor units."""
    return int(text.replace(".", ""))


class Desk:
    """Books operations that refer to an earlier transaction."""

    def __init__(self, book: Book, knobs: Knobs, till: Till, webhooks: Webhooks) -> None:
        self._book = book
        self._knobs = knobs
        self._till = till
        self._webhooks = webhooks

    def operate(self, origin_id: str, form: dict[str, str]) -> Reply:
        """Run `paymentType` RF, RV or CP on a transaction of the same entity; it becomes a row of its own."""
        now = self._book.clock.now()
        origin = self._book.transactions.get(origin_id)
        if origin is None or origin.entity != form.get("entityId"):
            return answers.refusal(codes.NO_TRANSACTION, now)
        kind, text = form.get("paymentType", ""), form.get("amount", "")
        if kind not in {"RF", "RV", "CP"}:
            return answers.refusal(codes.NO_SESSION, now, ("paymentType", "must be RF, RV or CP"))
        if kind != "RV" and not AMOUNT.fullmatch(text):
            return answers.refusal(codes.NO_SESSION, now, ("amount", "must have two decimals"))
        if form.get("currency", origin.currency) != origin.currency:
            return answers.refusal(codes.NO_SESSION, now, ("currency", "differs from the original"))
        wanted = minor(text) if text else origin.amount_minor
        checks = {"RF": self._refund_flaw, "RV": self._reversal_flaw, "CP": self._capture_flaw}
        code = checks[kind](self._till.ripened(origin), wanted)
        return answers.shown(self._write(origin, kind, wanted, form.get("merchantTransactionId", ""), code))

    def _write(
        self, origin: Transaction, kind: str, wanted: int, reference: str, flaw: str | None
    ) -> Transaction:
        waits = self._knobs.refund_pending_s if kind == "RF" and not flaw else 0.0
        now = self._book.clock.now()
        row = self._book.add(
            entity=origin.entity,
            kind=kind,
            brand=origin.brand,
            amount_minor=wanted,
            currency=origin.currency,
            reference=reference,
            code=flaw or (codes.PENDING if waits else self._knobs.success_code),
            referenced_id=origin.id,
            settles_at=now + timedelta(seconds=waits) if waits else None,
            settles_code=self._knobs.success_code if waits else "",
        )
        self._webhooks.about(row)
        if waits:
            self._webhooks.later(waits, lambda: self._till.ripened(row))
        return row

    def _refund_flaw(self, origin: Transaction, wanted: int) -> str | None:
        if origin.kind not in {"DB", "CP"} or not origin.moved:
            return codes.NOTHING_TO_REFUND
        if self._book.clock.now() - origin.at > _REFUND_WINDOW or wanted > origin.amount_minor or wanted == 0:
            return codes.CANNOT_REFUND
        refunded = self._book.referring(origin, "RF")
        too_much = refunded + wanted > origin.amount_minor
        return codes.CANNOT_REFUND if too_much and self._knobs.refund_volume_checked else None

    def _reversal_flaw(self, origin: Transaction, wanted: int) -> str | None:
        touched = self._book.referring(origin, "CP") + self._book.referring(origin, "RV")
        fits = origin.kind == "PA" and origin.moved and not touched and wanted == origin.amount_minor
        return None if fits else codes.CANNOT_REVERSE

    def _capture_flaw(self, origin: Transaction, wanted: int) -> str | None:
        touched = self._book.referring(origin, "CP") + self._book.referring(origin, "RV")
        fits = origin.kind == "PA" and origin.moved and 0 < wanted <= origin.amount_minor - touched
        return None if fits else codes.CANNOT_CAPTURE
