"""Reading a whole set, though it is paged, moves or breaks."""

import json
from collections.abc import AsyncIterator, Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from typing_extensions import override

from muvi.adapters.kit.http_client import VendorHttp
from muvi.adapters.vista.odata import ODataReader
from muvi.ports.errors import Refused, Unavailable

Handler = Callable[[httpx.Request], httpx.Response]
ROWS = [{"ID": f"{number:04}"} for number in range(25)]


def asked(request: httpx.Request) -> dict[str, str]:
    return {key: values[0] for key, values in parse_qs(urlsplit(str(request.url)).query).items()}


class Body(httpx.AsyncByteStream):
    """An unread body, as it comes from the network."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    @override
    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self.content


def reply(status: int, content: str = "", **headers: str) -> httpx.Response:
    return httpx.Response(status, headers=headers, stream=Body(content.encode()))


def light(rows: list[dict[str, Any]], **more: object) -> httpx.Response:
    return reply(200, json.dumps({"odata.metadata": "m", "value": rows, **more}))


def of_rows(request: httpx.Request) -> httpx.Response:
    query = asked(request)
    start = int(query["$skip"])
    return light(ROWS[start : start + int(query["$top"])])


async def read(handler: Handler, *, window: int = 10, overlap: int = 2) -> list[str]:
    http = VendorHttp("box-office", "http://vista.example/WS", transport=httpx.MockTransport(handler))
    reader = ODataReader(http, window=window, overlap=overlap)
    try:
        return [json.loads(bytes(row))["ID"] async for page in reader.rows("Sessions") for row in page]
    finally:
        await http.aclose()


@pytest.mark.parametrize("window", [5, 10, 24, 25, 26, 100])
async def test_every_row_once_whatever_the_window(window: int) -> None:
    assert await read(of_rows, window=window) == [row["ID"] for row in ROWS]


async def test_the_query_is_what_the_feed_understands() -> None:
    requests: list[dict[str, str]] = []

    def record(request: httpx.Request) -> httpx.Response:
        requests.append(asked(request))
        return of_rows(request)

    await read(record)

    assert requests[1] == {"$format": "json", "$orderby": "ID", "$top": "10", "$skip": "8"}


async def test_the_servers_own_pages_are_followed() -> None:
    def paged(request: httpx.Request) -> httpx.Response:
        query = asked(request)
        start, top = int(query["$skip"]), int(query.get("$top", "100"))
        size = min(4, top)
        rest = f"http://vista.example/WS/OData.svc/Sessions?$skip={start + size}&$top={top - size}"
        more = {"odata.nextLink": rest} if size < top and start + size < len(ROWS) else {}
        return light(ROWS[start : start + size], **more)

    assert await read(paged) == [row["ID"] for row in ROWS]


async def test_a_row_that_drops_out_while_we_read_costs_no_other() -> None:
    left = list(ROWS)

    def moving(request: httpx.Request) -> httpx.Response:
        query = asked(request)
        start = int(query["$skip"])
        page = left[start : start + int(query["$top"])]
        left.pop(0)
        return light(page)

    assert await read(moving) == [row["ID"] for row in ROWS]


async def test_without_overlap_rows_would_be_missed_and_that_is_noticed() -> None:
    left = list(ROWS)

    def moving(request: httpx.Request) -> httpx.Response:
        query = asked(request)
        start = int(query["$skip"])
        page = left[start : start + int(query["$top"])]
        del left[:3]
        return light(page)

    with pytest.raises(Unavailable, match="moved while it was read"):
        await read(moving)


async def test_a_server_that_ignores_skip_does_not_hold_us_for_ever() -> None:
    with pytest.raises(Unavailable, match="repeats itself"):
        await read(lambda request: light(ROWS[: int(asked(request)["$top"])]))


@pytest.mark.parametrize("status", [401, 403])
async def test_a_token_that_is_not_let_in(status: int) -> None:
    with pytest.raises(Refused) as refusal:
        await read(lambda _: reply(status))
    assert refusal.value.reason == str(status)


@pytest.mark.parametrize(
    "answer",
    [
        (500, "<html>"),
        (200, "<feed/>"),
        (200, '{"value": "none"}'),
        (404, '{"odata.error": {}}'),
    ],
)
async def test_anything_else_is_a_feed_that_failed(answer: tuple[int, str]) -> None:
    with pytest.raises(Unavailable):
        await read(lambda _: reply(*answer))


async def test_a_throttle_says_when_to_come_back() -> None:
    with pytest.raises(Unavailable) as failure:
        await read(lambda _: reply(429, **{"Retry-After": "7"}))
    assert failure.value.retry_after_s == 7
