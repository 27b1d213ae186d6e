"""What a check says."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from enum import StrEnum

from muvi.entrypoints.doctor.patient import Patient


class Level(StrEnum):
    """FAILURE: something cannot work. WARNING: it works, but somebody should look."""

    OK = "ok"
    WARNING = "warning"
    FAILURE = "failure"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One sentence about one thing; `remedy` is the command or the setting that changes it."""

    level: Level
    about: str
    said: str
    remedy: str = ""


def ok(about: str, said: str) -> Finding:
    """Nothing to do."""
    return Finding(level=Level.OK, about=about, said=said)


def warning(about: str, said: str, remedy: str) -> Finding:
    """It works, but."""
    return Finding(level=Level.WARNING, about=about, said=said, remedy=remedy)


def failure(about: str, said: str, remedy: str) -> Finding:
    """It cannot work."""
    return Finding(level=Level.FAILURE, about=about, said=said, remedy=remedy)


Look = Callable[[Patient], AsyncIterator[Finding]]


@dataclass(frozen=True, slots=True)
class Check:
    """A look with a name, in a section, that may take so long. Without `settings` it needs none."""

    section: str
    name: str
    look: Look
    within_s: float
    settings: bool


def check(
    section: str, name: str, *, within_s: float = 8.0, settings: bool = True
) -> Callable[[Look], Check]:
    """Make a check of a function."""
    return lambda look: Check(section, name, look, within_s, settings)
