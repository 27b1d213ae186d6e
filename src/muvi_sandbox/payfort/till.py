"""The shopper's side: cards on the hosted page and the bank's challenge."""

from collections.abc import Mapping
from datetime import timedelta

from muvi_sandbox import cards
from muvi_sandbox.cards import Card, CardFlaw
from muvi_sandbox.payfort import codes
from muvi_sandbox.payfort.book import Book, Payment
from muvi_sandbox.payfort.settings import Knobs
from muvi_sandbox.payfort.webhooks import Webhooks
from muvi_sandbox.shoppers import Refusal

_OUTCOMES = {
    cards.DECLINED: codes.DECLINED,
    cards.NO_FUNDS: codes.NO_FUNDS,
    cards.UNCERTAIN: codes.UNCERTAIN,
    cards.CHALLENGED: codes.TO_CHALLENGE,
    cards.SLOW: codes.WAITING,
}
_FLAWS = {
    CardFlaw.NUMBER: codes.BAD_CARD,
    CardFlaw.EXPIRED: codes.CARD_EXPIRED,
    CardFlaw.CVV: codes.BAD_CARD,
}
_OVER = frozenset({codes.CANCELLED, codes.SESSION_OVER})
_BRANDS = {"MASTER": "MASTERCARD"}


class Till:
    """Charges cards and tells the merchant through the webhooks."""

    def __init__(self, book: Book, knobs: Knobs, webhooks: Webhooks) -> None:
        self._book = book
        self._knobs = knobs
        self._webhooks = webhooks

    def opened(self, asked: Mapping[str, str]) -> Payment | None:
        """The page of a reference, None when that reference was used: a card was given under it already."""
        payment = self._book.payments.get(asked["merchant_reference"])
        if payment is None:
            payment = self._book.open(asked)
            life = timedelta(seconds=self._knobs.page_life_s)
            payment.settles_at, payment.settles_code = payment.at + life, codes.SESSION_OVER
            return payment
        self.ripened(payment)
        again = self._takes_cards(payment) and not (payment.tries or self._knobs.reference_once)
        return payment if again else None

    def payable(self, reference: str) -> Payment:
        """Return a payment whose page still takes a card. Raises Refusal."""
        payment = self._book.payments.get(reference)
        if payment is None:
            raise Refusal("No such payment page")
        self.ripened(payment)
        if not self._takes_cards(payment):
            raise Refusal("This payment page takes no card any more")
        return payment

    def can_retry(self, payment: Payment) -> bool:
        """Tell whether the page shows its form again after a card that was refused."""
        return self._takes_cards(payment) and payment.tries > 0

    def pay(self, reference: str, card: Card) -> Payment:
        """Charge a card. Raises Refusal."""
        payment = self.payable(reference)
        payment.tries += 1
        payment.card = _shown(card)
        flaw = card.flaw(self._book.clock.now())
        code = _FLAWS[flaw] if flaw else self._code(card)
        if code == codes.UNCERTAIN:
            self._book.settle(payment, codes.PURCHASED, told=codes.UNCERTAIN)
        else:
            self._book.settle(payment, code)
        if code == codes.TO_CHALLENGE:
            self._settles(payment, self._knobs.challenge_life_s, codes.SESSION_OVER)
            return payment
        if code == codes.WAITING:
            self._settles(payment, self._knobs.pending_s, codes.PURCHASED)
            self._webhooks.later(self._knobs.pending_s, lambda: self.ripened(payment))
        self._webhooks.about(payment)
        return payment

    def challenged(self, reference: str) -> Payment:
        """Return the payment whose bank asks. Raises Refusal when none does."""
        payment = self._book.payments.get(reference)
        if payment is None or not payment.card:
            raise Refusal("No authentication is open for this payment")
        return self.ripened(payment)

    def answer_challenge(self, reference: str, *, accepted: bool) -> Payment:
        """Settle a challenge; a second answer is void. Raises Refusal."""
        payment = self.challenged(reference)
        if payment.code == codes.TO_CHALLENGE:
            paid = self._knobs.force_code or codes.PURCHASED
            self.settle(payment, paid if accepted else codes.AUTHENTICATION_FAILED)
        return payment

    def cancel(self, reference: str) -> Payment:
        """The shopper leaves the page by its own link. Raises Refusal."""
        payment = self.payable(reference)
        if not payment.tries:
            self.settle(payment, codes.CANCELLED)
        payment.tries = max(payment.tries, self._knobs.tries_on_page)
        return payment

    def settle(self, payment: Payment, code: str) -> None:
        """End a payment and send word."""
        self._book.settle(payment, code)
        self._webhooks.about(payment)

    def ripened(self, payment: Payment) -> Payment:
        """Settle a payment whose time has come before somebody looks at it."""
        if self._book.ripen(payment):
            self._webhooks.about(payment)
        return payment

    def _settles(self, payment: Payment, seconds: float, code: str) -> None:
        payment.settles_at = self._book.clock.now() + timedelta(seconds=seconds)
        payment.settles_code = code

    def _takes_cards(self, payment: Payment) -> bool:
        """Money ends a page, and so do a pending card, too many cards and time."""
        ended = payment.captured_minor or payment.pending or payment.code in _OVER
        return not ended and payment.tries < self._knobs.tries_on_page

    def _code(self, card: Card) -> str:
        return self._knobs.force_code or _OUTCOMES.get(card.number, codes.PURCHASED)


def _shown(card: Card) -> dict[str, str]:
    """What the gateway tells of a card."""
    return {
        "card_number": f"{card.number[:6]}******{card.number[-4:]}",
        "expiry_date": f"{card.year[-2:]}{card.month.zfill(2)}",
        "payment_option": _BRANDS.get(card.brand, card.brand or "VISA"),
    }
