"""The shopper's routes: the card form posts here, and the bank's challenge page."""

from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import Any

import msgspec
from jinja2 import Environment, FileSystemLoader
from litestar import Request, get, post

from muvi_sandbox.faults import Faults, Reply
from muvi_sandbox.hyperpay import answers
from muvi_sandbox.hyperpay.api import read_form
from muvi_sandbox.hyperpay.book import SYSTEM
from muvi_sandbox.hyperpay.cards import read_card
from muvi_sandbox.hyperpay.till import Refusal, Till
from muvi_sandbox.reply import VendorResponse

Call = Request[Any, Any, Any]
_templates = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True)
_HTML = "text/html"
_REQUIRED = ("card_number", "expiry_month", "expiry_year", "cvv")


class Shopper:
    """Turns what a browser or a test posts into payments and redirects."""

    def __init__(self, faults: Faults, till: Till) -> None:
        self._faults = faults
        self._till = till

    def handlers(self) -> list[Any]:
        """Return the routes."""

        @post("/shopper/{checkout_id:str}", status_code=303)
        async def pay(request: Call) -> VendorResponse:
            key, fields = str(request.path_params["checkout_id"]), await _fields(request)
            return await self._run(request, "shopper", key, lambda: self._pay(key, fields))

        @get("/3ds/{checkout_id:str}")
        async def challenge(request: Call) -> VendorResponse:
            key, fields = str(request.path_params["checkout_id"]), dict(request.query_params)
            return await self._run(request, "3ds", key, lambda: self._challenge(key, fields))

        @post("/3ds/{checkout_id:str}", status_code=303)
        async def respond(request: Call) -> VendorResponse:
            key, fields = str(request.path_params["checkout_id"]), await _fields(request)
            return await self._run(request, "3ds", key, lambda: self._challenge(key, fields))

        return [pay, challenge, respond]

    async def _run(self, request: Call, call: str, key: str, work: Callable[[], Reply]) -> VendorResponse:
        html = "text/html" in request.headers.get("accept", "")

        def guarded() -> Reply:
            try:
                return work()
            except Refusal as refusal:
                return _refused(refusal, html=html)

        return await self._faults.apply(SYSTEM, call, guarded, key=key)

    def _pay(self, checkout_id: str, fields: dict[str, str]) -> Reply:
        if missing := [name for name in _REQUIRED if not fields.get(name)]:
            raise Refusal(f"missing: {', '.join(missing)}")
        address = fields.get("shopper_result_url", "")
        target = self._till.pay(checkout_id, read_card(fields), address)
        if target.startswith("/hyperpay/3ds/") and fields.get("locale") == "ar":
            target += "?lang=ar"
        return _see(target)

    def _challenge(self, checkout_id: str, fields: dict[str, str]) -> Reply:
        result = fields.get("result", "")
        if result in {"Y", "N"}:
            return _see(self._till.answer_challenge(checkout_id, accepted=result == "Y"))
        if result:
            raise Refusal("result must be Y or N")
        row = self._till.challenged(checkout_id)
        page = _templates.get_template("challenge.html").render(
            arabic=fields.get("lang") == "ar",
            amount=answers.amount(row.amount_minor),
            currency=row.currency,
            card=row.card,
            brand=row.brand,
            open=row.pending,
        )
        return Reply(200, page, {"cache-control": "no-store"}, _HTML)


async def _fields(request: Call) -> dict[str, str]:
    """Read a form or a JSON object of texts."""
    if "json" not in request.headers.get("content-type", ""):
        return await read_form(request)
    try:
        return msgspec.json.decode(await request.body(), type=dict[str, str])
    except msgspec.MsgspecError:
        return {}


def _see(target: str) -> Reply:
    return Reply(HTTPStatus.SEE_OTHER, b"", {"location": target, "cache-control": "no-store"}, "text/plain")


def _refused(refusal: Refusal, *, html: bool) -> Reply:
    if html:
        return Reply(400, _templates.get_template("notice.html").render(reason=refusal.reason), {}, _HTML)
    return Reply(400, {"error": refusal.reason})
