"""A port says what it is for and what may go wrong, cannot be half implemented, and somebody calls it."""

import ast
from collections.abc import Iterable, Iterator

from tests.unit.architecture.source import Module, modules, of


def protocols(module: Module) -> list[ast.ClassDef]:
    return [node for node in module.classes() if any("Protocol" in ast.unparse(base) for base in node.bases)]


def is_property(part: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any(ast.unparse(decorator) == "property" for decorator in part.decorator_list)


def faults(module: Module) -> Iterator[str]:
    for node in protocols(module):
        if not ast.get_docstring(node):
            yield f"{module.at(node)} {node.name} does not say what it is for"
        for part in node.body:
            if not isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef) or is_property(part):
                continue  # a phase shows its ports as properties; one class has them all
            where = f"{module.at(part)} {node.name}.{part.name}"
            if not any(
                ast.unparse(decorator).endswith("abstractmethod") for decorator in part.decorator_list
            ):
                yield f"{where} is not abstract"
            if not ast.get_docstring(part):
                yield f"{where} has no docstring"


def test_ports_are_documented_and_abstract() -> None:
    assert [said for module in modules("muvi.ports") for said in faults(module)] == []


def called_in(user: Iterable[Module]) -> set[str]:
    """Every attribute that anybody reads."""
    return {node.attr for module in user for node in ast.walk(module.tree) if isinstance(node, ast.Attribute)}


def idle(ports: Iterable[Module], used: set[str]) -> Iterator[str]:
    """What a port promises and nobody asks for."""
    for module in ports:
        for node in protocols(module):
            for part in node.body:
                if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef) and not (
                    part.name in used or part.name == "__call__"
                ):
                    yield f"{module.at(part)} {node.name}.{part.name} is called by nobody"


def test_every_part_of_a_port_is_used() -> None:
    """By a use case, or by an edge: controllers, jobs, commands. Another adapter does not count."""
    edges = ("muvi.adapters.http", "muvi.adapters.jobs", "muvi.entrypoints")
    assert [*idle(modules("muvi.ports"), called_in(modules("muvi.application", *edges)))] == []


def test_the_rule_sees_what_it_forbids() -> None:
    good = 'class A(Protocol):\n    """D."""\n    @abstractmethod\n    def f(self):\n        """D."""\n'
    assert [*faults(of(good))] == []
    assert [*faults(of(good.replace("    @abstractmethod\n", "")))]
    assert [*faults(of(good.replace('        """D."""', "        ...")))]
    assert [*faults(of(good.replace('    """D."""\n    @', "    @")))]
    port = of("class A(Protocol):\n    def f(self): ...\n    def g(self): ...\n")
    assert [*idle([port], called_in([of("a.f()")]))] == ["sample.py:3 A.g is called by nobody"]
