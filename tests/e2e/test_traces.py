"""One payment is one trace, from the API over the worker to the third parties; and none of it is needed."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Iterator

import httpx
import pytest
from tests.e2e.collector import Collector, Told, collecting
from tests.e2e.grounds import Grounds
from tests.e2e.guest import VISA, Box
from tests.e2e.processes import free_port
from tests.e2e.town import API, WORKER, Town, eventually

PAY = "POST /api/v1/orders/{order_id}/pay"
TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
STREETS = "1bf7651916cd43dd8448eb211c80319d"
STEPS = {
    ("muvi-api", PAY),
    ("muvi-api", "vista begin_payment"),
    ("muvi-api", "hyperpay open"),
    ("muvi-worker", "work attempts"),
    ("muvi-worker", "hyperpay check"),
    ("muvi-worker", "work checkouts"),
    ("muvi-worker", "vista complete"),
    ("muvi-worker", "deliver order_confirmed.v1"),
    ("muvi-worker", "sendgrid send"),
}
QUICKLY = {"OTEL_BSP_SCHEDULE_DELAY": "100"}


@pytest.fixture(scope="module")
def collector() -> Iterator[Collector]:
    with collecting() as made:
        yield made


@pytest.fixture(scope="module")
def told_town(ground: Grounds, collector: Collector) -> Iterator[Town]:
    with ground.town(OTEL_EXPORTER_OTLP_ENDPOINT=collector.url, **QUICKLY) as town:
        town.start()
        yield town


@pytest.fixture
async def box(told_town: Town) -> AsyncGenerator[Box]:
    made = Box(told_town)
    yield made
    await made.close()


def pays(collector: Collector, order_id: str) -> list[Told]:
    """The spans of the calls that opened a payment of the order; other tests' payments are there as well."""
    return [one for one in collector.spans if (one.name, one.facts.get("muvi.order")) == (PAY, order_id)]


async def test_a_payment_is_one_trace(box: Box, told_town: Town, collector: Collector) -> None:
    hall, guest = await box.hall(), await box.guest(email="traced.noura@example.com")
    order_id = (await guest.buy(hall.id, hall.free[:2]))["id"]

    async def whole() -> list[Told]:
        """A span is told when it ends, so the outer ones come last; each process tells at its own pace."""
        found = [one for pay in pays(collector, order_id) for one in collector.of_trace(pay.trace)]
        ids, names = {one.id for one in found}, {(one.service, one.name) for one in found}
        rooted = [one.name for one in found if one.parent not in ids] == [PAY]
        return found if rooted and names >= STEPS else []

    spans = await eventually(whole, told_town)
    assert {one.facts["muvi.id"] for one in spans if one.name == "work checkouts"} == {order_id}


async def test_the_lines_of_the_work_name_the_request_and_the_trace(box: Box, told_town: Town) -> None:
    hall, guest = await box.hall(), await box.guest()
    order_id = await guest.hold(hall.id, hall.free[:1])
    opened = await guest.open_payment(order_id)
    await guest.submit(opened.json()["nextAction"])
    await guest.until(order_id, "CONFIRMED")
    logs = told_town.home / "logs"

    async def work_line() -> dict[str, str]:
        for line in (logs / "worker.log").read_text(encoding="utf-8").splitlines():
            if '"list":"checkouts"' in line and order_id in line:
                return dict(json.loads(line))
        return {}

    line = await eventually(work_line, told_town)
    requests = [
        json.loads(one)
        for one in (logs / "api.log").read_text(encoding="utf-8").splitlines()
        if line["request_id"] in one
    ]
    assert {one["route"] for one in requests} <= {
        "/api/v1/orders/{order_id}/pay",
        "/api/v1/cms/transactions/hyperpay-webhooks",
    }
    assert requests
    paid = [one for one in requests if one["route"].endswith("/pay")]
    assert all(one["trace_id"] == line["trace_id"] for one in paid)


async def test_no_name_has_an_id_and_nothing_is_personal(
    box: Box, told_town: Town, collector: Collector
) -> None:
    hall, guest = await box.hall(), await box.guest(email="traced.noura@example.com")
    await guest.buy(hall.id, hall.free[:1])
    await guest.call("GET", "/api/v1/films/0123?phone=0571112223")

    async def arrived() -> bool:
        return {"GET /api/v1/films/{film_id}", "sendgrid send"} <= {one.name for one in collector.spans}

    await eventually(arrived, told_town)
    everything = b"".join(collector.raw)
    for canary in (guest.phone.lstrip("+"), "traced.noura", "Noura", VISA, guest.token, "0571112223"):
        assert canary.encode() not in everything, canary
    names = {one.name for one in collector.spans}
    assert not [name for name in names if any(len(word) == 26 for word in name.replace("/", " ").split())]
    assert "POST /api/v1/orders" in names


async def test_a_caller_from_the_street_names_no_trace(
    box: Box, told_town: Town, collector: Collector
) -> None:
    guest = box.stranger()
    await guest.call("GET", "/api/v1/cities", traceparent=f"00-{STREETS}-{SPAN}-01")

    async def arrived() -> bool:
        return any(one.name == "GET /api/v1/cities" for one in collector.spans)

    await eventually(arrived, told_town)
    assert collector.of_trace(STREETS) == []


@pytest.fixture(scope="module")
def proxied_town(ground: Grounds, collector: Collector) -> Iterator[Town]:
    """Whoever speaks to it counts as its proxy."""
    extra = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "TRUSTED_PROXIES": "127.0.0.1", **QUICKLY}
    with ground.town(**extra) as town:
        town.run(API)
        yield town


async def test_a_trusted_proxy_names_the_trace(proxied_town: Town, collector: Collector) -> None:
    async with httpx.AsyncClient(base_url=proxied_town.api_url, trust_env=False) as client:
        await client.get("/api/v1/cities", headers={"traceparent": f"00-{TRACE}-{SPAN}-01"})

    async def arrived() -> list[Told]:
        return [span for span in collector.of_trace(TRACE) if span.parent == SPAN]

    roots = await eventually(arrived, proxied_town)
    assert [span.name for span in roots] == ["GET /api/v1/cities"]


@pytest.fixture(scope="module")
def forsaken_town(ground: Grounds) -> Iterator[Town]:
    """Nobody listens where its traces go."""
    with ground.town(OTEL_EXPORTER_OTLP_ENDPOINT=f"http://127.0.0.1:{free_port()}", **QUICKLY) as town:
        town.start()
        yield town


async def test_without_the_collector_everybody_buys_as_ever(forsaken_town: Town) -> None:
    box = Box(forsaken_town)
    try:
        guest, hall = await box.guest(), await box.hall()
        for at in (0, 1, 2):
            assert (await guest.buy(hall.id, hall.free[at : at + 1]))["status"] == "CONFIRMED"
    finally:
        await box.close()
    for part in (API, WORKER):
        text = (forsaken_town.home / "logs" / f"{part}.log").read_text(encoding="utf-8")
        assert text.count("traces lost") <= 1, text
        assert "Traceback" not in text
