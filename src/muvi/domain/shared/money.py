"""Money: integer minor units with a currency; never a float."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from typing_extensions import override

EXPONENTS = {"SAR": 2, "AED": 2, "USD": 2, "KWD": 3, "BHD": 3, "OMR": 3, "JOD": 3}
VAT_PERCENT = 15


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount in minor units (halalas for SAR) of one currency.

    Raises `ValueError` for an unknown currency and when two currencies meet.
    """

    minor: int
    currency: str = "SAR"

    def __post_init__(self) -> None:
        if self.currency not in EXPONENTS:
            raise ValueError(f"unknown currency {self.currency!r}")

    @property
    def exponent(self) -> int:
        """Digits after the decimal point in major units."""
        return EXPONENTS[self.currency]

    @property
    def major(self) -> Decimal:
        """The exact amount in major units."""
        return Decimal(self.minor).scaleb(-self.exponent)

    @classmethod
    def from_major(cls, amount: Decimal | str, currency: str = "SAR") -> Money:
        """Read a decimal amount; raises `ValueError` when it has more digits than the currency."""
        exact = Decimal(amount).scaleb(EXPONENTS[currency])
        if exact != exact.to_integral_value():
            raise ValueError(f"{amount} has more digits than {currency} allows")
        return cls(int(exact), currency)

    def __add__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.minor - other.minor, self.currency)

    def _same(self, other: Money) -> None:
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not add up")

    @override
    def __str__(self) -> str:
        return f"{self.major:.{self.exponent}f} {self.currency}"


def inclusive_vat_minor(total_minor: int, percent: int = VAT_PERCENT) -> int:
    """The VAT contained in an inclusive amount, rounded half up, in minor units."""
    exact = Decimal(total_minor * percent) / Decimal(100 + percent)
    return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))
