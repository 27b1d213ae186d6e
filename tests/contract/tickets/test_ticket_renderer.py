"""Contract of TicketRenderer."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from PIL import Image
from tests.builders_tickets import a_sheet

from muvi.adapters.memory.tickets import MemoryTicketRenderer
from muvi.adapters.tickets.png import PillowTicketRenderer
from muvi.domain.shared.text import Language
from muvi.ports.tickets import QrTooLong, TicketRenderer


@pytest.fixture(params=[MemoryTicketRenderer, PillowTicketRenderer], ids=["memory", "pillow"])
def renderer(request: pytest.FixtureRequest) -> TicketRenderer:
    made: TicketRenderer = request.param()
    return made


def size_of(png: bytes) -> tuple[int, int]:
    with Image.open(io.BytesIO(png)) as picture:
        picture.load()
        assert picture.format == "PNG"
        return picture.size


@pytest.mark.parametrize("language", Language)
async def test_a_sheet_is_1080_wide_and_grows_with_its_seats(
    renderer: TicketRenderer, language: Language
) -> None:
    sizes = [size_of(await renderer.render(a_sheet(seats, language=language))) for seats in (1, 2, 3, 10)]

    assert {width for width, _ in sizes} == {1080}
    assert [height for _, height in sizes] == sorted({height for _, height in sizes})


async def test_the_same_sheet_gives_the_same_bytes(renderer: TicketRenderer) -> None:
    assert await renderer.render(a_sheet()) == await renderer.render(a_sheet())


@pytest.mark.parametrize(
    "changes",
    [{"language": Language.AR}, {"order_code": "OTHER"}, {"experiences": ()}],
    ids=lambda it: next(iter(it)),
)
async def test_another_sheet_gives_other_bytes(renderer: TicketRenderer, changes: dict[str, object]) -> None:
    assert await renderer.render(a_sheet()) != await renderer.render(a_sheet(**changes))


async def test_a_sheet_without_seats_is_refused(renderer: TicketRenderer) -> None:
    with pytest.raises(ValueError, match="at least one seat"):
        await renderer.render(a_sheet(0))


async def test_a_code_that_fits_no_picture_is_refused(renderer: TicketRenderer) -> None:
    sheet = a_sheet(1)

    with pytest.raises(QrTooLong):
        await renderer.render(replace(sheet, tax_qr="A" * 4297))
    with pytest.raises(QrTooLong):
        await renderer.render(replace(sheet, seats=(replace(sheet.seats[0], token="A" * 4297),)))
