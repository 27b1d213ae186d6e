"""OData query options: `$filter` compiled to a predicate, `$orderby`, `$select`, `$top`, `$skip`."""

import operator
import re
from collections.abc import Callable, Mapping
from typing import Any

Row = dict[str, Any]
Predicate = Callable[[Row], bool]

_TOKEN = re.compile(
    r"\s*(?:(?P<open>\()|(?P<close>\))|datetime\s?'(?P<moment>[^']*)'|'(?P<text>(?:[^']|'')*)'"
    r"|(?P<number>-?\d+(?:\.\d+)?)[Lmdf]?(?![\w.])|(?P<word>[A-Za-z_]\w*))",
    re.IGNORECASE,
)
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "gt": operator.gt,
    "ge": operator.ge,
    "lt": operator.lt,
    "le": operator.le,
}
_CONSTANTS = {"true": True, "false": False, "null": None}


class BadQuery(ValueError):
    """An option that cannot be understood: the service answers 400."""


def compiled(text: str, names: frozenset[str]) -> Predicate:
    """Turn a filter into a predicate. `names` are the properties of the set. Raises BadQuery."""
    parser = _Parser(_tokens(text), names)
    predicate = parser.any_of()
    parser.expect_end()
    return predicate


def _tokens(text: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    at = 0
    while text[at:].strip():
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            raise BadQuery(f"Syntax error at position {at} in '{text}'.")
        found.append((match.lastgroup, match[match.lastgroup]))
        at = match.end()
    return found


class _Parser:
    """Recursive descent over: or, and, parentheses, `Name op literal`."""

    def __init__(self, tokens: list[tuple[str, str]], names: frozenset[str]) -> None:
        self._tokens = tokens
        self._names = names
        self._at = 0

    def any_of(self) -> Predicate:
        left = self._all_of()
        while self._word("or"):
            left = _either(left, self._all_of())
        return left

    def expect_end(self) -> None:
        if self._at < len(self._tokens):
            raise BadQuery(f"Syntax error near '{self._tokens[self._at][1]}'.")

    def _all_of(self) -> Predicate:
        left = self._single()
        while self._word("and"):
            left = _both(left, self._single())
        return left

    def _single(self) -> Predicate:
        kind, text = self._next()
        if kind == "open":
            inner = self.any_of()
            if self._next()[0] != "close":
                raise BadQuery("A closing parenthesis is missing.")
            return inner
        if kind != "word" or text not in self._names:
            raise BadQuery(f"Could not find a property named '{text}'.")
        compare = _COMPARE.get(self._next()[1])
        if compare is None:
            raise BadQuery(f"'{text}' must be followed by eq, ne, gt, ge, lt or le.")
        return _comparison(text, compare, self._literal())

    def _literal(self) -> Any:  # noqa: ANN401 - any JSON scalar
        kind, text = self._next()
        match kind:
            case "text":
                return text.replace("''", "'")
            case "moment":
                return _moment(text)
            case "number":
                return float(text) if "." in text else int(text)
            case "word" if text in _CONSTANTS:
                return _CONSTANTS[text]
            case _:
                raise BadQuery(f"'{text}' is not a literal.")

    def _word(self, word: str) -> bool:
        if self._at < len(self._tokens) and self._tokens[self._at] == ("word", word):
            self._at += 1
            return True
        return False

    def _next(self) -> tuple[str, str]:
        if self._at >= len(self._tokens):
            raise BadQuery("The expression ends too early.")
        self._at += 1
        return self._tokens[self._at - 1]


def _moment(text: str) -> str:
    """Return a date-time literal in the form of the feed's values, which then compare as strings."""
    day, _, clock = text.partition("T")
    whole = f"{day}T{(clock or '00:00:00').partition('.')[0]}"
    return whole if len(whole) == len("2025-01-13T00:00:00") else f"{whole}:00"


def _comparison(name: str, compare: Callable[[Any, Any], bool], literal: Any) -> Predicate:  # noqa: ANN401 - JSON
    def holds(row: Row) -> bool:
        try:
            return compare(row[name], literal)
        except TypeError:
            return False

    return holds


def _both(left: Predicate, right: Predicate) -> Predicate:
    return lambda row: left(row) and right(row)


def _either(left: Predicate, right: Predicate) -> Predicate:
    return lambda row: left(row) or right(row)


def ordered(rows: list[Row], text: str, names: frozenset[str]) -> list[Row]:
    """Sort by `Name [asc|desc], ...`. Raises BadQuery."""
    for part in reversed(text.split(",")):
        name, _, direction = part.strip().partition(" ")
        if name not in names or direction.strip() not in {"", "asc", "desc"}:
            raise BadQuery(f"Could not order by '{part.strip()}'.")
        rows = sorted(
            rows, key=lambda row: (row[name] is not None, row[name]), reverse=direction.strip() == "desc"
        )
    return rows


def count_option(options: Mapping[str, str], name: str) -> int | None:
    """Read `$top` or `$skip`. Raises BadQuery."""
    text = options.get(name)
    if text is None:
        return None
    if not text.isdigit():
        raise BadQuery(f"{name} must be a number that is not negative.")
    return int(text)


def selected(rows: list[Row], text: str, names: frozenset[str], expanded: set[str]) -> list[Row]:
    """Keep the named properties; expanded ones stay when named, `*` keeps all. Raises BadQuery."""
    wanted = [part.strip().partition("/")[0] for part in text.split(",") if part.strip()]
    if "*" in wanted:
        return rows
    if unknown := [name for name in wanted if name not in names and name not in expanded]:
        raise BadQuery(f"Could not find a property named '{unknown[0]}'.")
    keep = list(dict.fromkeys(wanted))
    return [{name: row[name] for name in keep if name in row} for row in rows]
