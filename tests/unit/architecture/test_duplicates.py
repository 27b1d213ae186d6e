"""No six lines stand twice in the code, but for what has to."""

import ast
import re
from collections import Counter, defaultdict
from collections.abc import Iterable

from tests.unit.architecture.source import Module, modules, of

RUN = 6
HISTORY = re.compile(r"muvi\.adapters\.db\.(tables|migrations)\.")
"""A migration says what a table was when it was made, whatever became of it."""
SQL, MEMORY, PUBLIC = "muvi.adapters.db.", "muvi.adapters.memory.", "muvi.adapters.http.public."
EXCEPTED = {
    # a view made of a row, which adapters that are strangers to each other do each for themselves
    (f"{SQL}catalog.films", f"{MEMORY}catalog.views"): 9,
    (f"{SQL}catalog.places", f"{MEMORY}catalog.places"): 5,
    (f"{SQL}content", f"{MEMORY}content"): 5,
    # what a route is declared with
    (f"{PUBLIC}guest_orders", f"{PUBLIC}orders"): 4,
    # fields of two records alike, of which one is the box office's and one is ours
    ("muvi.ports.catalog.feed", "muvi.ports.catalog.mirror"): 2,
    # what third parties that are strangers to each other are made of
    ("muvi_sandbox.hyperpay.api", "muvi_sandbox.payfort.api"): 1,
}
"""Two modules: in how many places six lines of both are equal."""


def lines(module: Module) -> list[str]:
    """Those that count: no imports, docstrings, comments, blanks, and none of brackets only."""
    hidden: set[int] = set()
    for node in ast.walk(module.tree):
        is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if is_text or isinstance(node, ast.Import | ast.ImportFrom):
            hidden |= {*range(node.lineno, (node.end_lineno or node.lineno) + 1)}
    numbered = enumerate(module.text.splitlines(), start=1)
    bare = (line.partition("  #")[0].strip() for number, line in numbered if number not in hidden)
    return [line for line in bare if re.search(r"\w", line) and not line.startswith("#")]


def alike(sources: Iterable[Module]) -> Counter[tuple[str, ...]]:
    """How many runs of lines modules share, one with itself too."""
    homes: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for module in sources:
        own = lines(module)
        for start in range(len(own) - RUN + 1):
            homes[tuple(own[start : start + RUN])].append(module.name)
    return Counter(tuple(sorted(names)) for names in homes.values() if len(names) > 1)


def test_nothing_of_six_lines_stands_twice() -> None:
    assert alike(one for one in modules() if not HISTORY.match(one.name)) == EXCEPTED


def test_the_rule_sees_what_it_forbids() -> None:
    text = "".join(f"x{number} = f({number})\n" for number in range(RUN))
    assert alike([of(text, "a"), of(f"import y\n\n# z\n{text}", "b")]) == {("a", "b"): 1}
    assert alike([of(text, "a"), of(text.replace("x3", "y3"), "b")]) == {}
    assert alike([of(text + text, "a")])
