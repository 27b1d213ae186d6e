"""A module that grows past its measure lacks a name for a concept, and so does a function."""

import ast
from collections.abc import Iterator, Mapping

from tests.unit.architecture.source import Module, modules, of

MODULE_LINES = 300
FUNCTION_LINES = 40

FLAT = "a list, one line for each field on the wire"

LONG_MODULES: Mapping[str, str] = {}
"""Module: why it may be longer."""

LONG_FUNCTIONS: Mapping[str, str] = {
    "muvi.entrypoints.settings:read_settings": "a list, one line for each name in the environment",
    "muvi_sandbox.vista.odata.reference_rows:cinema_row": FLAT,
    "muvi_sandbox.vista.odata.reference_rows:film_row": FLAT,
    "muvi_sandbox.vista.odata.session_rows:session_row": FLAT,
    "muvi_sandbox.vista.odata.session_rows:_scheduled_film": FLAT,
}
"""`module:function`: why it may be longer."""

HISTORY = ".migrations.versions."
"""A migration tells one step from top to bottom and is never touched again."""


def long_modules(module: Module) -> Iterator[str]:
    lines = module.text.count("\n")
    if lines > MODULE_LINES and module.name not in LONG_MODULES and HISTORY not in module.name:
        yield f"{module.place} has {lines} lines, {MODULE_LINES} are allowed"


def long_functions(module: Module) -> Iterator[str]:
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or HISTORY in module.name:
            continue
        lines = (node.end_lineno or node.lineno) - node.lineno + 1
        if lines > FUNCTION_LINES and f"{module.name}:{node.name}" not in LONG_FUNCTIONS:
            yield f"{module.at(node)} {node.name} has {lines} lines, {FUNCTION_LINES} are allowed"


def test_modules_stay_small() -> None:
    assert [said for module in modules() for said in long_modules(module)] == []


def test_functions_stay_small() -> None:
    assert [said for module in modules() for said in long_functions(module)] == []


def test_the_measures_measure() -> None:
    assert [*long_modules(of("x = 1\n" * 301))]
    assert not [*long_modules(of("x = 1\n" * 300))]
    body = "    x = 1\n" * 40
    assert [*long_functions(of(f"def f():\n{body}"))]
    assert not [*long_functions(of(f"def f():\n{body[10:]}"))]
