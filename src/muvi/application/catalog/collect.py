"""Reading a feed to its end before anything is written."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from muvi.ports.catalog.feed import FeedPage


class Identified(Protocol):
    """A record with the box office's own id."""

    @property
    def id(self) -> str:
        """The id."""
        raise NotImplementedError


RecordT = TypeVar("RecordT", bound=Identified)


@dataclass(frozen=True, slots=True)
class Collected(Generic[RecordT]):
    """A whole feed: readable records once each, every id that was there, and what nobody could read."""

    records: tuple[RecordT, ...]
    ids: frozenset[str]
    unreadable: int
    nameless: int

    def warnings(self) -> tuple[str, ...]:
        """What a person should know about the unreadable records."""
        if not self.unreadable:
            return ()
        text = f"{self.unreadable} records of the feed could not be read and were left as they are"
        return (text + ("; nothing was withdrawn" if self.nameless else ""),)


async def collect(
    pages: AsyncIterator[FeedPage[RecordT]], on_page: Callable[[int], None]
) -> Collected[RecordT]:
    """Read every page; `on_page` hears how many records each brought. Raises what the feed raises."""
    records: dict[str, RecordT] = {}
    unreadable: list[str] = []
    async for page in pages:
        records.update((record.id, record) for record in page.records)
        unreadable.extend(page.unreadable)
        on_page(len(page.records) + len(page.unreadable))
    return Collected(
        records=tuple(records.values()),
        ids=frozenset(records) | frozenset(one for one in unreadable if one),
        unreadable=len(unreadable),
        nameless=sum(1 for one in unreadable if not one),
    )
