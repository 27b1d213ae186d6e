"""The shopper's side: paying a checkout with a card, and the bank's challenge."""

from datetime import timedelta
from urllib.parse import urlencode, urlsplit

from muvi_sandbox import cards
from muvi_sandbox.cards import Card
from muvi_sandbox.config import SandboxConfig
from muvi_sandbox.hyperpay import codes
from muvi_sandbox.hyperpay.book import Book, Checkout, Transaction
from muvi_sandbox.hyperpay.cards import FLAWS, OUTCOMES, shown
from muvi_sandbox.hyperpay.settings import Knobs
from muvi_sandbox.hyperpay.webhooks import Webhooks
from muvi_sandbox.shoppers import Refusal


class Till:
    """Charges cards and tells the merchant through the webhooks."""

    def __init__(self, config: SandboxConfig, book: Book, knobs: Knobs, webhooks: Webhooks) -> None:
        self._config = config
        self._book = book
        self._knobs = knobs
        self._webhooks = webhooks

    def payable(self, checkout_id: str) -> Checkout:
        """Return a checkout that lives and is unpaid. Raises Refusal."""
        checkout = self._book.checkouts.get(checkout_id)
        if checkout is None or self.expired(checkout):
            raise Refusal("No payment session found for the requested id")
        if self._closed(checkout):
            raise Refusal("This payment session was paid already")
        return checkout

    def _closed(self, checkout: Checkout) -> bool:
        """Tell whether it was paid, and whether that ends it."""
        return checkout.paid and self._knobs.paid_once

    def expired(self, checkout: Checkout) -> bool:
        """Tell whether the half hour is over."""
        return self._book.clock.now() - checkout.at >= timedelta(seconds=self._knobs.checkout_life_s)

    def pay(self, checkout_id: str, card: Card, address: str) -> str:
        """Charge a card and return where the browser goes next. Raises Refusal.

        The result address may be given once only: here by the form, or at the creation of the checkout. Given
        twice, the payment never runs.
        """
        checkout = self.payable(checkout_id)
        if checkout.result_address and address:
            raise Refusal("shopperResultUrl was given twice; the payment was not run")
        target = checkout.result_address or address
        if urlsplit(target).scheme not in {"http", "https"} or not urlsplit(target).netloc:
            raise Refusal("shopper_result_url must be an absolute http address")
        charged = self._charge(checkout, card, target)
        self._webhooks.about_return(target)
        if charged.settles_code and card.number == cards.CHALLENGED:
            return f"/hyperpay/3ds/{checkout.id}"
        return back(target, checkout.id)

    def challenged(self, checkout_id: str) -> Transaction:
        """Return the transaction whose challenge was last begun. Raises Refusal when there is none."""
        checkout = self._book.checkouts.get(checkout_id)
        for row in reversed(checkout.tries if checkout else ()):
            if row.return_address:
                self.ripened(row)
                return row
        raise Refusal("No authentication is open for this payment")

    def answer_challenge(self, checkout_id: str, *, accepted: bool) -> str:
        """Settle a challenge and return where the browser goes; a second answer is void. Raises Refusal."""
        row = self.challenged(checkout_id)
        if row.pending:
            checkout = self._book.checkouts[checkout_id]
            self._authenticated(row, "000.000.000" if accepted else codes.AUTHENTICATION_FAILED)
            code = self._success() if accepted else codes.AUTHENTICATION_FAILED
            self.settle(row, codes.TIMED_OUT_PENDING if accepted and self._closed(checkout) else code)
        return back(row.return_address, checkout_id)

    def settle(self, row: Transaction, code: str) -> None:
        """End a pending transaction and send word."""
        self._book.settle(row, code)
        self._webhooks.about(row)

    def ripened(self, row: Transaction) -> Transaction:
        """Settle a transaction whose time has come before somebody looks at it."""
        if self._book.ripen(row):
            self._webhooks.about(row)
        return row

    def _success(self) -> str:
        return self._knobs.force_code or self._knobs.success_code

    def _charge(self, checkout: Checkout, card: Card, target: str) -> Transaction:
        code = self._verdict(checkout, card)
        told, settles, wait_s = "", "", 0.0
        if code == codes.UNCERTAIN:
            code, told = self._knobs.success_code, codes.UNCERTAIN
        elif code == codes.PENDING and card.number == cards.CHALLENGED:
            settles, wait_s = codes.TIMED_OUT_PENDING, self._knobs.challenge_life_s
        elif code == codes.PENDING:
            settles, wait_s = self._knobs.success_code, self._knobs.pending_s
        row = self._book.add(
            entity=checkout.entity,
            kind=checkout.kind,
            brand=card.brand,
            amount_minor=checkout.amount_minor,
            currency=checkout.currency,
            reference=checkout.reference,
            code=code,
            checkout_id=checkout.id,
            card=shown(card),
            told_code=told,
            return_address=target if card.number == cards.CHALLENGED else "",
            settles_at=self._book.clock.now() + timedelta(seconds=wait_s) if settles else None,
            settles_code=settles,
        )
        if not settles:
            self._authenticated(row, "000.000.000")
        self._webhooks.about(row)
        if settles and card.number != cards.CHALLENGED:
            self._webhooks.later(wait_s, lambda: self.ripened(row))
        return row

    def _verdict(self, checkout: Checkout, card: Card) -> str:
        if flaw := card.flaw(self._book.clock.now()):
            return FLAWS[flaw]
        if self._not_offered(checkout, card.brand):
            return codes.NOT_CONFIGURED
        if self._knobs.whole_amounts_only and checkout.amount_minor % 100:
            return codes.DECLINED
        if card.number in {cards.CHALLENGED, cards.SLOW}:
            return codes.PENDING
        return self._knobs.force_code or OUTCOMES.get(card.number, self._knobs.success_code)

    def _not_offered(self, checkout: Checkout, brand: str) -> bool:
        """A mada card takes debits only; an entity of its own takes its brand only."""
        if brand == "MADA" and checkout.kind == "PA":
            return True
        own = {self._config.hyperpay_mada_entity: "MADA", self._config.hyperpay_applepay_entity: "APPLEPAY"}
        own.pop(self._config.hyperpay_entity, None)
        return own.get(checkout.entity, brand) != brand

    def _authenticated(self, row: Transaction, code: str) -> None:
        """Write the row of the 3-D Secure step, which the report mixes with the payments."""
        self._book.add(
            entity=row.entity,
            kind="3D",
            brand=row.brand,
            amount_minor=row.amount_minor,
            currency=row.currency,
            reference=row.reference,
            code=code,
            checkout_id=row.checkout_id,
        )


def back(address: str, checkout_id: str) -> str:
    """Add to the merchant's result address what the platform adds."""
    added = urlencode({"id": checkout_id, "resourcePath": f"/v1/checkouts/{checkout_id}/payment"})
    bare, _, fragment = address.partition("#")
    joined = f"{bare}{'&' if '?' in bare else '?'}{added}"
    return f"{joined}#{fragment}" if fragment else joined
