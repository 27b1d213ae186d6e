"""The picture of an order's tickets: drawn once, kept, and never refused for want of a shelf."""

from uuid import UUID

import pytest
from tests.shop import Shop

from muvi.adapters.memory.storage import MemoryFiles
from muvi.adapters.memory.tickets import MemoryTicketRenderer
from muvi.application.tickets.show_ticket_image import ShowTicketImage, TicketsNotIssued
from muvi.domain.shared.text import Language
from muvi.domain.tickets.zatca import TaxSeller
from muvi.ports.errors import Unavailable
from muvi.ports.storage import FileKey

SELLER = TaxSeller("Muvi", "310122393500003")


class Shelf(MemoryFiles):
    """Fails as often as it is told to, then works."""

    failures = 0

    def fail(self) -> None:
        if self.failures:
            self.failures -= 1
            raise Unavailable("no", system="files")

    async def get(self, key: FileKey) -> bytes | None:
        self.fail()
        return await super().get(key)

    async def put(self, key: FileKey, content: bytes) -> None:
        self.fail()
        await super().put(key, content)


class Desk:
    """Somebody who opens the picture."""

    def __init__(self) -> None:
        self.shop, self.shelf, self.renderer = Shop(), Shelf(), MemoryTicketRenderer()
        self.show = ShowTicketImage(self.shop.views, self.shelf, self.renderer, SELLER)

    async def bought(self) -> UUID:
        order_id, attempt = await self.shop.at_the_gateway()
        await self.shop.paid(attempt)
        await self.shop.work()
        return order_id


@pytest.fixture
def desk() -> Desk:
    return Desk()


async def test_it_is_drawn_once_a_language_and_kept(desk: Desk) -> None:
    order_id = await desk.bought()
    shown = [await desk.show(order_id, Language.EN) for _ in range(3)]
    assert len(set(shown)) == desk.renderer.drawn == 1
    await desk.show(order_id, Language.AR)
    assert desk.renderer.drawn == len(desk.shelf.kept) == 2


async def test_while_the_shelf_fails_it_is_drawn_each_time(desk: Desk) -> None:
    order_id = await desk.bought()
    desk.shelf.failures = 4
    shown = [await desk.show(order_id, Language.EN) for _ in range(2)]
    assert (len(set(shown)), desk.renderer.drawn, desk.shelf.kept) == (1, 2, {})
    await desk.show(order_id, Language.EN)
    await desk.show(order_id, Language.EN)
    assert (desk.renderer.drawn, len(desk.shelf.kept)) == (3, 1)


async def test_nothing_is_drawn_for_what_was_not_bought(desk: Desk) -> None:
    order_id, _ = await desk.shop.at_the_gateway()
    for unknown in (order_id, UUID(int=5)):
        with pytest.raises(TicketsNotIssued):
            await desk.show(unknown, Language.EN)
    assert desk.renderer.drawn == 0
