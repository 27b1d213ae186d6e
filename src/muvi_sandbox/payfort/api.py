"""The merchant's side: `/payfort/FortAPI/paymentApi`, JSON in and out, HTTP 200 even for refusals."""

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import msgspec
from litestar import post

from muvi_sandbox.config import SandboxConfig
from muvi_sandbox.faults import Faults, Reply
from muvi_sandbox.payfort import codes
from muvi_sandbox.payfort.answers import Answers
from muvi_sandbox.payfort.book import SYSTEM, Book, Payment
from muvi_sandbox.payfort.settings import Knobs
from muvi_sandbox.payfort.signature import matches
from muvi_sandbox.payfort.till import Till
from muvi_sandbox.payfort.webhooks import Webhooks
from muvi_sandbox.reply import VendorResponse
from muvi_sandbox.shoppers import Call

COMMON = frozenset({"access_code", "merchant_identifier", "merchant_reference", "language", "signature"})
_STATUS = COMMON | {"query_command", "fort_id"}
_REFUND = COMMON | {
    "command",
    "amount",
    "currency",
    "maintenance_reference",
    "fort_id",
    "order_description",
}
_NEEDED = {
    "CHECK_STATUS": COMMON | {"query_command"},
    "REFUND": COMMON | {"command", "amount", "currency"},
}
REFERENCE = re.compile(r"[A-Za-z0-9_.-]{1,40}")
AMOUNT = re.compile(r"[1-9]\d{0,9}")


class Api:
    """Checks the signature and the fields of a request, then answers from the book."""

    def __init__(
        self,
        config: SandboxConfig,
        faults: Faults,
        book: Book,
        knobs: Knobs,
        till: Till,
        webhooks: Webhooks,
        answers: Answers,
        charge: Callable[[dict[str, str]], dict[str, str]],
    ) -> None:
        self._config = config
        self._faults = faults
        self._book = book
        self._knobs = knobs
        self._till = till
        self._webhooks = webhooks
        self._answers = answers
        self._charge = charge

    def handlers(self) -> list[Any]:
        """Return the routes."""

        @post("/FortAPI/paymentApi", status_code=200)
        async def payment_api(request: Call) -> VendorResponse:
            asked = _read(await request.body())
            call = "check-status" if "query_command" in asked else asked.get("command", "unknown").lower()
            return await self._faults.apply(
                SYSTEM,
                call,
                lambda: Reply(200, self._answer(asked)),
                key=f"{asked.get('merchant_reference', '')} {asked.get('maintenance_reference', '')}",
                coded=lambda code: Reply(200, self._answers.coded(asked, code)),
            )

        return [payment_api]

    def _answer(self, asked: dict[str, str]) -> dict[str, Any]:
        command = asked.get("query_command") or asked.get("command", "")
        if command == "PURCHASE":
            return self._charge(asked)
        known = {"CHECK_STATUS": _STATUS, "REFUND": _REFUND}.get(command)
        if known is None:
            return self._answers.coded(asked, codes.BAD_FORMAT)
        if flaw := request_flaw(asked, self._config, known, _NEEDED[command]):
            return self._answers.coded(asked, flaw)
        payment = self._found(asked)
        if command == "CHECK_STATUS":
            return self._status(asked, payment)
        return self._refund(asked, payment)

    def _found(self, asked: Mapping[str, str]) -> Payment | None:
        payment = self._book.payments.get(asked["merchant_reference"])
        if payment is None or asked.get("fort_id", payment.fort_id) != payment.fort_id:
            return None
        return self._till.ripened(payment)

    def _status(self, asked: dict[str, str], payment: Payment | None) -> dict[str, str]:
        lag = timedelta(seconds=self._knobs.status_lag_s)
        if payment is None or self._book.clock.now() - payment.at < lag:
            return self._answers.coded(asked, codes.NO_ORDER)
        code = self._knobs.status_code or (codes.REFUNDED if payment.refunded_minor else payment.code)
        return self._answers.coded(
            asked,
            codes.STATUS_TOLD,
            fort_id=payment.fort_id,
            transaction_status=code[:2],
            transaction_code=code,
            transaction_message=codes.message(code, payment.language),
            authorized_amount="0",
            captured_amount=str(payment.captured_minor),
            refunded_amount=str(payment.refunded_minor),
        )

    def _refund(self, asked: dict[str, str], payment: Payment | None) -> dict[str, str]:
        if payment is None or not payment.captured_minor:
            return self._answers.coded(asked, codes.NO_ORDER_TO_REFUND)
        if asked["currency"] != payment.currency or not AMOUNT.fullmatch(asked["amount"]):
            return self._answers.coded(asked, codes.BAD_FORMAT)
        amount_minor = int(asked["amount"])
        if payment.refunded_minor + amount_minor > payment.captured_minor:
            return self._answers.coded(asked, codes.TOO_MUCH)
        if self._knobs.refund_code:
            return self._answers.coded(asked, self._knobs.refund_code, fort_id=payment.fort_id)
        self._book.refund(payment, amount_minor, asked.get("maintenance_reference", ""))
        told = self._answers.coded(asked, codes.REFUNDED, fort_id=payment.fort_id)
        self._webhooks.tell(payment, told)
        return told


def request_flaw(
    asked: Mapping[str, str], config: SandboxConfig, known: frozenset[str], needed: frozenset[str]
) -> str:
    """Return the code of what is wrong with a request, empty when nothing is."""
    if any(not asked.get(name) for name in needed):
        return codes.MISSING
    if set(asked) - known:
        return codes.EXTRA_FIELD
    account = (asked["access_code"], asked["merchant_identifier"])
    if account != (config.payfort.access_code, config.payfort.merchant_identifier):
        return codes.BAD_FORMAT
    if not REFERENCE.fullmatch(asked["merchant_reference"]) or asked["language"] not in {"en", "ar"}:
        return codes.BAD_FORMAT
    if not matches(asked, config.payfort.request_phrase, config.payfort.sha_type):
        return codes.BAD_SIGNATURE
    return ""


def _read(body: bytes) -> dict[str, str]:
    try:
        return msgspec.json.decode(body, type=dict[str, str])
    except msgspec.MsgspecError:
        return {}
