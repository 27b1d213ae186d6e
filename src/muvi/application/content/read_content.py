"""Banners, settings and cancellation reasons."""

from __future__ import annotations

from dataclasses import dataclass

from muvi.domain.content.settings import ChainSettings
from muvi.ports.clock import Clock
from muvi.ports.content.content import BannerView, CancellationReasonView, Content


@dataclass(frozen=True, slots=True)
class ListBanners:
    """Anybody."""

    content: Content
    clock: Clock

    async def __call__(self) -> tuple[BannerView, ...]:
        """Raises `Unavailable`."""
        return await self.content.banners(now=self.clock.now())


@dataclass(frozen=True, slots=True)
class ListCancellationReasons:
    """Anybody."""

    content: Content
    clock: Clock

    async def __call__(self) -> tuple[CancellationReasonView, ...]:
        """Raises `Unavailable`."""
        return await self.content.cancellation_reasons(now=self.clock.now())


@dataclass(frozen=True, slots=True)
class ReadSettings:
    """Anybody."""

    content: Content

    async def __call__(self) -> ChainSettings:
        """Raises `Unavailable`."""
        return await self.content.settings()
