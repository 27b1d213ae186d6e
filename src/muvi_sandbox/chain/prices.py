"""Ticket types and what they cost. Prices are halalas with 15 % VAT inside."""

from typing import NamedTuple

from muvi_sandbox.chain.films import Text
from muvi_sandbox.chain.halls import RECLINERS, SOFAS, STANDARD_SEATS, VIP_SEATS, Category

VAT_PERCENT = 15
EVERYWHERE = ("CELL", "KIOSK", "POS", "WWW")
AT_THE_CINEMA = ("KIOSK", "POS")


class TicketType(NamedTuple):
    """A sellable kind, only for seats of its category. A package stands for `seats` seats of `part`."""

    code: str
    category: Category
    title: Text
    price: int
    channels: tuple[str, ...] = EVERYWHERE
    child: bool = False
    seats: int = 1
    part: str = ""


# Order matters: the first type of a category is the plain adult one.
TICKET_TYPES = (
    TicketType("0022", STANDARD_SEATS, Text("Adult", "بالغ"), 5500),
    TicketType("0023", STANDARD_SEATS, Text("Child", "طفل"), 4250, child=True),
    TicketType("0024", STANDARD_SEATS, Text("Student", "طالب"), 4750),
    TicketType("0025", STANDARD_SEATS, Text("Senior", "كبار السن"), 4000, channels=AT_THE_CINEMA),
    TicketType("0031", VIP_SEATS, Text("Adult VIP", "بالغ - كبار الشخصيات"), 8500),
    TicketType("0032", VIP_SEATS, Text("Child VIP", "طفل - كبار الشخصيات"), 7250, child=True),
    TicketType("0033", VIP_SEATS, Text("Student VIP", "طالب - كبار الشخصيات"), 7750),
    TicketType("0041", SOFAS, Text("Sofa seat", "مقعد أريكة"), 7500),
    TicketType("0042", SOFAS, Text("Sofa for two", "أريكة لشخصين"), 14000, seats=2, part="0041"),
    TicketType("0051", RECLINERS, Text("Adult Suites", "بالغ - الأجنحة"), 12500),
    TicketType("0052", RECLINERS, Text("Student Suites", "طالب - الأجنحة"), 11250),
)
BY_CODE = {ticket_type.code: ticket_type for ticket_type in TICKET_TYPES}


def vat_within(amount: int) -> int:
    """Return the VAT inside an amount, rounded half up."""
    return (amount * VAT_PERCENT * 2 + (100 + VAT_PERCENT)) // (2 * (100 + VAT_PERCENT))


def vat_shares(amounts: list[int]) -> list[int]:
    """Spread the VAT of a sum over its lines so that the shares add up to it.

    Each line gets what the running total adds, so two equal tickets of 5,500 carry 717 and 718.
    """
    shares: list[int] = []
    total = given = 0
    for amount in amounts:
        total += amount
        shares.append(vat_within(total) - given)
        given += shares[-1]
    return shares
