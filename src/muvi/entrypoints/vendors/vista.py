"""Vista, the box office: its address, a token for each platform we sell on, how many calls at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from muvi.adapters.vista.client import CALLS_PER_CINEMA
from muvi.domain.shared.actor import Platform
from muvi.entrypoints.environment import Environment


@dataclass(frozen=True, slots=True, kw_only=True)
class VistaSettings:
    """`calls_per_cinema`: calls of one process to one cinema's box office at the same time."""

    base_url: str
    tokens: Mapping[Platform, str] = field(repr=False)
    calls_per_cinema: int


def read(env: Environment, sandbox: str) -> VistaSettings:
    """VISTA_*; faults are gathered by `env`."""
    return VistaSettings(
        base_url=env.partner("VISTA_BASE_URL", f"{sandbox}/vista/WSVistaWebClient"),
        tokens={
            platform: env.secret(f"VISTA_{platform.upper()}_TOKEN", f"sandbox-vista-{platform}")
            for platform in Platform
        },
        calls_per_cinema=env.number("VISTA_CALLS_PER_CINEMA", CALLS_PER_CINEMA),
    )
