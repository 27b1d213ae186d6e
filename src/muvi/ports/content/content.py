"""Banners, settings and cancellation reasons."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from muvi.domain.content.settings import ChainSettings
from muvi.domain.shared.text import LocalizedText


@dataclass(frozen=True, slots=True, kw_only=True)
class BannerView:
    """A banner. An address without a scheme is a path on our own host."""

    id: int
    title: LocalizedText
    desktop_image: LocalizedText
    mobile_image: LocalizedText
    link: LocalizedText
    button: LocalizedText
    subject_type: str
    subject_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CancellationReasonView:
    """Why somebody cancels."""

    id: UUID
    text: LocalizedText


class Content(Protocol):
    """Published content. Every call may raise `Unavailable`."""

    @abstractmethod
    async def banners(self, *, now: datetime) -> tuple[BannerView, ...]:
        """In staff's order."""
        raise NotImplementedError

    @abstractmethod
    async def cancellation_reasons(self, *, now: datetime) -> tuple[CancellationReasonView, ...]:
        """In staff's order."""
        raise NotImplementedError

    @abstractmethod
    async def settings(self) -> ChainSettings:
        """The settings of this moment."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoCity:
    """A city with its names and place; `key` is how the box office's text is matched."""

    id: UUID
    key: str
    name: LocalizedText
    latitude: float
    longitude: float
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoBanner:
    """A banner; `key` tells it from others."""

    key: str
    title: LocalizedText
    desktop_image: LocalizedText
    mobile_image: LocalizedText
    link: str
    button: LocalizedText
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoReason:
    """A cancellation reason; `key` tells it from others."""

    id: UUID
    key: str
    text: LocalizedText
    position: int


class ContentSeeds(Protocol):
    """Puts content that nobody has written yet, inside a transaction.

    Rows that staff edited stay; the same content again changes nothing. Each call answers how many rows it
    touched. Raises `Unavailable`.
    """

    @abstractmethod
    async def put_cities(self, cities: Sequence[DemoCity], *, now: datetime) -> int:
        """Names and places of cities."""
        raise NotImplementedError

    @abstractmethod
    async def put_banners(self, banners: Sequence[DemoBanner], *, now: datetime) -> int:
        """Banners."""
        raise NotImplementedError

    @abstractmethod
    async def put_reasons(self, reasons: Sequence[DemoReason], *, now: datetime) -> int:
        """Cancellation reasons."""
        raise NotImplementedError

    @abstractmethod
    async def put_settings(self, values: Mapping[str, object], *, now: datetime) -> int:
        """Settings that have no value yet."""
        raise NotImplementedError


class ContentTx(Protocol):
    """What loading content needs of a transaction."""

    @property
    def content_seeds(self) -> ContentSeeds:
        """The content."""
        raise NotImplementedError
