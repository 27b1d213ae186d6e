"""Card tokens: a browser posts a card to the page host under the merchant's signature, the merchant gets a
name for it and charges that name through the payment API.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from muvi_sandbox.cards import Card, CardFlaw
from muvi_sandbox.config import SandboxConfig
from muvi_sandbox.payfort import codes
from muvi_sandbox.payfort.answers import Answers
from muvi_sandbox.payfort.api import AMOUNT, COMMON, request_flaw
from muvi_sandbox.payfort.book import SYSTEM, Book
from muvi_sandbox.payfort.settings import Knobs
from muvi_sandbox.payfort.till import Till
from muvi_sandbox.truth import Truth

UNSIGNED = frozenset(
    {"card_number", "expiry_date", "card_security_code", "card_holder_name", "remember_me", "signature"}
)
"""Fields of a tokenization that its signature leaves out: the merchant never sees them."""
_FORM = (COMMON - {"signature"}) | {"service_command", "return_url", "currency", "token_name"}
_FORM_NEEDED = COMMON | {"service_command"}
_CARD_NEEDED = ("card_number", "expiry_date", "card_security_code")
_PURCHASE = COMMON | {
    "command",
    "amount",
    "currency",
    "customer_email",
    "customer_ip",
    "customer_name",
    "phone_number",
    "token_name",
    "card_security_code",
    "return_url",
    "remember_me",
    "order_description",
    "eci",
}
_PURCHASE_NEEDED = COMMON | {"command", "amount", "currency", "customer_email", "customer_ip", "token_name"}
_FLAWS = {
    CardFlaw.NUMBER: codes.NO_CARD_TO_KEEP,
    CardFlaw.EXPIRED: codes.EXPIRED_CARD_TO_KEEP,
    CardFlaw.CVV: codes.NO_CARD_TO_KEEP,
}


@dataclass(slots=True)
class Token:
    """A card under another name. One without `kept` is good for a single charge."""

    card: Card
    kept: bool
    active: bool = True


class Tokens:
    """Makes tokens and charges them. They live in this process only: a card is written nowhere."""

    def __init__(
        self, config: SandboxConfig, truth: Truth, book: Book, knobs: Knobs, till: Till, answers: Answers
    ) -> None:
        self._config = config
        self._truth = truth
        self._book = book
        self._knobs = knobs
        self._till = till
        self._answers = answers
        self._tokens: dict[str, Token] = {}

    def made(self, asked: Mapping[str, str]) -> dict[str, str]:
        """Answer a tokenization: what the browser carries back, the card masked."""
        merchants = {name: value for name, value in asked.items() if name not in UNSIGNED}
        told = merchants | _masked(asked)
        flaw = self._flaw(asked, merchants)
        if flaw:
            return self._answers.coded(told, flaw)
        card = _card(asked)
        bad = card.flaw(self._book.clock.now())
        if bad:
            return self._answers.coded(told, _FLAWS[bad])
        name = asked.get("token_name") or secrets.token_hex(16)
        self._tokens[name] = Token(card, kept=asked.get("remember_me") == "YES")
        self._truth.record(
            SYSTEM, "token", merchant_reference=asked["merchant_reference"], card=told["card_number"]
        )
        return self._answers.coded(told, self._knobs.token_code, token_name=name, card_bin=card.number[:6])

    def charged(self, asked: dict[str, str]) -> dict[str, str]:
        """Answer PURCHASE with a token. A refused request leaves no payment behind."""
        flaw = request_flaw(asked, self._config, _PURCHASE, _PURCHASE_NEEDED)
        if flaw or not AMOUNT.fullmatch(asked["amount"]):
            return self._answers.coded(_without_code(asked), flaw or codes.BAD_FORMAT)
        told = _without_code(asked)
        if asked["merchant_reference"] in self._book.payments:
            return self._answers.coded(told, codes.REFERENCE_USED)
        token = self._tokens.get(asked["token_name"])
        if token is None or not token.active:
            return self._answers.coded(told, codes.BAD_FORMAT)
        token.active = token.kept
        opened = {name: value for name, value in told.items() if value and name != "signature"}
        self._till.opened(opened)
        payment = self._till.pay(asked["merchant_reference"], token.card)
        payment.tries = self._knobs.tries_on_page
        more = {}
        if payment.code == codes.TO_CHALLENGE:
            more["3ds_url"] = f"{self._config.url}/payfort/3ds/{payment.reference}"
        return self._answers.of_payment(payment, more=more)

    def deactivate(self, name: str) -> None:
        """Make a token inactive, as UPDATE_TOKEN does. Raises KeyError for one that was never made."""
        self._tokens[name].active = False

    def _flaw(self, asked: Mapping[str, str], merchants: Mapping[str, str]) -> str:
        if any(not asked.get(name) for name in _CARD_NEEDED):
            return codes.MISSING
        signed = {**merchants, "signature": asked.get("signature", "")}
        return request_flaw(signed, self._config, _FORM | {"signature"}, _FORM_NEEDED)


def _card(asked: Mapping[str, str]) -> Card:
    """The card of a form; `expiry_date` is YYMM."""
    expiry = asked["expiry_date"]
    return Card(
        number=asked["card_number"].replace(" ", ""),
        month=expiry[2:],
        year=f"20{expiry[:2]}",
        cvv=asked["card_security_code"],
        holder=asked.get("card_holder_name", ""),
    )


def _masked(asked: Mapping[str, str]) -> dict[str, str]:
    number = asked.get("card_number", "").replace(" ", "")
    shown = {"card_number": f"{number[:6]}******{number[-4:]}", "expiry_date": asked.get("expiry_date", "")}
    return shown | {name: asked[name] for name in ("card_holder_name", "remember_me") if asked.get(name)}


def _without_code(asked: Mapping[str, str]) -> dict[str, str]:
    """A security code is repeated to nobody."""
    return {name: value for name, value in asked.items() if name != "card_security_code"}
