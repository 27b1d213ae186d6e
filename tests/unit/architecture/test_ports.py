"""A port says what it is for and what may go wrong, and cannot be half implemented."""

import ast
from collections.abc import Iterator

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


def test_the_rule_sees_what_it_forbids() -> None:
    good = 'class A(Protocol):\n    """D."""\n    @abstractmethod\n    def f(self):\n        """D."""\n'
    assert [*faults(of(good))] == []
    assert [*faults(of(good.replace("    @abstractmethod\n", "")))]
    assert [*faults(of(good.replace('        """D."""', "        ...")))]
    assert [*faults(of(good.replace('    """D."""\n    @', "    @")))]
