"""A use case is a frozen value of ports with one way to call it."""

import ast
from collections.abc import Iterator, Mapping

from tests.unit.architecture.source import Module, modules, of

MOST_PORTS = 5
WIDE: Mapping[str, str] = {
    "ChooseSeats": "the hinge of the purchase: it asks showtime, plan, rules and box office about one choice",
}
"""Use case: why it needs more than five ports."""


def calls(node: ast.ClassDef) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    for part in node.body:
        if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef) and part.name == "__call__":
            return part
    return None


def is_protocol(node: ast.ClassDef) -> bool:
    return any("Protocol" in ast.unparse(base) for base in node.bases)


def use_cases(module: Module) -> list[ast.ClassDef]:
    return [node for node in module.classes() if calls(node) is not None and not is_protocol(node)]


def frozen_and_slotted(node: ast.ClassDef) -> bool:
    for decorator in node.decorator_list:
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func).endswith("dataclass"):
            said = {keyword.arg for keyword in decorator.keywords if ast.unparse(keyword.value) == "True"}
            return {"frozen", "slots"} <= said
    return False


def fields(node: ast.ClassDef) -> list[ast.AnnAssign]:
    return [part for part in node.body if isinstance(part, ast.AnnAssign)]


def faults(module: Module) -> Iterator[str]:
    for node in use_cases(module):
        where = f"{module.at(node)} {node.name}"
        if not frozen_and_slotted(node):
            yield f"{where} is not a dataclass(frozen=True, slots=True)"
        if not isinstance(calls(node), ast.AsyncFunctionDef):
            yield f"{where} is called without await"
        ports = [field for field in fields(node) if field.value is None]
        if len(ports) > MOST_PORTS and node.name not in WIDE:
            yield f"{where} has {len(ports)} ports, {MOST_PORTS} are allowed"


def test_use_cases_keep_their_shape() -> None:
    assert [said for module in modules("muvi.application") for said in faults(module)] == []


def test_no_use_case_holds_another() -> None:
    everything = [(module, node) for module in modules("muvi.application") for node in use_cases(module)]
    names = {node.name for _, node in everything}
    held = [
        f"{module.at(field)} {node.name} holds {ast.unparse(field.annotation)}"
        for module, node in everything
        for field in fields(node)
        if names & {part.id for part in ast.walk(field.annotation) if isinstance(part, ast.Name)}
    ]
    assert held == []


def test_the_rule_sees_what_it_forbids() -> None:
    good = (
        "@dataclass(frozen=True, slots=True)\nclass A:\n    clock: Clock\n    async def __call__(self): ...\n"
    )
    assert [*faults(of(good))] == []
    assert [*faults(of(good.replace("slots=True", "slots=False")))]
    assert [*faults(of(good.replace("async ", "")))]
    assert [*faults(of(good.replace("    clock: Clock\n", "".join(f"    p{n}: P\n" for n in range(6)))))]
