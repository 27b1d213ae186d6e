"""The gateway as the shell sees it: routes, knobs and acts."""

from typing import Any

from litestar import Router

from muvi_sandbox.acts import Acts, Facts, card_of, performed
from muvi_sandbox.config import SandboxConfig
from muvi_sandbox.faults import Faults
from muvi_sandbox.hyperpay import answers, codes
from muvi_sandbox.hyperpay.api import Api
from muvi_sandbox.hyperpay.book import Book, Transaction
from muvi_sandbox.hyperpay.desk import Desk
from muvi_sandbox.hyperpay.settings import Knobs
from muvi_sandbox.hyperpay.shopper import Shopper
from muvi_sandbox.hyperpay.till import Till
from muvi_sandbox.hyperpay.webhooks import Webhooks
from muvi_sandbox.knobs import BadControl
from muvi_sandbox.truth import Truth

_FORGERS_KEY = "ff" * 32


class HyperpaySandbox:
    """HyperPay: COPYandPAY, back office, report and webhooks."""

    def __init__(self, config: SandboxConfig, truth: Truth, faults: Faults) -> None:
        self.knobs = Knobs()
        self._book = Book(truth, config.clock)
        self._webhooks = Webhooks(config, truth, faults, self.knobs)
        self._till = Till(config, self._book, self.knobs, self._webhooks)
        desk = Desk(self._book, self.knobs, self._till, self._webhooks)
        self._api = Api(config, faults, self._book, self.knobs, self._till, desk)
        self._acts: Acts = {
            "pay": self._pay,
            "settle": self._settle,
            "webhook-test": self._test,
            "webhook-forged": self._forged,
            "webhook-malformed": self._malformed,
            "webhook-unknown": self._unknown,
            "webhook-resend": self._resend,
            "forget-throttle": self._forget_throttle,
        }
        self.router = Router(
            path="/hyperpay",
            route_handlers=[
                Router(path="/v1", route_handlers=self._api.handlers()),
                *Shopper(faults, self._till).handlers(),
            ],
        )

    def act(self, action: str, facts: Facts) -> dict[str, Any]:
        """Do what no merchant asked for; the name of the act says what. Raises BadControl."""
        return performed(self._acts, action, facts)

    async def stop(self) -> None:
        """Drop notifications that are not sent yet."""
        await self._webhooks.stop()

    def _pay(self, facts: Facts) -> dict[str, Any]:
        """`{checkout_id, card_number, ..., shopper_result_url}`: a shopper who pays and closes the tab."""
        address = str(facts.get("shopper_result_url") or "http://127.0.0.1/closed-tab")
        return {"next": self._till.pay(str(facts["checkout_id"]), card_of(facts), address)}

    def _settle(self, facts: Facts) -> dict[str, Any]:
        """`{id, code?}`: end a pending transaction now, with success unless a code is given."""
        row = self._row(facts)
        if not row.pending:
            raise BadControl(f"{row.id} is not pending")
        self._till.settle(row, str(facts.get("code") or self.knobs.success_code))
        return answers.transaction(row)

    def _test(self, _: Facts) -> dict[str, Any]:
        """The portal's test, which must be answered before webhooks become active."""
        self._webhooks.plain({"type": "test", "action": "webhook activation", "payload": {}})
        return {"status": "sent"}

    def _forged(self, facts: Facts) -> dict[str, Any]:
        """`{checkout_id}`: claim success for a checkout that nobody paid, under a foreign key."""
        checkout = self._book.checkouts.get(str(facts["checkout_id"]))
        if checkout is None:
            raise BadControl("no such checkout")
        claimed = Transaction(
            id="8ac7a4a1" + "0" * 24,
            entity=checkout.entity,
            kind=checkout.kind,
            brand="VISA",
            amount_minor=checkout.amount_minor,
            currency=checkout.currency,
            reference=checkout.reference,
            code=codes.SUCCESS,
            at=self._book.clock.now(),
            checkout_id=checkout.id,
        )
        self._webhooks.plain(self._webhooks.content(claimed), key=_FORGERS_KEY, about=claimed.id)
        return {"status": "sent"}

    def _malformed(self, facts: Facts) -> dict[str, Any]:
        """`{body?}`: bytes that are no notification."""
        self._webhooks.raw(str(facts.get("body", "not hex")).encode())
        return {"status": "sent"}

    def _unknown(self, facts: Facts) -> dict[str, Any]:
        """A genuine notification about a reference that the merchant never made."""
        reference = str(facts.get("merchantTransactionId", "00000000UNKNOWN0000000000"))
        payload = {
            "id": "8ac7a4a1" + "1" * 24,
            "paymentType": "DB",
            "paymentBrand": "VISA",
            "amount": "1.00",
            "currency": "SAR",
            "merchantTransactionId": reference,
            **answers.result(codes.SUCCESS, self._book.clock.now()),
        }
        self._webhooks.plain({"type": "PAYMENT", "payload": payload}, about=str(payload["id"]))
        return {"status": "sent"}

    def _resend(self, facts: Facts) -> dict[str, Any]:
        """`{id}` or `{checkout_id}`: notify of the transaction as it stands, even with webhooks off."""
        row = self._row(facts)
        self._webhooks.plain(self._webhooks.content(row), about=row.id)
        return answers.transaction(row)

    def _forget_throttle(self, _: Facts) -> dict[str, Any]:
        """Let every key be asked again."""
        self._api.throttle.clear()
        return {"status": "forgotten"}

    def _row(self, facts: Facts) -> Transaction:
        if "checkout_id" in facts:
            checkout = self._book.checkouts.get(str(facts["checkout_id"]))
            if checkout is None or not checkout.tries:
                raise BadControl("no transaction of this checkout")
            return checkout.tries[-1]
        row = self._book.transactions.get(str(facts["id"]))
        if row is None:
            raise BadControl("no such transaction")
        return row


def create(config: SandboxConfig, truth: Truth, faults: Faults) -> HyperpaySandbox:
    """Return the gateway with its routes."""
    return HyperpaySandbox(config, truth, faults)
