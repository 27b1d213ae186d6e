"""A question about something that does not exist is no question."""

from __future__ import annotations

from dataclasses import dataclass

from muvi.ports.catalog.references import Named, References


@dataclass(frozen=True, slots=True)
class FindUnknownReferences:
    """Anybody: which kinds of ids in a question name nothing."""

    references: References

    async def __call__(self, named: Named) -> tuple[str, ...]:
        """Raises `Unavailable`."""
        return await self.references.unknown(named)
