"""Parts with a defect: a call of the box office fails as no port may, all that is personal in its text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dishka import Provider, Scope, decorate
from litestar.types import ASGIApp

from muvi.entrypoints.settings import Settings
from muvi.entrypoints.web import create as create_web
from muvi.ports.seating.box_office import BoxOffice

DEFECT = "defect"
PERSONAL = "Key (email)=(canary.sara@example.com) of 'Canarysara' +966 57 111 2224 Bearer canarytoken"


class Defective:
    """A box office one of whose calls is broken while a file names it."""

    def __init__(self, real: BoxOffice, file: Path) -> None:
        self._real, self._file = real, file

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  whatever the port has
        if self._file.exists() and self._file.read_text(encoding="ascii") == name:
            raise RuntimeError(PERSONAL)
        return getattr(self._real, name)


class Defects(Provider):
    scope = Scope.APP

    @decorate
    def box_office(self, real: BoxOffice, settings: Settings) -> BoxOffice:
        """The box office with its defect."""
        return Defective(real, settings.home / DEFECT)  # type: ignore[return-value]  # it has all that the real one has


def create() -> ASGIApp:
    return create_web(Defects())
