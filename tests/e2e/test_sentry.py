"""What is unexpected reaches Sentry, and nothing of the buyer with it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import AsyncGenerator, Iterator
from typing import Any

import pytest
from tests.e2e.collector import Collector, collecting
from tests.e2e.defects import DEFECT
from tests.e2e.grounds import Grounds
from tests.e2e.guest import Box
from tests.e2e.processes import free_port
from tests.e2e.town import API, ROOT, WORKER, Town, eventually

PLACE, RELEASE = "proving-ground", "muvi@1.2.3"
CANARIES = ("canary", "Canary", "966", "111 2224", "571112", "Noura", "Bearer")


@pytest.fixture(scope="module")
def sentry() -> Iterator[Collector]:
    with collecting() as made:
        yield made


def dsn(url: str) -> str:
    return url.replace("http://", "http://publickey@") + "/1"


def defective(town: Town) -> None:
    town.parts[API].module, town.parts[WORKER].module = (
        "tests.e2e.defective_api",
        "tests.e2e.defective_worker",
    )
    town.start()


@pytest.fixture(scope="module")
def faulty_town(ground: Grounds, sentry: Collector) -> Iterator[Town]:
    about = {"SENTRY_ENVIRONMENT": PLACE, "SENTRY_RELEASE": RELEASE}
    with ground.town(SENTRY_DSN=dsn(sentry.url), **about) as town:
        defective(town)
        yield town


@pytest.fixture
async def box(faulty_town: Town) -> AsyncGenerator[Box]:
    made = Box(faulty_town)
    yield made
    await made.close()
    (faulty_town.home / DEFECT).unlink(missing_ok=True)


async def the_event(sentry: Collector, town: Town, process: str, **tags: str) -> dict[str, Any]:
    """The first of a process with these tags; other tests' may arrive later than one thinks."""
    wanted = {"process": process, **tags}.items()

    async def told() -> dict[str, Any]:
        return next((one for one in sentry.events if wanted <= one["tags"].items()), {})

    return await eventually(told, town)


async def test_a_defect_of_the_api_is_reported(box: Box, faulty_town: Town, sentry: Collector) -> None:
    hall, guest = await box.hall(), await box.guest(email="canary.buyer@example.com")
    order_id = await guest.hold(hall.id, hall.free[:1])
    (faulty_town.home / DEFECT).write_text("begin_payment", encoding="ascii")
    answer = await guest.open_payment(order_id)
    assert (answer.status_code, answer.json()["code"]) == (500, "internal-error")
    event = await the_event(sentry, faulty_town, "api", order=order_id)
    assert (event["release"], event["environment"]) == (RELEASE, PLACE)
    tags = event["tags"]
    assert tags["request_id"] == answer.headers["x-request-id"]
    assert tags["route"] == "/api/v1/orders/{order_id}/pay"
    assert tags["order"] == order_id
    (error, *_) = event["exception"]["values"]
    assert error["type"] == "RuntimeError"
    assert error["stacktrace"]["frames"][-1]["function"] == "__getattr__"


async def test_a_defect_of_the_worker_is_reported(box: Box, faulty_town: Town, sentry: Collector) -> None:
    hall, guest = await box.hall(), await box.guest()
    order_id = await guest.hold(hall.id, hall.free[:1])
    (faulty_town.home / DEFECT).write_text("complete", encoding="ascii")
    await guest.pay(order_id)
    event = await the_event(sentry, faulty_town, "worker", id=order_id)
    assert event["tags"]["list"] == "checkouts"
    assert event["tags"]["request_id"]
    (faulty_town.home / DEFECT).unlink()
    await guest.until(order_id, "CONFIRMED")


async def test_refusals_are_not_reported(box: Box, faulty_town: Town, sentry: Collector) -> None:
    hall, guest, other = await box.hall(), await box.guest(), await box.guest()
    order_id = await guest.hold(hall.id, hall.free[:1])
    refused = await other.choose(await other.place(hall.id), hall.id, hall.free[:1])
    missing = await guest.call("GET", "/api/v1/orders/nothing")
    await faulty_town.sandbox.rule("vista", "set-tickets", fault="garbage")
    unknown = await guest.choose(await guest.place(hall.id), hall.id, hall.free[1:2])
    assert (refused.status_code, missing.status_code, unknown.status_code // 100) == (409, 404, 5)
    (faulty_town.home / DEFECT).write_text("begin_payment", encoding="ascii")
    await guest.open_payment(order_id)
    await the_event(sentry, faulty_town, "api", order=order_id)  # events come in order: it is the last
    told = {one["tags"].get("request_id") for one in sentry.events}
    assert not told & {answer.headers["x-request-id"] for answer in (refused, missing, unknown)}


async def test_nothing_personal_is_in_any_report(box: Box, faulty_town: Town, sentry: Collector) -> None:
    """An error with everything personal in its text; what the others caused is looked through as well."""
    hall, guest = await box.hall(), await box.guest(email="canary.buyer@example.com")
    order_id = await guest.hold(hall.id, hall.free[:1])
    (faulty_town.home / DEFECT).write_text("begin_payment", encoding="ascii")
    await guest.open_payment(order_id)
    await the_event(sentry, faulty_town, "api", order=order_id)
    everything = b"".join(sentry.raw).decode()
    assert "RuntimeError" in everything
    assert [canary for canary in CANARIES if canary in everything] == []


def test_a_command_that_ends_unexpectedly_is_reported(sentry: Collector, faulty_town: Town) -> None:
    told = dict(faulty_town.environment)
    script = (
        "from muvi.entrypoints import cli\n"
        "import sys\n"
        "@cli.main.command()\n"
        "def broken(): raise KeyError('canary.command@example.com')\n"
        "sys.argv = ['muvi', 'broken']\n"
        "cli.main()\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script], env=told, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 1, ended.stderr
    (event,) = (one for one in sentry.events if one["tags"]["process"] == "command")
    assert event["exception"]["values"][-1]["type"] == "KeyError"
    assert "canary" not in str(event)


@pytest.fixture(scope="module")
def forsaken_town(ground: Grounds) -> Iterator[Town]:
    """Nobody listens where its errors go."""
    with ground.town(SENTRY_DSN=dsn(f"http://127.0.0.1:{free_port()}")) as town:
        defective(town)
        yield town


async def test_without_sentry_everybody_buys_as_ever(forsaken_town: Town) -> None:
    box = Box(forsaken_town)
    try:
        hall, guest = await box.hall(), await box.guest()
        order_id = await guest.hold(hall.id, hall.free[:1])
        (forsaken_town.home / DEFECT).write_text("begin_payment", encoding="ascii")
        assert (await guest.open_payment(order_id)).status_code == 500
        (forsaken_town.home / DEFECT).unlink()
        order_id = await guest.hold(hall.id, hall.free[1:2])
        await guest.pay(order_id)
        await guest.until(order_id, "CONFIRMED")
    finally:
        await box.close()
