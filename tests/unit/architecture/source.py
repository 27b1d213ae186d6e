"""The source as syntax trees, read once for all rules."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
SRC = ROOT / "src"


@dataclass(frozen=True)
class Module:
    """One file: its dotted name, text and tree."""

    name: str
    path: Path
    text: str
    tree: ast.Module

    @property
    def place(self) -> str:
        return str(self.path.relative_to(ROOT))

    def at(self, node: ast.AST) -> str:
        """Where a person finds it."""
        return f"{self.place}:{getattr(node, 'lineno', 1)}"

    def classes(self) -> Iterator[ast.ClassDef]:
        return (node for node in ast.walk(self.tree) if isinstance(node, ast.ClassDef))


@cache
def modules(*packages: str) -> tuple[Module, ...]:
    """Every module below the packages, by default of both."""
    found = []
    for path in sorted(SRC.rglob("*.py")):
        parts = path.relative_to(SRC).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        if not packages or any(name == package or name.startswith(f"{package}.") for package in packages):
            text = path.read_text(encoding="utf-8")
            found.append(Module(name, path, text, ast.parse(text)))
    return tuple(found)


def of(text: str, name: str = "sample") -> Module:
    """A module out of a text, for the tests of the rules themselves."""
    return Module(name, ROOT / f"{name}.py", text, ast.parse(text))


CORE = ("muvi.domain", "muvi.ports", "muvi.application")
