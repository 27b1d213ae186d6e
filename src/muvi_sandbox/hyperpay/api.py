"""The merchant's side: `/hyperpay/v1`, server to server."""

import base64
import hashlib
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from litestar import get, post

from muvi_sandbox.config import SandboxConfig
from muvi_sandbox.faults import Faults, Reply
from muvi_sandbox.hyperpay import answers, codes
from muvi_sandbox.hyperpay.book import SYSTEM, Book, Checkout
from muvi_sandbox.hyperpay.desk import AMOUNT, Desk, minor
from muvi_sandbox.hyperpay.settings import Knobs
from muvi_sandbox.hyperpay.throttle import Throttle
from muvi_sandbox.hyperpay.till import Till
from muvi_sandbox.reply import VendorResponse, answer
from muvi_sandbox.shoppers import Call, Refusal, read_form

WIDGET = (Path(__file__).parent / "widget.js").read_bytes()
INTEGRITY = "sha384-" + base64.b64encode(hashlib.sha384(WIDGET).digest()).decode()
_CURRENCY = re.compile(r"[A-Z]{3}")
_CUSTOM = re.compile(r"customParameters\[([A-Za-z0-9._]{3,64})\]")
_REFERENCE_LENGTHS = range(8, 256)


class Api:
    """Reads requests and answers them from the book."""

    def __init__(
        self, config: SandboxConfig, faults: Faults, book: Book, knobs: Knobs, till: Till, desk: Desk
    ) -> None:
        self._config = config
        self._faults = faults
        self._book = book
        self._knobs = knobs
        self._till = till
        self._desk = desk
        self.throttle = Throttle()

    def handlers(self) -> list[Any]:
        """Return the routes."""
        return [*self._payment_routes(), *self._query_routes()]

    def _payment_routes(self) -> list[Any]:
        @post("/checkouts", status_code=200)
        async def checkouts(request: Call) -> VendorResponse:
            form = await read_form(request)
            key = form.get("merchantTransactionId", "")
            return await self._run(request, "checkouts", form, lambda: self._create(form), key)

        @get("/checkouts/{checkout_id:str}/payment")
        async def status(request: Call) -> VendorResponse:
            query, key = dict(request.query_params), str(request.path_params["checkout_id"])
            return await self._run(request, "checkouts/payment", query, lambda: self._status(key, query), key)

        @post("/payments/{payment_id:str}", status_code=200)
        async def operate(request: Call) -> VendorResponse:
            form, key = await read_form(request), str(request.path_params["payment_id"])
            call = f"payments/{form.get('paymentType', '')}"
            return await self._run(request, call, form, lambda: self._desk.operate(key, form), key)

        @get("/paymentWidgets.js")
        async def widget(request: Call) -> VendorResponse:
            key = str(request.query_params.get("checkoutId", ""))
            return await self._faults.apply(SYSTEM, "widget", lambda: self._widget(key), key=key)

        return [checkouts, status, operate, widget]

    def _query_routes(self) -> list[Any]:
        @get("/payments/{payment_id:str}")
        async def payment(request: Call) -> VendorResponse:
            query, key = dict(request.query_params), str(request.path_params["payment_id"])
            return await self._run(request, "payments", query, lambda: self._payment(key, query, 0.0), key)

        @get("/query/{payment_id:str}")
        async def query_one(request: Call) -> VendorResponse:
            query, key = dict(request.query_params), str(request.path_params["payment_id"])
            lag_s = self._knobs.report_lag_s
            return await self._run(request, "query", query, lambda: self._payment(key, query, lag_s), key)

        @get("/query")
        async def query_reference(request: Call) -> VendorResponse:
            query = dict(request.query_params)
            key = str(query.get("merchantTransactionId", ""))
            return await self._run(request, "query", query, lambda: self._report(key, query), key)

        return [payment, query_one, query_reference]

    async def _run(
        self, request: Call, call: str, fields: dict[str, str], work: Callable[[], Reply], key: str
    ) -> VendorResponse:
        """Check token and entity, then run under the control rules."""
        authorised = request.headers.get("authorization") == f"Bearer {self._config.hyperpay_token}"
        if not authorised or fields.get("entityId") not in self._config.hyperpay_entities:
            return answer(answers.refusal(codes.BAD_LOGIN, self._book.clock.now()))
        return await self._faults.apply(SYSTEM, call, work, key=key, coded=self._coded)

    def _coded(self, code: str) -> Reply:
        return answers.refusal(code, self._book.clock.now())

    def _create(self, form: dict[str, str]) -> Reply:
        now = self._book.clock.now()
        if flaws := _flaws(form):
            return answers.refusal(codes.NO_SESSION, now, *flaws)
        checkout = self._book.open(
            entity=form["entityId"],
            kind=form["paymentType"],
            amount_minor=minor(form["amount"]),
            currency=form["currency"],
            reference=form.get("merchantTransactionId", ""),
            result_address=form.get("shopperResultUrl", ""),
            custom={found[1]: value for name, value in form.items() if (found := _CUSTOM.fullmatch(name))},
            customer={
                name.removeprefix("customer."): value
                for name, value in form.items()
                if name.startswith("customer.")
            },
        )
        body = answers.result(codes.CREATED, now, ndc=checkout.id, id=checkout.id)
        if form.get("integrity") == "true":
            body["integrity"] = INTEGRITY
        return Reply(200, body)

    def _status(self, checkout_id: str, query: dict[str, str]) -> Reply:
        """Give a final result once. After that, or after half an hour, no session is found: paid or not."""
        now = self._book.clock.now()
        if not self.throttle.admits(f"status {checkout_id}", self._knobs.status_per_minute, now):
            return self._throttled()
        checkout = self._book.checkouts.get(checkout_id)
        if checkout is None or checkout.entity != query["entityId"] or self._till.expired(checkout):
            return answers.refusal(codes.NO_SESSION, now)
        if not checkout.tries:
            return Reply(200, answers.result(codes.CREATED, now, ndc=checkout.id, id=checkout.id))
        return self._last_result(checkout)

    def _last_result(self, checkout: Checkout) -> Reply:
        row = self._till.ripened(checkout.tries[-1])
        if row.fetched:
            return answers.refusal(codes.NO_SESSION, self._book.clock.now())
        row.fetched = not row.pending
        return answers.shown(row, row.told_code)

    def _payment(self, payment_id: str, query: dict[str, str], lag_s: float) -> Reply:
        now = self._book.clock.now()
        if not self.throttle.admits(f"payment {payment_id}", self._knobs.query_per_minute, now):
            return self._throttled()
        row = self._book.transactions.get(payment_id)
        if row is None or row.entity != query["entityId"]:
            return answers.refusal(codes.NO_TRANSACTION, now)
        self._till.ripened(row)
        if self._book.age(row) < timedelta(seconds=lag_s):
            return answers.refusal(codes.NO_TRANSACTION, now)
        return answers.shown(row)

    def _report(self, reference: str, query: dict[str, str]) -> Reply:
        now = self._book.clock.now()
        if not reference:
            return answers.refusal(codes.NO_SESSION, now, ("merchantTransactionId", "is required"))
        if not self.throttle.admits(f"reference {reference}", self._knobs.query_per_minute, now):
            return self._throttled()
        lag = timedelta(seconds=self._knobs.report_lag_s)
        rows = [self._till.ripened(row) for row in self._book.report(query["entityId"], reference)]
        rows = [row for row in rows if self._book.age(row) >= lag]
        return answers.report(rows, now) if rows else answers.refusal(codes.NO_TRANSACTION, now)

    def _throttled(self) -> Reply:
        if self._knobs.throttle_style == "bare":
            return Reply(429, b"", {"retry-after": "60"}, "text/plain")
        return answers.refusal(codes.THROTTLED, self._book.clock.now())

    def _widget(self, checkout_id: str) -> Reply:
        try:
            self._till.payable(checkout_id)
        except Refusal:
            return answers.refusal(codes.NO_SESSION, self._book.clock.now())
        headers = {"access-control-allow-origin": "*", "cache-control": "no-store"}
        return Reply(200, WIDGET, headers, "text/javascript")


def _flaws(form: dict[str, str]) -> list[tuple[str, str]]:
    """Return the parameters of a new checkout that the platform would not take."""
    flaws = []
    if not AMOUNT.fullmatch(form.get("amount", "")):
        flaws.append(("amount", "must be digits with two decimals"))
    if not _CURRENCY.fullmatch(form.get("currency", "")):
        flaws.append(("currency", "must be three letters"))
    if form.get("paymentType") not in {"DB", "PA"}:
        flaws.append(("paymentType", "must be DB or PA"))
    if len(form.get("merchantTransactionId", "-" * 8)) not in _REFERENCE_LENGTHS:
        flaws.append(("merchantTransactionId", "must have 8 to 255 characters"))
    return flaws
