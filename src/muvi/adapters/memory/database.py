"""What the memory adapters of one simulation share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class MemoryDatabase:
    """Tables by name, each a dict from key to row. Shared by every adapter of one simulation."""

    tables: dict[str, dict[Any, Any]] = field(default_factory=dict)

    def table(self, name: str) -> dict[Any, Any]:
        """A table, made when first asked for."""
        return self.tables.setdefault(name, {})
