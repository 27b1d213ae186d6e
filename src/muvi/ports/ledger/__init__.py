"""The ledger."""

from __future__ import annotations

from abc import abstractmethod
from typing import Protocol

from muvi.domain.ledger.journal import Journal


class Ledger(Protocol):
    """Append-only double entries, inside a transaction."""

    @abstractmethod
    async def post(self, journal: Journal) -> bool:
        """Append a journal; False when its (kind, source) was posted before, which changes nothing."""
        raise NotImplementedError
