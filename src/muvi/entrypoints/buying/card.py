"""What can be said of a card's number without asking anybody."""

from __future__ import annotations

LENGTHS = range(12, 20)


def could_be_a_card(number: str) -> bool:
    """Whether it has a card's length and its last digit checks the others (ISO/IEC 7812, by Luhn)."""
    if not (number.isascii() and number.isdecimal() and len(number) in LENGTHS):
        return False
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in number[-2::-2])
    return (sum(map(int, number[-1::-2])) + sum(doubled)) % 10 == 0
