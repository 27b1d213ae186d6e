"""The shopper's routes: the card form posts here, and the bank's challenge page."""

from collections.abc import Callable
from typing import Any

from litestar import get, post

from muvi_sandbox.cards import read_card
from muvi_sandbox.faults import Faults, Reply
from muvi_sandbox.hyperpay import answers
from muvi_sandbox.hyperpay.book import SYSTEM
from muvi_sandbox.hyperpay.till import Till
from muvi_sandbox.reply import VendorResponse
from muvi_sandbox.shoppers import Call, Refusal, page, read_fields, refused, require_card, see, wants_page


class Shopper:
    """Turns what a browser or a test posts into payments and redirects."""

    def __init__(self, faults: Faults, till: Till) -> None:
        self._faults = faults
        self._till = till

    def handlers(self) -> list[Any]:
        """Return the routes."""

        @post("/shopper/{checkout_id:str}", status_code=303)
        async def pay(request: Call) -> VendorResponse:
            key, fields = str(request.path_params["checkout_id"]), await read_fields(request)
            return await self._run(request, "shopper", key, lambda: self._pay(key, fields))

        @get("/3ds/{checkout_id:str}")
        async def challenge(request: Call) -> VendorResponse:
            key, fields = str(request.path_params["checkout_id"]), dict(request.query_params)
            return await self._run(request, "3ds", key, lambda: self._challenge(key, fields))

        @post("/3ds/{checkout_id:str}", status_code=303)
        async def respond(request: Call) -> VendorResponse:
            key, fields = str(request.path_params["checkout_id"]), await read_fields(request)
            return await self._run(request, "3ds", key, lambda: self._challenge(key, fields))

        return [pay, challenge, respond]

    async def _run(self, request: Call, call: str, key: str, work: Callable[[], Reply]) -> VendorResponse:
        def guarded() -> Reply:
            try:
                return work()
            except Refusal as refusal:
                return refused(refusal, html=wants_page(request))

        return await self._faults.apply(SYSTEM, call, guarded, key=key)

    def _pay(self, checkout_id: str, fields: dict[str, str]) -> Reply:
        require_card(fields)
        address = fields.get("shopper_result_url", "")
        target = self._till.pay(checkout_id, read_card(fields), address)
        if target.startswith("/hyperpay/3ds/") and fields.get("locale") == "ar":
            target += "?lang=ar"
        return see(target)

    def _challenge(self, checkout_id: str, fields: dict[str, str]) -> Reply:
        result = fields.get("result", "")
        if result in {"Y", "N"}:
            return see(self._till.answer_challenge(checkout_id, accepted=result == "Y"))
        if result:
            raise Refusal("result must be Y or N")
        row = self._till.challenged(checkout_id)
        return page(
            "challenge.html",
            arabic=fields.get("lang") == "ar",
            amount=answers.amount(row.amount_minor),
            currency=row.currency,
            card=f"{row.brand} •••• {(row.card or {}).get('last4Digits', '')}",
            open=row.pending,
        )
