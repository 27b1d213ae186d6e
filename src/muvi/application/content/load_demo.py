"""Content to try the service with, for what the box office does not have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from muvi.domain.shared.actor import Actor, ActorKind
from muvi.domain.shared.errors import Forbidden
from muvi.domain.shared.text import LocalizedText
from muvi.domain.venues.city_key import city_key
from muvi.ports.clock import Clock, Ids
from muvi.ports.content.content import ContentTx, DemoBanner, DemoCity, DemoReason
from muvi.ports.transaction import UnitOfWork


@dataclass(frozen=True, slots=True)
class CityText:
    """A city: its names and where it is."""

    name: LocalizedText
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadDemoCommand:
    """The content. Reasons are texts by key."""

    actor: Actor
    cities: Sequence[CityText]
    banners: Sequence[DemoBanner]
    reasons: Mapping[str, LocalizedText]
    settings: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class DemoReport:
    """Rows touched; all zero when everything was there."""

    cities: int
    banners: int
    reasons: int
    settings: int


@dataclass(frozen=True, slots=True)
class LoadDemoContent:
    """The system itself, outside production only. What staff edited stays; twice changes nothing."""

    begin: UnitOfWork[ContentTx]
    clock: Clock
    ids: Ids
    is_production: bool

    async def __call__(self, command: LoadDemoCommand) -> DemoReport:
        """Raises `Forbidden` in production and for anybody else, `Unavailable`."""
        if command.actor.kind is not ActorKind.SYSTEM or self.is_production:
            raise Forbidden("Demo content is never loaded in production")
        now = self.clock.now()
        cities = [
            DemoCity(
                id=self.ids.new(),
                key=city_key(one.name.en),
                name=one.name,
                latitude=one.latitude,
                longitude=one.longitude,
                position=position,
            )
            for position, one in enumerate(command.cities, start=1)
        ]
        reasons = [
            DemoReason(id=self.ids.new(), key=key, text=text, position=position)
            for position, (key, text) in enumerate(command.reasons.items(), start=1)
        ]
        async with self.begin() as tx:
            return DemoReport(
                cities=await tx.content_seeds.put_cities(cities, now=now),
                banners=await tx.content_seeds.put_banners(command.banners, now=now),
                reasons=await tx.content_seeds.put_reasons(reasons, now=now),
                settings=await tx.content_seeds.put_settings(command.settings, now=now),
            )
