"""Clients branch on error codes: each is there once, readable, and said in both languages."""

import importlib
import re
from collections import Counter
from collections.abc import Iterator

from tests.unit.architecture.source import modules

from muvi.domain.shared.errors import DomainError

KEBAB = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


def subclasses(of: type[DomainError]) -> Iterator[type[DomainError]]:
    for child in of.__subclasses__():
        yield child
        yield from subclasses(child)


def errors() -> list[type[DomainError]]:
    """All errors of the program; those that a test defines do not count."""
    for module in modules("muvi.domain", "muvi.ports", "muvi.application", "muvi.adapters"):
        if ".migrations" not in module.name:
            importlib.import_module(module.name)
    return [error for error in {*subclasses(DomainError)} if error.__module__.startswith("muvi.")]


def test_every_error_has_a_code_of_its_own() -> None:
    without = [error.__qualname__ for error in errors() if "code" not in vars(error)]
    assert without == []
    counted = Counter(error.code for error in errors())
    assert [code for code, times in counted.items() if times > 1] == []


def test_codes_are_kebab_case() -> None:
    assert [error.code for error in errors() if not KEBAB.fullmatch(error.code)] == []


def test_errors_are_told_in_arabic_too() -> None:
    assert [
        error.__qualname__ for error in errors() if "title" in vars(error) and "title_ar" not in vars(error)
    ] == []
