"""`muvi demo-content`: what the box office does not have, to try the service with."""

from __future__ import annotations

import asyncio
from importlib.resources import files

import msgspec

from muvi.application.content.load_demo import CityText, DemoReport, LoadDemoCommand, LoadDemoContent
from muvi.domain.shared.actor import SYSTEM
from muvi.domain.shared.text import LocalizedText
from muvi.entrypoints.container import make_container
from muvi.entrypoints.settings import read_settings
from muvi.ports.content.content import DemoBanner


class _Text(msgspec.Struct, frozen=True):
    en: str
    ar: str

    def text(self) -> LocalizedText:
        return LocalizedText(self.en, self.ar)


class _City(msgspec.Struct, frozen=True):
    name: _Text
    latitude: float
    longitude: float


class _Banner(msgspec.Struct, frozen=True):
    key: str
    title: _Text
    desktop_image: str
    mobile_image: str
    link: str
    button: _Text


class _File(msgspec.Struct, frozen=True):
    cities: list[_City]
    banners: list[_Banner]
    cancellation_reasons: dict[str, _Text]
    settings: dict[str, object]


def command() -> LoadDemoCommand:
    """The content of the file in this package."""
    raw = files("muvi.entrypoints.commands").joinpath("demo_content.json").read_bytes()
    content = msgspec.json.decode(raw, type=_File)
    return LoadDemoCommand(
        actor=SYSTEM,
        cities=[CityText(one.name.text(), one.latitude, one.longitude) for one in content.cities],
        banners=[
            DemoBanner(
                key=one.key,
                title=one.title.text(),
                desktop_image=LocalizedText(one.desktop_image, one.desktop_image),
                mobile_image=LocalizedText(one.mobile_image, one.mobile_image),
                link=one.link,
                button=one.button.text(),
                position=position,
            )
            for position, one in enumerate(content.banners, start=1)
        ],
        reasons={key: text.text() for key, text in content.cancellation_reasons.items()},
        settings=content.settings,
    )


def run() -> DemoReport:
    """Load it. Raises `Forbidden` in production."""
    return asyncio.run(_load())


async def _load() -> DemoReport:
    container = make_container(read_settings())
    try:
        async with container() as scope:
            return await (await scope.get(LoadDemoContent))(command())
    finally:
        await container.close()
