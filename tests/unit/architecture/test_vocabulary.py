"""The core does not know who the vendors are, and nothing knows where packages come from."""

import ast
import re
from collections.abc import Iterator

from tests.unit.architecture.source import CORE, ROOT, SRC, Module, modules, of

WHAT_FOR = {"__init__", "aws", "storage", "telemetry"}
"""Files that name no vendor, or one whose letters stand in other words."""


def vendors() -> set[str]:
    return {file.stem for file in (SRC / "muvi" / "entrypoints" / "vendors").glob("*.py")} - WHAT_FOR


VENDORS = re.compile("|".join("_?".join(name.replace("_", "")) for name in sorted(vendors())), re.IGNORECASE)
"""However a name is written: `HyperPay`, `hyper_pay`."""
REGISTRY = re.compile(r"://|--(extra-)?index-url|--find-links|--trusted-host", re.IGNORECASE)


def identifiers(module: Module) -> Iterator[tuple[ast.AST, str]]:
    for node in ast.walk(module.tree):
        for attribute in ("id", "attr", "name", "arg", "asname", "module"):
            value = getattr(node, attribute, None)
            if isinstance(value, str):
                yield node, value


def vendor_words(module: Module) -> list[str]:
    named = [f"{module.at(node)} {name}" for node, name in identifiers(module) if VENDORS.search(name)]
    return named + ([module.place] if VENDORS.search(module.name) else [])


def gathers(module: Module) -> list[str]:
    return [
        module.at(node)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute | ast.alias) and ast.unparse(node) in {"asyncio.gather", "gather"}
    ]


def test_no_vendor_is_named_in_the_core() -> None:
    assert [said for module in modules(*CORE) for said in vendor_words(module)] == []


def test_whoever_the_sandbox_plays_is_a_vendor() -> None:
    """So that a third party cannot be left out of the list above."""
    played = {file.parent.name for file in (SRC / "muvi_sandbox").glob("*/__init__.py")} - {"chain", "inbox"}
    assert played <= vendors()


def test_nobody_gathers() -> None:
    """A task group ends its other tasks when one fails; gather leaves them running."""
    assert [said for module in modules() for said in gathers(module)] == []


def test_requirements_name_no_registry() -> None:
    files = [*(ROOT / "requirements").iterdir(), ROOT / "pyproject.toml", ROOT / "Makefile"]
    files += [*(ROOT / "scripts").iterdir(), ROOT / ".ci" / "run"]
    lines = [(file, line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    assert [f"{file.name}: {line}" for file, line in lines if REGISTRY.search(line)] == []


def test_the_rules_see_what_they_forbid() -> None:
    named = (
        "class VistaOrder: ...",
        "x.hyperPayId",
        "def f(send_grid): ...",
        "import unifonic_client",
        "PAYFORT = 1",
    )
    for text in named:
        assert vendor_words(of(text)), text
    assert not vendor_words(of("class Order: ..."))
    for text in ("asyncio.gather(a())", "from asyncio import gather"):
        assert gathers(of(text)), text
    assert REGISTRY.search("--index-url somewhere")
