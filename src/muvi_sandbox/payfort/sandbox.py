"""The gateway as the shell sees it: routes, knobs and acts."""

from typing import Any

from litestar import Router

from muvi_sandbox.acts import Acts, Facts, card_of, performed
from muvi_sandbox.config import SandboxConfig
from muvi_sandbox.faults import Faults
from muvi_sandbox.knobs import BadControl
from muvi_sandbox.payfort import codes
from muvi_sandbox.payfort.answers import Answers
from muvi_sandbox.payfort.api import Api
from muvi_sandbox.payfort.book import Book, Payment
from muvi_sandbox.payfort.page import Pages
from muvi_sandbox.payfort.settings import Knobs
from muvi_sandbox.payfort.till import Till
from muvi_sandbox.payfort.tokens import Tokens
from muvi_sandbox.payfort.webhooks import Webhooks
from muvi_sandbox.truth import Truth


class PayfortSandbox:
    """PayFort: hosted page, payment API, transaction feedback."""

    def __init__(self, config: SandboxConfig, truth: Truth, faults: Faults) -> None:
        self.knobs = Knobs()
        self._answers = Answers(config, self.knobs)
        self._book = Book(truth, config.clock)
        self._webhooks = Webhooks(config, truth, faults, self.knobs, self._answers)
        self._till = Till(self._book, self.knobs, self._webhooks)
        self._tokens = Tokens(config, truth, self._book, self.knobs, self._till, self._answers)
        api = Api(
            config,
            faults,
            self._book,
            self.knobs,
            self._till,
            self._webhooks,
            self._answers,
            self._tokens.charged,
        )
        self._acts: Acts = {
            "pay": self._pay,
            "settle": self._settle,
            "deactivate": self._deactivate,
            "webhook-forged": self._forged,
            "webhook-malformed": self._malformed,
            "webhook-unknown": self._unknown,
            "webhook-resend": self._resend,
        }
        pages = Pages(config, faults, self._till, self._answers, self._tokens)
        self.router = Router(path="/payfort", route_handlers=[*api.handlers(), *pages.handlers()])

    def act(self, action: str, facts: Facts) -> dict[str, Any]:
        """Do what no merchant asked for; the name of the act says what. Raises BadControl."""
        return performed(self._acts, action, facts)

    async def stop(self) -> None:
        """Drop notifications that are not sent yet."""
        await self._webhooks.stop()

    def _pay(self, facts: Facts) -> dict[str, Any]:
        """`{merchant_reference, card_number, ...}`: a shopper on the page who pays and closes the tab."""
        payment = self._till.pay(str(facts["merchant_reference"]), card_of(facts))
        return self._answers.of_payment(payment)

    def _settle(self, facts: Facts) -> dict[str, Any]:
        """`{merchant_reference, code?}`: end a pending payment now, with success unless a code is given."""
        payment = self._payment(facts)
        if not payment.pending:
            raise BadControl(f"{payment.reference} is not pending")
        self._till.settle(payment, str(facts.get("code") or codes.PURCHASED))
        return self._answers.of_payment(payment)

    def _deactivate(self, facts: Facts) -> dict[str, Any]:
        """`{token_name}`: the token is good for nothing from now on."""
        try:
            self._tokens.deactivate(str(facts["token_name"]))
        except KeyError as error:
            raise BadControl("no such token") from error
        return {"status": "inactive"}

    def _forged(self, facts: Facts) -> dict[str, Any]:
        """`{merchant_reference}`: claim success for a page that nobody paid, under a foreign phrase."""
        claimed = self._answers.of_payment(self._payment(facts), codes.PURCHASED, phrase="FORGED")
        self._webhooks.plain(claimed)
        return {"status": "sent"}

    def _malformed(self, facts: Facts) -> dict[str, Any]:
        """`{body?}`: bytes that are no feedback."""
        self._webhooks.raw(str(facts.get("body", "{not json")).encode())
        return {"status": "sent"}

    def _unknown(self, facts: Facts) -> dict[str, Any]:
        """Genuine feedback about a reference that the merchant never made."""
        asked = {"merchant_reference": str(facts.get("merchant_reference", "00000000UNKNOWN0000000000"))}
        more = {"command": "PURCHASE", "amount": "100", "currency": "SAR", "fort_id": "169900000000000000"}
        self._webhooks.plain(self._answers.coded(asked, codes.PURCHASED, **more))
        return {"status": "sent"}

    def _resend(self, facts: Facts) -> dict[str, Any]:
        """`{merchant_reference}`: tell of the payment as it stands, even with webhooks off."""
        told = self._answers.of_payment(self._payment(facts))
        self._webhooks.plain(told)
        return dict(told)

    def _payment(self, facts: Facts) -> Payment:
        payment = self._book.payments.get(str(facts["merchant_reference"]))
        if payment is None:
            raise BadControl("no such payment")
        return payment


def create(config: SandboxConfig, truth: Truth, faults: Faults) -> PayfortSandbox:
    """Return the gateway with its routes."""
    return PayfortSandbox(config, truth, faults)
