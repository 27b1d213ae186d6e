"""Content to try the service with: loaded once, never over what staff wrote, never in production."""

import pytest
from tests.contract.catalog.conftest import Chain

from muvi.application.content.load_demo import DemoReport, LoadDemoContent
from muvi.domain.catalog.kinds import Kind
from muvi.domain.content.settings import ChainSettings
from muvi.domain.shared.errors import Forbidden
from muvi.domain.shared.text import LocalizedText
from muvi.entrypoints.commands.demo_content import command


def loader(chain: Chain, *, is_production: bool = False) -> LoadDemoContent:
    return LoadDemoContent(chain.store.begin, chain.clock, chain.ids, is_production)


async def test_everything_is_there_once(chain: Chain) -> None:
    assert await chain.store.content.settings() == ChainSettings()

    first = await loader(chain)(command())
    again = await loader(chain)(command())

    assert min(first.cities, first.banners, first.reasons, first.settings) >= 3
    assert again == DemoReport(cities=0, banners=0, reasons=0, settings=0)
    now = chain.clock.now()
    banners = await chain.store.content.banners(now=now)
    assert [one.id for one in banners] == sorted(one.id for one in banners)
    assert all(one.desktop_image.en.startswith("/static/") and one.title.ar for one in banners)
    reasons = await chain.store.content.cancellation_reasons(now=now)
    assert reasons[0].text == LocalizedText("My plans have changed", "تغيرت خططي")
    assert (await chain.store.content.settings()).app_store_url.startswith("https://")


async def test_cities_get_their_names_whichever_came_first(chain: Chain) -> None:
    await chain.sync(Kind.CINEMAS)
    known = (await chain.store.places.cities())[0]
    assert (known.name, known.latitude) == (LocalizedText("Riyadh", "Riyadh"), 24.7)

    await loader(chain)(command())

    named = (await chain.store.places.cities())[0]
    assert (named.id, named.name, named.latitude) == (known.id, LocalizedText("Riyadh", "الرياض"), 24.7136)
    assert (await chain.sync_one(Kind.CINEMAS)).changes.total == 0


async def test_a_setting_that_staff_chose_stays(chain: Chain) -> None:
    async with chain.store.begin() as tx:
        assert (
            await tx.content_seeds.put_settings({"max_seats": 6, "unheard_of": 1}, now=chain.clock.now()) == 2
        )
    async with chain.store.begin() as tx:
        assert await tx.content_seeds.put_settings({"max_seats": 8}, now=chain.clock.now()) == 0

    assert await chain.store.content.settings() == ChainSettings(max_seats=6)


async def test_never_in_production(chain: Chain) -> None:
    with pytest.raises(Forbidden):
        await loader(chain, is_production=True)(command())
    assert await chain.store.content.banners(now=chain.clock.now()) == ()
