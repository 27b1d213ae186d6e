"""Statements as the driver takes them, remembered for an engine from the second time they are met."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

from sqlalchemy import ARRAY, Dialect, Executable
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

from muvi.adapters.db.together import Write, together

_MOST = 1000
Values = tuple[object, ...]


@dataclass(frozen=True)
class Plan:
    """A statement as the driver takes it. `statement` is kept so that its id stays its own."""

    statement: Executable
    sql: str
    names: tuple[str, ...]
    fixed: Mapping[str, object]
    convert: Mapping[str, Callable[[object], object]]

    @cached_property
    def write(self) -> Write:
        """As a part of a statement that writes several things."""
        return Write.of(self.sql, len(self.names))

    def values(self, given: Mapping[str, object]) -> Values:
        """Parameters in order. Raises `KeyError` for one that is missing."""
        fixed, convert = self.fixed, self.convert
        found = [given[name] if name in given else fixed[name] for name in self.names]
        if convert:
            for at, name in enumerate(self.names):
                if name in convert:
                    found[at] = convert[name](found[at])
        return tuple(found)


Key = tuple[int, tuple[str, ...], bool]


class Plans:
    """Plans of the statements of one engine. A statement gets one when it is met again."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._known: dict[Key, Plan | None] = {}
        self._met: dict[int, weakref.ref[Executable]] = {}
        self._kept: dict[int, Executable] = {}
        self._together: dict[tuple[int, ...], str] = {}

    def __len__(self) -> int:
        return sum(plan is not None for plan in self._known.values())

    def of(self, statement: Executable, names: tuple[str, ...], *, many: bool) -> Plan | None:
        """None when the statement takes the ordinary way."""
        key = (id(statement), names, many)
        if key in self._known:
            return self._known[key]
        if not self._is_met_again(statement) or len(self._known) >= _MOST:
            return None
        plan = self._known[key] = self._made(statement, names, many=many)
        self._kept[id(statement)] = statement
        return plan

    def together(self, plans: tuple[Plan, ...]) -> str:
        """The text of one statement that does what these do, its parameters one after another's. Its row has
        for each of them how many rows it answers.
        """
        key = tuple(map(id, plans))  # plans live as long as this
        if key not in self._together:
            self._together[key] = together([plan.write for plan in plans])
        return self._together[key]

    def _is_met_again(self, statement: Executable) -> bool:
        at = id(statement)
        if at in self._kept:
            return True
        met = self._met.get(at)
        if met is not None and met() is statement:
            del self._met[at]
            return True
        self._met[at] = weakref.ref(statement, lambda _: self._met.pop(at, None))
        return False

    def _made(self, statement: Executable, names: tuple[str, ...], *, many: bool) -> Plan | None:
        try:
            compiled = cast("Any", statement).compile(
                dialect=self._dialect,
                column_keys=list(names),
                for_executemany=many,
            )
            return _plan(statement, compiled, names, self._dialect)
        except (SQLAlchemyError, TypeError, KeyError, AttributeError, NotImplementedError):
            return None


def _plan(statement: Executable, compiled: Any, given: tuple[str, ...], dialect: Dialect) -> Plan | None:  # noqa: ANN401
    if not isinstance(compiled, SQLCompiler) or compiled.insert_prefetch or compiled.update_prefetch:
        return None
    if any(_is_converted(column.type, dialect) for column in compiled._result_columns):  # noqa: SLF001  (as SQLAlchemy reads results)
        return None
    sql, names = str(compiled), tuple(compiled.positiontup or ())
    fixed, convert = dict(compiled.params), dict(compiled._bind_processors)  # noqa: SLF001
    if compiled.post_compile_params or compiled.literal_execute_params:  # lists that stand in the statement
        if any(bind.required for bind in (*compiled.post_compile_params, *compiled.literal_execute_params)):
            return None
        spread = compiled._process_parameters_for_postcompile(compiled.params)  # noqa: SLF001
        sql, names = spread.statement, tuple(spread.positiontup or ())
        fixed |= spread.additional_parameters
        convert |= spread.processors
    required = {name for bind, name in compiled.bind_names.items() if bind.required}
    if any(name not in given and (name in required or name not in fixed) for name in names):
        return None
    convert = {name: each for name, each in convert.items() if name in names}
    if not all(map(callable, convert.values())):
        return None
    return Plan(statement, sql, names, fixed, cast("Any", convert))


def _is_converted(kind: TypeEngine[Any], dialect: Dialect) -> bool:
    """Whether SQLAlchemy makes something else of the driver's values; a list stays a list."""
    if isinstance(kind, ARRAY):
        return kind.as_tuple or _is_converted(kind.item_type, dialect)
    return kind._cached_result_processor(dialect, None) is not None  # noqa: SLF001
