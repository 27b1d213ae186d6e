"""README's table of settings has every variable that is read, and no other."""

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from fnmatch import fnmatchcase
from pathlib import Path

from typing_extensions import override

from muvi.entrypoints.environment import BadSettings, Environment
from muvi.entrypoints.settings import read_settings
from muvi.entrypoints.vendors import aws

README = Path(__file__).resolve().parents[3] / "README.md"
HEAD = "| name | default | meaning |"
PARTS = {
    "DB_WRITE_HOST": "h",
    "DB_READ_HOST": "r",
    "REDIS_HOST": "h",
    "STORAGE": "s3",
    "TAQNYAT_API_KEY": "t",
}
TRACED = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318", "DATABASE_URL": "postgresql://h/d"}


class Listening(Environment):
    """Remembers what it is asked for."""

    def __init__(self, variables: dict[str, str]) -> None:
        self.asked: set[str] = set()
        super().__init__(variables)

    @override
    def text(self, name: str, default: str) -> str:
        self.asked.add(name)
        return super().text(name, default)


def read_names() -> set[str]:
    """What settings ask for when they name their servers whole, and by parts."""
    names = set()
    for variables in (PARTS, TRACED):
        environment = Listening(variables)
        with suppress(BadSettings):  # whether they can be worked with is another test's question
            read_settings(environment)
        aws.read(environment, "SSM")
        names |= environment.asked
    return names


def rows(readme: str) -> Iterator[str]:
    """The names of the table's first column; a `*` stands for some letters."""
    table = readme.partition(HEAD)[2].partition("\n\n")[0]
    for line in table.splitlines():
        yield from re.findall(r"`([A-Z][A-Z0-9_*]+)`", line.split("|")[1] if "|" in line else "")


def untold(names: Iterable[str], told: Iterable[str]) -> list[str]:
    patterns = list(told)
    return sorted(name for name in names if not any(fnmatchcase(name, pattern) for pattern in patterns))


def unread(names: Iterable[str], told: Iterable[str]) -> list[str]:
    known = list(names)
    return sorted(pattern for pattern in told if not any(fnmatchcase(name, pattern) for name in known))


def test_every_variable_has_a_row_and_every_row_a_variable() -> None:
    told = [*rows(README.read_text(encoding="utf-8"))]
    assert untold(read_names(), told) == []
    assert unread(read_names(), told) == []


def test_a_missing_row_and_one_too_many_are_seen() -> None:
    told = [*rows(f"{HEAD}\n| --- | --- | --- |\n| `A_HOST`, `B_*` | `C` | `D` |\n\n| `E` | | |\n")]
    assert told == ["A_HOST", "B_*"]
    assert untold({"A_HOST", "B_KEY", "C"}, told) == ["C"]
    assert unread({"A_HOST", "C"}, told) == ["B_*"]
