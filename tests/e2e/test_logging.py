"""The page about the log says what the code writes, no more and no less."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

from tests.e2e.guest import Box
from tests.e2e.town import API, SECOND_API, WORKER, Town, eventually

from muvi.adapters.http.access_log import TOLD
from muvi.ports.orders.attention import WaitingKind

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "logging.md").read_text(encoding="utf-8")
LEVELS = frozenset({"debug", "info", "warning", "error", "exception", "critical"})
EVERYWHERE = frozenset({"at", "level", "event", "request_id", "trace_id", "exception"})
REQUEST = frozenset({"method", "route", "status", "ms", *TOLD}) - EVERYWHERE
WORDS = re.compile(r"`([^`]+)`")


def rows(heading: str) -> Iterator[list[str]]:
    """The table below a heading, without its head."""
    part = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    table = [line for line in part.splitlines() if line.startswith("| `")]
    for line in table:
        yield [cell.strip() for cell in line.strip("|").split(" | ")]


def documented() -> dict[str, frozenset[str]]:
    """Fields by event."""
    return {cells[0].strip("` |"): frozenset(WORDS.findall(cells[3])) for cells in rows("Events")}


def known_fields() -> list[str]:
    return [cells[0].strip("` |") for cells in rows("Fields")]


def written() -> dict[str, frozenset[str]]:
    """Fields by event, read from the code."""
    found: dict[str, frozenset[str]] = {"request": REQUEST}
    for file in sorted((ROOT / "src" / "muvi").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if _is_line(node):
                event = node.args[0].value  # type: ignore[attr-defined]
                names = frozenset(_names(node.keywords)) - {"exc_info"}  # type: ignore[attr-defined]
                found[event] = found.get(event, frozenset()) | names
    return found


def _is_line(node: ast.AST) -> bool:
    match node:
        case ast.Call(
            func=ast.Attribute(value=ast.Name(id="log"), attr=level), args=[ast.Constant(value=str())]
        ):
            return level in LEVELS
    return False


def _names(keywords: list[ast.keyword]) -> Iterator[str]:
    for keyword in keywords:
        if keyword.arg is not None:
            yield keyword.arg
        else:  # the counts of what waits for a person: their names are made
            yield from (f"{kind.value}s" for kind in WaitingKind)


def test_the_page_and_the_code_know_the_same_events_and_fields() -> None:
    assert documented() == written()


def test_every_field_is_explained_once_and_none_is_made_up() -> None:
    used = EVERYWHERE | frozenset().union(*documented().values())
    assert sorted(known_fields()) == sorted(used)


def test_the_twin_sees_a_field_that_nobody_explained() -> None:
    """What is read from the code is not empty, and a new field makes a difference."""
    (call,) = ast.parse("log.info('work', surprise=1)").body
    assert isinstance(call, ast.Expr)
    assert _is_line(call.value)
    assert "surprise" not in documented()["work"]
    assert {"request", "work", "job", "tick"} <= written().keys()


async def test_a_town_writes_nothing_else(box: Box, town: Town) -> None:
    hall, guest = await box.hall(), await box.guest(email="logged@example.com")
    await guest.buy(hall.id, hall.free[:1])
    await guest.call("GET", "/api/v1/orders/nothing")
    seen: dict[str, set[str]] = {}

    async def whole() -> bool:
        seen.clear()
        for name in (API, SECOND_API, WORKER):
            for line in (town.home / "logs" / f"{name}.log").read_text(encoding="utf-8").splitlines():
                if line.startswith("{") and line.endswith("}"):
                    told = json.loads(line)
                    seen.setdefault(told["event"], set()).update(told)
        if not {"request", "work", "job", "tick"} <= seen.keys():
            return False
        return {"at", "level", "event", "request_id"} <= seen["request"] & seen["work"] & seen["job"]

    await eventually(whole, town)
    allowed = {event: fields | EVERYWHERE for event, fields in documented().items()}
    assert {event: fields - allowed.get(event, frozenset()) for event, fields in seen.items()} == {
        event: set() for event in seen
    }
