"""What a confirmation says, in memory and read from the tables of an order."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncEngine
from tests.builders_notifications import ORDER, a_confirmation

from muvi.adapters.db.confirmations import SqlConfirmationViews
from muvi.adapters.db.tables.catalog import films
from muvi.adapters.db.tables.identity import users
from muvi.adapters.db.tables.orders import order_lines, orders
from muvi.adapters.db.tables.showtimes import showtimes
from muvi.adapters.db.tables.venues import cinemas, screens
from muvi.adapters.memory.notifications import MemoryConfirmationViews
from muvi.domain.shared.ids import to_wire
from muvi.domain.shared.text import Language
from muvi.ports.notifications.confirmations import ConfirmationView, ConfirmationViews

AT = datetime(2026, 1, 16, 21, 15, tzinfo=UTC)
STAMPS = {"created_at": AT, "updated_at": AT}
OWNER, SHOWTIME, CINEMA, FILM, SCREEN = (UUID(int=number) for number in range(1, 6))


def link(order_id: UUID, language: Language) -> str:
    return f"https://muvi.example/{order_id.int}?lang={language}"


EXPECTED = a_confirmation(code=to_wire(ORDER)[-10:], ticket_url=link(ORDER, Language.EN))

PLACE = (
    (
        cinemas,
        {
            "id": CINEMA,
            "unique_name": "the-park",
            "name_en": EXPECTED.cinema.en,
            "name_ar": EXPECTED.cinema.ar,
            "currency": "SAR",
            "source_zone": "Arab Standard Time",
            "time_zone": EXPECTED.time_zone,
            "box_office_id": "0001",
            **STAMPS,
        },
    ),
    (
        screens,
        {
            "id": SCREEN,
            "cinema_id": CINEMA,
            "number": 4,
            "name_en": EXPECTED.screen.en,
            "name_ar": EXPECTED.screen.ar,
            **STAMPS,
        },
    ),
    (
        films,
        {
            "id": FILM,
            "unique_name": "the-last-voyage",
            "title_en": EXPECTED.film.en,
            "title_ar": EXPECTED.film.ar,
            "box_office_id": "HO1",
            **STAMPS,
        },
    ),
    (
        showtimes,
        {
            "id": SHOWTIME,
            "box_office_id": "0001-77",
            "box_office_number": "77",
            "cinema_id": CINEMA,
            "film_id": FILM,
            "screen_id": SCREEN,
            "starts_at": AT,
            "business_date": AT.date(),
            "seats_available": 10,
            "sold_out": False,
            "on_sale": True,
            **STAMPS,
        },
    ),
    (
        users,
        {
            "id": OWNER,
            "phone": "+966512345678",
            "first_name": "Known",
            "email": "known@example.com",
            "created_at": AT,
        },
    ),
)


def an_order() -> dict[str, object]:
    return {
        "id": ORDER,
        "owner_id": OWNER,
        "showtime_id": SHOWTIME,
        "cinema_id": CINEMA,
        "platform": "website",
        "currency": "SAR",
        "language": "en",
        "status": "CONFIRMED",
        "total_minor": 10_950,
        "vat_minor": 1_428,
        "created_at": AT,
        "expires_at": AT,
        "buyer_name": "Noura",
        "buyer_email": "noura@example.com",
    }


def a_line(position: int, label: str | None) -> dict[str, object]:
    return {
        "id": UUID(int=100 + position),
        "order_id": ORDER,
        "position": position,
        "kind": "TICKET" if label else "BOOKING_FEE",
        "name_en": "Adult",
        "name_ar": "بالغ",
        "seat_label": label,
        "price_minor": 3650,
        "vat_minor": 476,
    }


@pytest.fixture
async def stored(clean_database: AsyncEngine) -> AsyncEngine:
    lines = [a_line(0, "F7"), a_line(1, "F8"), a_line(2, None)]
    async with clean_database.begin() as connection:
        for table, row in PLACE:
            await connection.execute(insert(table).values(row))
        await connection.execute(insert(orders).values(an_order()))
        await connection.execute(insert(order_lines), lines)
    return clean_database


@pytest.fixture(params=["memory", "postgres"])
def views(request: pytest.FixtureRequest) -> ConfirmationViews:
    if request.param == "memory":
        return MemoryConfirmationViews(EXPECTED)
    return SqlConfirmationViews(request.getfixturevalue("stored"), link)


async def test_a_confirmed_order_is_ready_to_be_told(views: ConfirmationViews) -> None:
    assert await views.of(ORDER) == EXPECTED


async def test_an_unknown_order(views: ConfirmationViews) -> None:
    assert await views.of(UUID(int=99)) is None


async def changed(engine: AsyncEngine, **values: object) -> ConfirmationView | None:
    async with engine.begin() as connection:
        await connection.execute(update(orders).values(values))
    return await SqlConfirmationViews(engine, link).of(ORDER)


async def test_an_order_that_is_no_longer_confirmed_is_not_told(stored: AsyncEngine) -> None:
    assert await changed(stored, status="CANCELLED") is None


async def test_without_an_address_of_its_own_the_order_has_that_of_its_owner(stored: AsyncEngine) -> None:
    view = await changed(stored, buyer_email="", buyer_name="")
    assert (view.email, view.buyer_name) == ("known@example.com", "Known")


async def test_an_owner_who_is_gone(stored: AsyncEngine) -> None:
    view = await changed(stored, buyer_email="", buyer_name="", owner_id=UUID(int=98))
    assert (view.email, view.buyer_name) == ("", "")
