"""Several writes in one statement: each becomes a clause of one `WITH`.

Such clauses see the same snapshot and nothing of each other, in no certain order. So two writes go together
only when neither names a table, or a clause, that the other writes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_TARGET = re.compile(r"\b(?:INSERT INTO|UPDATE|DELETE FROM)\s+(\w+)|(\w+)\s+AS\s*\(")
_WORD = re.compile(r"\w+")
_PARAMETER = re.compile(r"\$(\d+)")
_WITH = "WITH "
_NO_NAMES = frozenset({"SET", "OF", "SKIP", "NOWAIT"})
"""What follows `UPDATE` in `DO UPDATE SET` and in locking clauses."""


@dataclass(frozen=True, slots=True)
class Write:
    """A statement in parts: its `WITH` clauses, and what follows them."""

    clauses: str
    main: str
    parameters: int
    targets: frozenset[str]
    words: frozenset[str]

    @classmethod
    def of(cls, sql: str, parameters: int) -> Write:
        """Take a statement apart that has so many numbered parameters."""
        clauses, main = _parted(sql.strip())
        targets = frozenset(name for found in _TARGET.findall(sql) for name in found if name) - _NO_NAMES
        return cls(clauses, main, parameters, targets, frozenset(_WORD.findall(sql)))

    def meets(self, other: Write) -> bool:
        """Whether one of the two names what the other writes: then they cannot go together."""
        return not (self.targets.isdisjoint(other.words) and other.targets.isdisjoint(self.words))


def together(writes: Sequence[Write]) -> str:
    """One statement for all. Its row: how many rows each of them answers, 0 for one without answers."""
    clauses, counts, before = [], [], 0
    for number, write in enumerate(writes):
        if write.clauses:
            clauses.append(_renumbered(write.clauses, before))
        main, name = _renumbered(write.main, before), f"write_{number}"
        is_read = main.upper().startswith("SELECT")
        answers = is_read or "RETURNING" in main
        clauses.append(f"{name} AS ({main})")
        counts.append(f"(SELECT count(*) FROM {name})" if answers else "0")  # noqa: S608  (our own names)
        before += write.parameters
    return f"{_WITH}{', '.join(clauses)} SELECT {', '.join(counts)}"


def _renumbered(sql: str, before: int) -> str:
    return _PARAMETER.sub(lambda found: f"${int(found[1]) + before}", sql)


def _parted(sql: str) -> tuple[str, str]:
    """The clauses without their `WITH`, and the statement proper."""
    if not sql.upper().startswith(_WITH):
        return "", sql
    depth, quote = 0, ""
    for at, sign in enumerate(sql):
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "'\"":
            quote = sign
        elif sign in "()":
            depth += 1 if sign == "(" else -1
            rest = sql[at + 1 :].lstrip()
            if depth == 0 and sign == ")" and not rest.startswith(",") and rest[:3].upper() != "AS ":
                return sql[len(_WITH) : at + 1].strip(), rest
    raise ValueError("a statement of nothing but clauses")
