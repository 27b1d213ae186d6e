"""Inside an atomic phase nothing is awaited but the phase itself: a connection never waits for a vendor."""

import ast
from collections.abc import Iterator

from tests.unit.architecture.source import Module, modules, of


def root(node: ast.expr) -> str | None:
    """The name a chain of attributes, calls and items begins with."""
    while not isinstance(node, ast.Name):
        if isinstance(node, ast.Attribute | ast.Subscript):
            node = node.value
        elif isinstance(node, ast.Call):
            node = node.func
        else:
            return None
    return node.id


def begins(node: ast.AsyncWith) -> str | None:
    """The name a phase is bound to, if this opens one; `_` for one without a name."""
    for item in node.items:
        call = item.context_expr
        if not isinstance(call, ast.Call):
            continue
        opener = call.func
        name = opener.attr if isinstance(opener, ast.Attribute) else getattr(opener, "id", "")
        if name.lstrip("_") == "begin":
            return item.optional_vars.id if isinstance(item.optional_vars, ast.Name) else "_"
    return None


def belongs(expression: ast.expr, phase: str) -> bool:
    """`tx.…`, or a function that is handed the phase and so is held to the same rule."""
    if root(expression) == phase:
        return True
    if not isinstance(expression, ast.Call):
        return False
    handed = [*expression.args, *(keyword.value for keyword in expression.keywords)]
    return any(isinstance(value, ast.Name) and value.id == phase for value in handed)


def waits(nodes: list[ast.stmt]) -> Iterator[ast.expr]:
    """Everything that is awaited in these statements, in whatever form."""
    for statement in nodes:
        for node in ast.walk(statement):
            if isinstance(node, ast.Await):
                yield node.value
            elif isinstance(node, ast.AsyncFor):
                yield node.iter
            elif isinstance(node, ast.AsyncWith):
                yield from (item.context_expr for item in node.items)
            elif isinstance(node, ast.comprehension) and node.is_async:
                yield node.iter


def foreign_waits(module: Module) -> Iterator[str]:
    for node in ast.walk(module.tree):
        phase: str | None = None
        if isinstance(node, ast.AsyncWith):
            phase = begins(node)
        elif isinstance(node, ast.AsyncFunctionDef):
            named = [*node.args.args, *node.args.kwonlyargs]
            phase = next((argument.arg for argument in named if argument.arg == "tx"), None)
        if phase is None or not isinstance(node, ast.AsyncWith | ast.AsyncFunctionDef):
            continue
        for awaited in waits(node.body):
            if not belongs(awaited, phase):
                yield f"{module.at(awaited)} awaits {ast.unparse(awaited)} inside a transaction"


def test_a_phase_waits_for_nothing_foreign() -> None:
    assert [said for module in modules("muvi.application") for said in foreign_waits(module)] == []


def test_the_rule_sees_what_it_forbids() -> None:
    allowed = """
async def ok(self):
    async with self.begin() as tx:
        row = await tx.orders.get(1)
        async for seat in tx.seats.of(row): await tx.seats.add(seat)
        await self._store(tx, row)
    await self.gateway.ask()
"""
    assert [*foreign_waits(of(allowed))] == []
    for line in (
        "await self.gateway.ask()",
        "await asyncio.sleep(1)",
        "_ = [x async for x in self.feed.rows()]",
        "async with self.client.stream() as s: pass",
        "async with self.begin() as other: pass",
    ):
        text = f"async def bad(self):\n    async with self.begin() as tx:\n        {line}\n"
        assert [*foreign_waits(of(text))], line
        handed = f"async def bad(self, tx):\n    {line}\n"
        assert [*foreign_waits(of(handed))], line
