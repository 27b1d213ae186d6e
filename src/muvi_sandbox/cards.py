"""Test cards, the same at every gateway: which brand a number is, and which ones have a story."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

DECLINED = "4000000000000002"
NO_FUNDS = "4000000000009995"
CHALLENGED = "4000000000003220"
REVIEWED = "4000000000009235"
UNCERTAIN = "4000000000000119"
SLOW = "4000000000000077"
# A few ranges of the national scheme; its cards are co-badged, so the first digit does not tell them apart.
_MADA = ("440647", "440795", "446404", "588845", "588846", "588848", "588850", "968201", "968205", "968208")


class CardFlaw(Enum):
    """Why a card cannot be charged at all."""

    NUMBER = 1
    EXPIRED = 2
    CVV = 3


@dataclass(frozen=True, slots=True)
class Card:
    """What the shopper typed, digits only; the year has four."""

    number: str
    month: str
    year: str
    cvv: str
    holder: str

    @property
    def brand(self) -> str:
        """MADA, VISA, MASTER or AMEX; empty when the gateway does not know the range."""
        if self.number.startswith(_MADA):
            return "MADA"
        if self.number.startswith(("34", "37")):
            return "AMEX"
        return {"4": "VISA", "5": "MASTER", "2": "MASTER"}.get(self.number[:1], "")

    def flaw(self, now: datetime) -> CardFlaw | None:
        """Tell what is wrong with it, None when it can be charged."""
        if not self.brand or not _luhn(self.number):
            return CardFlaw.NUMBER
        if not (self.month.isdigit() and self.year.isdigit() and 1 <= int(self.month) <= 12):  # noqa: PLR2004
            return CardFlaw.EXPIRED
        if (int(self.year), int(self.month)) < (now.year, now.month):
            return CardFlaw.EXPIRED
        if not (self.cvv.isdigit() and len(self.cvv) in {3, 4}):
            return CardFlaw.CVV
        return None


def read_card(fields: dict[str, str]) -> Card:
    """Read what a form or a test posted; spaces, dashes and a year of two digits are fine."""
    number = "".join(character for character in fields.get("card_number", "") if character.isdigit())
    year = fields.get("expiry_year", "").strip()
    return Card(
        number=number,
        month=fields.get("expiry_month", "").strip(),
        year=f"20{year}" if len(year) == 2 else year,  # noqa: PLR2004 - YY
        cvv=fields.get("cvv", "").strip(),
        holder=fields.get("card_holder", "").strip() or "Card Holder",
    )


def _luhn(number: str) -> bool:
    if not 12 <= len(number) <= 19:  # noqa: PLR2004 - lengths that cards have
        return False
    digits = [int(digit) for digit in reversed(number)]
    doubled = (sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0
