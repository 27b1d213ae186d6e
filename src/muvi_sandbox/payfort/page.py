"""The hosted page: `/payfort/FortAPI/paymentPage` takes the merchant's form and sends the shopper back."""

from collections.abc import Callable, Mapping
from typing import Any

from litestar import get, post

from muvi_sandbox.cards import read_card
from muvi_sandbox.config import SandboxConfig
from muvi_sandbox.faults import Faults, Reply
from muvi_sandbox.payfort import codes
from muvi_sandbox.payfort.answers import Answers
from muvi_sandbox.payfort.api import AMOUNT, request_flaw
from muvi_sandbox.payfort.book import SYSTEM, Payment
from muvi_sandbox.payfort.till import Till
from muvi_sandbox.payfort.tokens import Tokens
from muvi_sandbox.reply import VendorResponse
from muvi_sandbox.shoppers import Call, Refusal, page, read_fields, refused, require_card, see, wants_page

_NEEDED = frozenset(
    {
        "command",
        "access_code",
        "merchant_identifier",
        "merchant_reference",
        "amount",
        "currency",
        "language",
        "customer_email",
        "signature",
    }
)
_KNOWN = _NEEDED | {
    "return_url",
    "payment_option",
    "token_name",
    "remember_me",
    "order_description",
    "customer_ip",
    "customer_name",
    "phone_number",
    "eci",
}
_BASE = "/payfort/page"


class Pages:
    """Turns what a browser or a test posts into payments, and payments into the way back.

    A test that does not accept HTML gets as JSON what a browser is made to post: `{"url", "fields"}`.
    """

    def __init__(
        self, config: SandboxConfig, faults: Faults, till: Till, answers: Answers, tokens: Tokens
    ) -> None:
        self._config = config
        self._faults = faults
        self._till = till
        self._answers = answers
        self._tokens = tokens

    def handlers(self) -> list[Any]:
        """Return the routes."""

        @post("/FortAPI/paymentPage", status_code=200)
        async def opened(request: Call) -> VendorResponse:
            fields = await read_fields(request)
            html = wants_page(request)
            key = fields.get("merchant_reference", "")
            if fields.get("service_command") == "TOKENIZATION":
                return await self._run(
                    "token", key, html=html, work=lambda: self._tokenize(fields, html=html)
                )
            return await self._run("page", key, html=html, work=lambda: self._open(fields, html=html))

        @get("/page/{reference:str}")
        async def shown(request: Call) -> VendorResponse:
            key = str(request.path_params["reference"])
            return await self._run("page", key, html=True, work=lambda: _form(self._till.payable(key)))

        @post("/page/{reference:str}", status_code=200)
        async def paid(request: Call) -> VendorResponse:
            key, fields = str(request.path_params["reference"]), await read_fields(request)
            html = wants_page(request)
            return await self._run("shopper", key, html=html, work=lambda: self._pay(key, fields, html=html))

        @post("/page/{reference:str}/cancel", status_code=200)
        async def cancelled(request: Call) -> VendorResponse:
            key, html = str(request.path_params["reference"]), wants_page(request)
            return await self._run(
                "shopper", key, html=html, work=lambda: self._back(self._till.cancel(key), html=html)
            )

        return [opened, shown, paid, cancelled, *self._challenge_routes()]

    def _challenge_routes(self) -> list[Any]:
        @get("/3ds/{reference:str}")
        async def challenge(request: Call) -> VendorResponse:
            key, html = str(request.path_params["reference"]), wants_page(request)
            return await self._run("3ds", key, html=html, work=lambda: self._challenge(key))

        @post("/3ds/{reference:str}", status_code=200)
        async def respond(request: Call) -> VendorResponse:
            key, fields = str(request.path_params["reference"]), await read_fields(request)
            html = wants_page(request)
            return await self._run("3ds", key, html=html, work=lambda: self._respond(key, fields, html=html))

        return [challenge, respond]

    async def _run(self, call: str, key: str, *, html: bool, work: Callable[[], Reply]) -> VendorResponse:
        def guarded() -> Reply:
            try:
                return work()
            except Refusal as refusal:
                return refused(refusal, html=html)

        return await self._faults.apply(SYSTEM, call, guarded, key=key)

    def _tokenize(self, asked: dict[str, str], *, html: bool) -> Reply:
        told = self._tokens.made(asked)
        target = asked.get("return_url", "") or self._config.payfort.return_url
        if told["response_code"] == codes.BAD_SIGNATURE:
            raise Refusal(f"{codes.BAD_SIGNATURE} {told['response_message']}")
        return _sent_back(target, told, html=html)

    def _open(self, asked: dict[str, str], *, html: bool) -> Reply:
        flaw = request_flaw(asked, self._config, _KNOWN, _NEEDED)
        if not flaw and (asked["command"] != "PURCHASE" or not AMOUNT.fullmatch(asked["amount"])):
            flaw = codes.BAD_FORMAT
        target = asked.get("return_url", "") or self._config.payfort.return_url
        if flaw:
            # the address of a form that proves nothing is not believed
            words = codes.message(flaw, asked.get("language", "en"))
            if flaw == codes.BAD_SIGNATURE or not target:
                raise Refusal(f"{flaw} {words}")
            return _sent_back(target, self._answers.coded(asked, flaw), html=html)
        fields = {name: value for name, value in asked.items() if name != "signature" and value}
        payment = self._till.opened(fields)
        if payment is None:
            return _sent_back(target, self._answers.coded(asked, codes.REFERENCE_USED), html=html)
        return see(f"{_BASE}/{payment.reference}")

    def _pay(self, reference: str, fields: dict[str, str], *, html: bool) -> Reply:
        require_card(fields)
        payment = self._till.pay(reference, read_card(fields))
        if payment.code == codes.TO_CHALLENGE:
            return see(f"/payfort/3ds/{reference}")
        if self._till.can_retry(payment):
            return _form(payment, declined=codes.message(payment.code, payment.language))
        return self._back(payment, html=html)

    def _challenge(self, reference: str) -> Reply:
        payment = self._till.challenged(reference)
        return page(
            "challenge.html",
            arabic=payment.language == "ar",
            amount=f"{payment.amount_minor // 100}.{payment.amount_minor % 100:02}",
            currency=payment.currency,
            card=f"{payment.card['payment_option']} •••• {payment.card['card_number'][-4:]}",
            open=payment.pending,
        )

    def _respond(self, reference: str, fields: Mapping[str, str], *, html: bool) -> Reply:
        if fields.get("result") not in {"Y", "N"}:
            raise Refusal("result must be Y or N")
        return self._back(self._till.answer_challenge(reference, accepted=fields["result"] == "Y"), html=html)

    def _back(self, payment: Payment, *, html: bool) -> Reply:
        target = payment.asked.get("return_url", "") or self._config.payfort.return_url
        return _sent_back(target, self._answers.of_payment(payment), html=html)


def _form(payment: Payment, declined: str = "") -> Reply:
    return page(
        "payfort/page.html",
        arabic=payment.language == "ar",
        amount=f"{payment.amount_minor // 100}.{payment.amount_minor % 100:02}",
        currency=payment.currency,
        action=f"{_BASE}/{payment.reference}",
        declined=declined,
    )


def _sent_back(target: str, fields: dict[str, str], *, html: bool) -> Reply:
    """The browser posts the signed fields to the merchant's return address."""
    if html:
        return page("payfort/return.html", url=target, fields=fields, arabic=fields.get("language") == "ar")
    return Reply(200, {"url": target, "fields": fields})
