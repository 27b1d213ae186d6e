"""What HyperPay's connector says to the test cards."""

from muvi_sandbox import cards
from muvi_sandbox.cards import Card, CardFlaw
from muvi_sandbox.hyperpay import codes

OUTCOMES = {
    cards.DECLINED: codes.DECLINED,
    cards.NO_FUNDS: codes.NO_FUNDS,
    cards.REVIEWED: codes.REVIEW,
    cards.UNCERTAIN: codes.UNCERTAIN,
}
FLAWS = {
    CardFlaw.NUMBER: codes.BAD_CARD,
    CardFlaw.EXPIRED: codes.CARD_EXPIRED,
    CardFlaw.CVV: codes.BAD_CVV,
}


def shown(card: Card) -> dict[str, str]:
    """Return what the gateway shows of a card."""
    return {
        "bin": card.number[:6],
        "last4Digits": card.number[-4:],
        "holder": card.holder,
        "expiryMonth": card.month.zfill(2),
        "expiryYear": card.year,
    }
