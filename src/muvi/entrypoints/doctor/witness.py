"""Reads the environment and remembers what was asked for, so that every setting can be told by its name."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from typing_extensions import override

from muvi.entrypoints.environment import Environment

CONFIDENTIAL = re.compile(r"TOKEN|KEY|SECRET|PASSWORD|PHRASE|CODE$|DSN|HEADERS|APP_ID|ENTITY")
OPEN = re.compile(r"_URL$|_EMAIL$|VAT_NUMBER$|IDENTIFIER$")
"""Values that the environment reads as secrets for their defaults alone: they may be seen."""
LOGIN = re.compile(r"(?<=://).*(?=@)|(?<=password=)[^&]*", re.IGNORECASE)
SHORTEST_SECRET = 16


class Source(StrEnum):
    """Where a value comes from."""

    ENVIRONMENT = "environment"
    PARAMETERS = "parameter store"
    DEFAULT = "default"
    SANDBOX = "sandbox"
    NOWHERE = "not set"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One setting. `shown` never holds a secret: of those it says only that they are set."""

    name: str
    source: Source
    shown: str
    weak: bool = False


class Witness(Environment):
    """An environment that remembers its readings."""

    def __init__(self, variables: Mapping[str, str], stored: Collection[str] = ()) -> None:
        """`stored`: names whose values came from the parameter store."""
        self._stored = stored
        self._given = {name: value.strip() for name, value in variables.items() if value.strip()}
        self._defaults: dict[str, str] = {}
        self._secret: set[str] = set()
        super().__init__(variables)

    @property
    def readings(self) -> tuple[Reading, ...]:
        """Every setting that was asked for, by name."""
        return tuple(self._reading(name) for name in sorted(self._defaults))

    @override
    def text(self, name: str, default: str) -> str:
        self._defaults.setdefault(name, default)
        return super().text(name, default)

    @override
    def secret(self, name: str, default: str) -> str:
        self._secret.add(name)
        return super().secret(name, default)

    def _reading(self, name: str) -> Reading:
        default, given = self._defaults[name], self._given.get(name)
        value = given or default
        hidden = bool(CONFIDENTIAL.search(name)) or (name in self._secret and not OPEN.search(name))
        shown = ("set" if value else "") if hidden else LOGIN.sub("***", value)
        weak = hidden and bool(given) and (given == default or self._is_short(name, given or ""))
        return Reading(name=name, source=self._source(name), shown=shown, weak=weak)

    def _is_short(self, name: str, value: str) -> bool:
        return name in self._secret and "APP_ID" not in name and len(value) < SHORTEST_SECRET

    def _source(self, name: str) -> Source:
        if name in self._given:
            return Source.PARAMETERS if name in self._stored else Source.ENVIRONMENT
        if not self._defaults[name]:
            return Source.NOWHERE
        return Source.SANDBOX if name in self._secret else Source.DEFAULT
