"""Answers that stand ready: young, bounded, dropped on change, and the same for everybody."""

import asyncio
import json
from collections.abc import Awaitable, Callable

import pytest
from litestar.types import Message, Receive, Scope, Send
from tests.unit.architecture.source import ROOT

from muvi.adapters.http import ready as module
from muvi.adapters.http.ready import Key, ReadyAnswers, ReadyFirst, key_of
from muvi.domain.shared.text import Language

KEY: Key = ("/api/v1/films", b"", Language.EN)


class Seconds:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def counted() -> Callable[[], Awaitable[bytes]]:
    made = 0

    async def work() -> bytes:
        nonlocal made
        made += 1
        return b"%d" % made

    return work


async def test_an_answer_is_made_once_and_lives_five_seconds() -> None:
    clock, work = Seconds(), counted()
    ready = ReadyAnswers(clock)

    assert (await ready.make(KEY, "/films", work)).body == b"1"
    clock.now += 4.9
    assert (await ready.make(KEY, "/films", work)).body == b"1"
    clock.now += 0.2
    assert ready.get(KEY) is None
    assert (await ready.make(KEY, "/films", work)).body == b"2"


async def test_life_counts_from_before_the_reading() -> None:
    clock = Seconds()
    ready = ReadyAnswers(clock)

    async def slow() -> bytes:
        clock.now += 4
        return b"old"

    await ready.make(KEY, "/films", slow)
    clock.now += 1
    assert ready.get(KEY) is None


async def test_a_change_drops_everything_at_once() -> None:
    ready, work = ReadyAnswers(Seconds()), counted()
    await ready.make(KEY, "/films", work)

    ready.drop()

    assert ready.get(KEY) is None
    assert (await ready.make(KEY, "/films", work)).body == b"2"


@pytest.mark.parametrize("is_dropped", [True, False])
async def test_what_was_read_before_a_change_does_not_outlive_it(*, is_dropped: bool) -> None:
    ready, reading, go = ReadyAnswers(Seconds()), asyncio.Event(), asyncio.Event()

    async def before_the_change() -> bytes:
        reading.set()
        await go.wait()
        return b"old"

    making = asyncio.create_task(ready.make(KEY, "/films", before_the_change))
    await reading.wait()
    if is_dropped:
        ready.drop()
    go.set()

    assert (await making).body == b"old"
    assert (ready.get(KEY) is None) is is_dropped


async def test_those_who_come_meanwhile_wait_for_the_same_answer() -> None:
    ready, go, work = ReadyAnswers(Seconds()), asyncio.Event(), counted()

    async def slow() -> bytes:
        await go.wait()
        return await work()

    waiting = [asyncio.create_task(ready.make(KEY, "/films", slow)) for _ in range(20)]
    await asyncio.sleep(0)
    waiting[0].cancel()  # the first client leaves
    await asyncio.sleep(0)
    go.set()

    assert {(await one).body for one in waiting[1:]} == {b"1"}


async def test_errors_reach_all_and_are_not_kept() -> None:
    ready = ReadyAnswers(Seconds())

    async def broken() -> bytes:
        raise ValueError("no")

    outcomes = [asyncio.create_task(ready.make(KEY, "/films", broken)) for _ in range(3)]
    for one in outcomes:
        with pytest.raises(ValueError, match="no"):
            await one
    assert (await ready.make(KEY, "/films", counted())).body == b"1"


async def test_number_and_size_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_ENTRIES", 3)
    monkeypatch.setattr(module, "MAX_BYTES", 25)
    ready = ReadyAnswers(Seconds())
    keys: list[Key] = [(f"/{number}", b"", Language.EN) for number in range(4)]

    for key in keys:
        await ready.make(key, "/x", counted())
    assert [ready.get(key) is not None for key in keys] == [False, True, True, True]

    async def large() -> bytes:
        return b"x" * 24

    await ready.make(KEY, "/x", large)
    assert [ready.get(key) is not None for key in keys] == [False, False, False, True]


NEVER_READY = {
    *("showtimeSeats", "returnFromHyperPay"),
    *("paymentBack", "showPaymentPage", "showPaymentResult", "showTicketImage"),
}
"""Routes whose answers are never kept as bytes."""


@pytest.mark.parametrize(
    ("query", "same_as"),
    [
        (b"page=1&cityId=A", b"cityId=A&page=1"),
        (b"page=1&_=17&utm_source=x", b"page=1"),
        (b"cinemaIds%5B%5D=A&page=1", b"page=1&cinemaIds%5B%5D=A"),
    ],
)
def test_order_and_strangers_do_not_count(query: bytes, same_as: bytes) -> None:
    assert key_of("/films", query, "en") == key_of("/films", same_as, "en")


@pytest.mark.parametrize("query", [b"%63ityId=A", b"city%49d=A&page=1", b"page=1&cit+yId=B"])
def test_names_that_cannot_be_compared_are_not_kept(query: bytes) -> None:
    assert key_of("/films", query, "en") is None


def test_every_parameter_of_browsing_counts() -> None:
    """Else the answer to one question would be given to another."""
    described = json.loads((ROOT / "docs" / "openapi.json").read_text(encoding="utf-8"))["paths"]
    gets = [path["get"] for path in described.values() if "get" in path]
    asked = {
        one["name"]
        for get in gets
        if not get.get("security") and get["operationId"] not in NEVER_READY
        for one in get.get("parameters", ())
        if one["in"] == "query"
    }
    assert {"filterCinemaIds", "showMore", "lat"} <= asked
    assert [name for name in asked if key_of("/", f"{name}=1".encode(), "") == key_of("/", b"", "")] == []


def test_values_and_languages_count() -> None:
    keys = {
        key_of("/films", b"page=1", "en-GB,en;q=0.9"),
        key_of("/films", b"page=2", "en"),
        key_of("/films", b"page=1", "ar-SA"),
        key_of("/films", b"page=1", "fr"),
        key_of("/cinemas", b"page=1", ""),
    }
    assert len(keys) == 4


async def ask(first: ReadyFirst, *headers: tuple[bytes, bytes], method: str = "GET") -> list[Message]:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> None:
        raise AssertionError

    scope = {
        "type": "http",
        "method": method,
        "path": "/api/v1/films",
        "query_string": b"",
        "headers": list(headers),
    }
    await first(scope, receive, send)  # type: ignore[arg-type]
    return sent


async def test_what_stands_ready_is_sent_without_asking_the_application() -> None:
    ready = ReadyAnswers(Seconds())
    answer = await ready.make(KEY, "/api/v1/films", counted())
    asked: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        del receive, send
        asked.append(scope["path"])

    async def find() -> ReadyAnswers:
        return ready

    first = ReadyFirst(app, find)

    start, body = await ask(first, (b"accept-language", b"en"))
    assert (start["status"], body["body"]) == (200, b"1")  # type: ignore[typeddict-item]
    assert (b"etag", answer.tag) in start["headers"]  # type: ignore[typeddict-item]
    start, body = await ask(first, (b"if-none-match", answer.tag))
    assert (start["status"], body["body"]) == (304, b"")  # type: ignore[typeddict-item]
    assert asked == []
    await ask(first, (b"accept-language", b"ar"))
    await ask(first, method="POST")
    assert len(asked) == 2
