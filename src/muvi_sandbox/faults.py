"""Control rules: what goes wrong at a third party, for which call and how often."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Any

import msgspec

from muvi_sandbox.knobs import BadControl
from muvi_sandbox.reply import Reply, VendorResponse, answer, cut, silence

__all__ = ["BadControl", "Fault", "Faults", "Reply", "Rule", "Work"]

Work = Callable[[], Reply]
Coded = Callable[[str], Reply]
_HANG_LIMIT_S = 600.0
_REORDER_LIMIT_S = 5.0
_GARBAGE = b"<html><body><h1>502 Bad Gateway</h1></body>"


class Fault(StrEnum):
    """Kinds. Those with `-after` let the vendor commit first; `before` and its like keep the call from it."""

    BEFORE = "before"
    AFTER = "after"
    HANG = "hang"
    HANG_AFTER = "hang-after"
    CUT = "cut"
    CUT_AFTER = "cut-after"
    GARBAGE = "garbage"
    GARBAGE_AFTER = "garbage-after"
    CODE = "code"
    CODE_AFTER = "code-after"
    LOSE = "lose"
    DUPLICATE = "duplicate"
    REORDER = "reorder"


_COMMITS = frozenset(
    {Fault.AFTER, Fault.HANG_AFTER, Fault.CUT_AFTER, Fault.GARBAGE_AFTER, Fault.CODE_AFTER, Fault.DUPLICATE}
)


class Rule(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """One rule. `call` may hold `*`; `match`, when given, must occur in the call's key (an order's id).

    The first `skip` calls pass, the next `times` are hit. Without a fault the rule only delays. `delay_s`
    comes before the vendor hears of the call; for `reorder` it limits the wait for the overtaking call
    (5 s when 0).
    """

    system: str
    call: str
    times: int = 1
    skip: int = 0
    match: str = ""
    delay_s: float = 0.0
    fault: Fault | None = None
    status: int | None = None
    body: Any = None
    code: str | int | None = None
    hits: int = 0


@dataclass(slots=True)
class _Listed:
    id: int
    rule: Rule


def _plain_code(code: str) -> Reply:
    return Reply(200, {"Result": int(code) if code.isdigit() else code})


class Faults:
    """The rules of one sandbox; the oldest rule that fits a call takes it and is used up."""

    def __init__(self) -> None:
        self._listed: list[_Listed] = []
        self._last_id = 0
        self._closing = asyncio.Event()
        self._forgotten = asyncio.Event()
        self._overtaken: dict[tuple[str, str], asyncio.Event] = {}

    def add(self, rule: Rule) -> int:
        """Add a rule and return its id. Raises BadControl when it can never hit."""
        if rule.times < 1 or rule.skip < 0 or rule.delay_s < 0:
            raise BadControl("times must be at least 1, skip and delay_s at least 0")
        if rule.fault in {Fault.CODE, Fault.CODE_AFTER} and rule.code is None:
            raise BadControl("the faults code and code-after need a code")
        self._last_id += 1
        self._listed.append(_Listed(self._last_id, rule))
        return self._last_id

    def listing(self) -> list[dict[str, Any]]:
        """Return the rules not yet used up."""
        return [{"id": listed.id, **msgspec.to_builtins(listed.rule)} for listed in self._listed]

    def clear(self) -> None:
        """Forget every rule and let calls go on that are delayed or held back by `reorder`."""
        self._listed.clear()
        self._forgotten.set()
        self._forgotten = asyncio.Event()
        while self._overtaken:
            self._overtaken.popitem()[1].set()

    def close(self) -> None:
        """End every silent call: the sandbox stops."""
        self._closing.set()
        self.clear()
        self._forgotten.set()

    def take(self, system: str, call: str, key: str = "") -> Rule | None:
        """Use up one hit of the rule that fits, if any."""
        if not self._listed:
            return None
        for index, listed in enumerate(self._listed):
            rule = listed.rule
            if rule.system != system or not fnmatchcase(call, rule.call) or rule.match not in key:
                continue
            if rule.skip:
                rule.skip -= 1
                return None
            rule.times -= 1
            rule.hits += 1
            if rule.times == 0:
                del self._listed[index]
            return rule
        return None

    async def apply(
        self, system: str, call: str, work: Work, *, key: str = "", coded: Coded = _plain_code
    ) -> VendorResponse:
        """Run the vendor's logic under the rules. `work` is atomic: it runs whole, twice or never.

        `key` is what a rule's `match` looks into; `coded` puts a rule's code into the vendor's shape.
        """
        rule = self.take(system, call, key)
        if rule is None:
            reply = work()
            self._passed(system, call)
            return answer(reply)
        if rule.fault is Fault.REORDER:
            await self._let_another_pass(system, call, rule.delay_s or _REORDER_LIMIT_S)
            return answer(work())
        if rule.delay_s:
            await self.pause(rule.delay_s)
        return self._struck(rule, work, coded)

    async def pause(self, seconds: float) -> None:
        """Sleep, but not past the stop of the sandbox, nor until after the rules were forgotten."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._forgotten.wait(), seconds)

    def _passed(self, system: str, call: str) -> None:
        if self._overtaken and (event := self._overtaken.pop((system, call), None)):
            event.set()

    async def _let_another_pass(self, system: str, call: str, limit_s: float) -> None:
        event = self._overtaken.setdefault((system, call), asyncio.Event())
        with suppress(TimeoutError):
            await asyncio.wait_for(event.wait(), limit_s)

    def _struck(self, rule: Rule, work: Work, coded: Coded) -> VendorResponse:
        if rule.fault in _COMMITS:
            work()
        match rule.fault:
            case Fault.HANG | Fault.HANG_AFTER:
                return silence(self._closing, _HANG_LIMIT_S)
            case Fault.CUT | Fault.CUT_AFTER | Fault.LOSE:
                return cut()
            case Fault.CODE | Fault.CODE_AFTER:
                return answer(coded(str(rule.code)))
            case Fault.GARBAGE | Fault.GARBAGE_AFTER:
                return answer(Reply(rule.status or 200, _GARBAGE, media_type="text/html"))
            case Fault.BEFORE | Fault.AFTER:
                return answer(Reply(rule.status or 503, _body(rule)))
            case _:
                return answer(work())


def _body(rule: Rule) -> bytes | str | dict[str, Any] | list[Any]:
    if rule.body is None:
        return {"message": "failed by a control rule"}
    if isinstance(rule.body, (str, bytes, dict, list)):
        return rule.body
    return msgspec.json.encode(rule.body)
