"""Ticket images a second on one core, beside the machine's own ceiling.

The ceiling is what Pillow needs to encode a blank page of the same size and palette: no drawing can be
faster. Every image has fresh codes and tokens; films and cinemas repeat as they do in a chain.
"""

from __future__ import annotations

import io
import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from PIL import Image
from tests.builders_tickets import a_sheet, an_admission

from muvi.adapters.tickets.layout import draw
from muvi.adapters.tickets.qr import QrPictures
from muvi.adapters.tickets.signer import Ed25519TicketSigner, RandomTicketCodes
from muvi.domain.shared.text import Language, LocalizedText
from muvi.ports.tickets import TicketSheet

FILMS = [
    LocalizedText(f"Film Number {number}: The Return", f"الفيلم رقم {number}: العودة") for number in range(18)
]
CINEMAS = [LocalizedText(f"Cinema {number}, Riyadh", f"سينما {number}، الرياض") for number in range(20)]
SIZES = (1, 2, 4, 10)


@dataclass(frozen=True, slots=True)
class Drawn:
    """Images of one size of order; rates per second of processor time."""

    seats: int
    per_s: float
    blank_per_s: float
    kilobytes: int


def sheets(seats: int) -> Iterator[TicketSheet]:
    """Orders as a chain makes them: other codes each time, both languages in turn."""
    signer, codes = Ed25519TicketSigner.from_setting("00" * 32), RandomTicketCodes()
    for number in itertools.count():
        sheet = a_sheet(
            seats,
            film=FILMS[number % len(FILMS)],
            cinema=CINEMAS[number % len(CINEMAS)],
            language=Language.AR if number % 2 else Language.EN,
            order_code=codes.new(),
            booking_reference=codes.new()[:7],
        )
        fresh = []
        for seat in sheet.seats:
            code = codes.new()
            fresh.append(
                replace(seat, code=code, token=signer.sign(an_admission(seat=seat.label, code=code)))
            )
        yield replace(sheet, seats=tuple(fresh))


def rate(work: Callable[[], object], seconds: float) -> float:
    """Calls a second of processor time, after a short warm-up."""
    for _ in range(len(FILMS) * 2):
        work()
    count, begun = 0, time.process_time()
    while time.process_time() - begun < seconds:
        work()
        count += 1
    return count / (time.process_time() - begun)


def images(seats: int, seconds: float) -> Drawn:
    """Draw orders of one size."""
    made = sheets(seats)
    png = draw(next(made))
    return Drawn(
        seats=seats,
        per_s=rate(lambda: draw(next(made)), seconds),
        blank_per_s=rate(_blank(png), seconds / 2),
        kilobytes=len(png) // 1000,
    )


def qr_pictures_per_s(seconds: float) -> float:
    """The pictures that an order's answer carries, one for each seat."""
    codes, pictures = RandomTicketCodes(), QrPictures()
    return rate(lambda: pictures.data_uri("M1" + codes.new() * 18), seconds)


def _blank(png: bytes) -> Callable[[], object]:
    """Encode a page of the same size and palette that shows nothing."""
    with Image.open(io.BytesIO(png)) as drawn:
        page, palette = Image.new("P", drawn.size, 0), drawn.getpalette()
    page.putpalette(palette or [])
    return lambda: page.save(io.BytesIO(), "PNG", compress_level=3)
