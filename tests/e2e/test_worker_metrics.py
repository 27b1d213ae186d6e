"""The worker's numbers can be scraped, on a port of its own."""

import httpx
from prometheus_client.parser import text_string_to_metric_families
from tests.e2e.guest import Box
from tests.e2e.town import Town, eventually


async def ask(town: Town, path: str) -> httpx.Response:
    async with httpx.AsyncClient(base_url=town.metrics_url, trust_env=False) as client:
        return await client.get(path)


async def value(town: Town, name: str, **labels: str) -> float | None:
    """One sample of the worker's metrics; None when there is none yet."""
    answer = await ask(town, "/metrics")
    for family in text_string_to_metric_families(answer.text):
        for sample in family.samples:
            if (sample.name, sample.labels) == (name, labels):
                return sample.value
    return None


async def test_the_worker_lives(town: Town) -> None:
    answer = await ask(town, "/health/live")
    assert (answer.status_code, answer.json()) == (200, {"status": "live"})


async def test_what_waits_for_a_person_is_seen(town: Town) -> None:
    async def counted() -> bool:
        kinds = ("checkout", "refund")
        return [await value(town, "muvi_attention_waiting", kind=kind) for kind in kinds] == [0, 0]

    await eventually(counted, town)


async def test_a_purchase_counts_as_work(box: Box, town: Town) -> None:
    labels = {"list": "checkouts", "outcome": "done"}
    before = await value(town, "muvi_work_total", **labels) or 0
    hall, guest = await box.hall(), await box.guest()
    await guest.buy(hall.id, hall.free[:1])

    async def more() -> bool:
        return (await value(town, "muvi_work_total", **labels) or 0) > before

    await eventually(more, town)
