"""The API's numbers: by route template, however many paths are tried, and for insiders only."""

from __future__ import annotations

import os

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from tests.e2e.guest import Box, together
from tests.e2e.test_worker_metrics import value
from tests.e2e.town import POOL, Town, eventually

Series = dict[tuple[str, tuple[tuple[str, str], ...]], float]


async def scraped(town: Town) -> Series:
    async with httpx.AsyncClient(base_url=town.api_url, trust_env=False) as client:
        answer = await client.get("/metrics")
    assert answer.status_code == 200
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def counted(series: Series, **labels: str) -> float:
    return series.get(("muvi_http_requests_total", tuple(sorted(labels.items()))), 0)


def gets(series: Series) -> set[tuple[str, tuple[tuple[str, str], ...]]]:
    """The names of series about what guests get; messages about earlier purchases are posted."""
    return {name for name in series if name[0].startswith("muvi_http") and ("method", "GET") in name[1]}


async def test_a_thousand_paths_add_one_series(box: Box, town: Town) -> None:
    guest = box.stranger()
    await guest.call("GET", f"/{os.urandom(8).hex()}")
    await scraped(town)  # this is a request, too
    before = await scraped(town)
    paths = [f"/{os.urandom(8).hex()}/{number}" for number in range(1000)]
    await together((guest.call("GET", path) for path in paths), at_once=20)
    labels = {"method": "GET", "route": "unmatched", "status": "404"}
    after: Series = {}

    async def all_counted() -> bool:
        """A request counts when it is over; its answer may be here a moment before."""
        after.update(await scraped(town))
        return counted(after, **labels) - counted(before, **labels) >= len(paths)

    await eventually(all_counted, town)
    assert counted(after, **labels) - counted(before, **labels) == len(paths)
    assert gets(after) == gets(before)


async def test_ids_and_methods_are_no_labels(box: Box, town: Town) -> None:
    guest = box.stranger()
    for _ in range(3):
        await guest.call("GET", f"/api/v1/films/{os.urandom(8).hex()}")
        await guest.call("BREW" + os.urandom(2).hex().upper(), "/api/v1/films")
    series = await scraped(town)
    labels = [dict(labels) for name, labels in series if name == "muvi_http_requests_total"]
    assert {one["method"] for one in labels} <= {
        "GET",
        "POST",
        "OTHER",
        "HEAD",
        "PUT",
        "DELETE",
        "PATCH",
        "OPTIONS",
    }
    parts = {part for one in labels for part in one["route"].split("/")}
    assert "{film_id}" in parts
    assert [part for part in parts if any(map(str.isdigit, part))] == ["v1"]  # every id of ours has digits


async def test_the_api_tells_of_itself(box: Box, town: Town) -> None:
    hall, guest = await box.hall(), await box.guest()
    await guest.buy(hall.id, hall.free[:1])
    series: Series = {}

    async def alone() -> bool:
        """Nothing but the scrape is being answered: the gateway's message about the purchase is, too."""
        series.update(await scraped(town))
        return series["muvi_http_in_flight", ()] == 1 and series["muvi_loop_lag_seconds_count", ()] > 0

    await eventually(alone, town)
    assert series["muvi_db_connections", (("state", "most"),)] == int(POOL)
    seats = (("operation", "set_tickets"), ("outcome", "2xx"), ("vendor", "vista"))
    assert series["muvi_vendor_calls_total", seats] > 0


async def test_the_worker_tells_what_is_due(box: Box, town: Town) -> None:
    async def measured() -> bool:
        lists = ("checkouts", "attempts", "refunds", "outbox", "dead_letters")
        return None not in [await value(town, "muvi_due", list=name) for name in lists]

    await eventually(measured, town)
    hall, guest = await box.hall(), await box.guest()
    await guest.buy(hall.id, hall.free[:1])
    labels = {"vendor": "vista", "operation": "complete", "outcome": "2xx"}

    async def told() -> bool:
        return bool(await value(town, "muvi_vendor_calls_total", **labels))

    await eventually(told, town)


@pytest.mark.parametrize(
    ("name", "said"),
    [("x-forwarded-for", "203.0.113.7"), ("forwarded", "for=203.0.113.7"), ("via", "1.1 edge")],
)
async def test_nobody_reads_the_numbers_through_a_proxy(town: Town, name: str, said: str) -> None:
    async with httpx.AsyncClient(base_url=town.api_url, trust_env=False) as client:
        assert (await client.get("/metrics", headers={name: said})).status_code == 404
        assert (await client.get("/metrics")).status_code == 200
