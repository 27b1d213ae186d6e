"""`muvi doctor` as a process: well where all is well, plain where it is not, and it leaves no trace."""

import asyncio
import json
import subprocess
import sys
from typing import Any

from tests.e2e.processes import free_port
from tests.e2e.town import ROOT, Town, eventually

TABLES = ("orders", "payment_attempts", "outbox", "call_budgets", "otp_challenges", "users")
SYSTEMS = ("vista", "hyperpay", "payfort", "unifonic", "sendgrid")


async def examined(town: Town, **more: str) -> tuple[int, dict[str, dict[str, Any]]]:
    """The exit code, and the findings by section and what they are about."""
    ended = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "muvi", "doctor", "--json"],
        env={**town.environment, **more},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    told = json.loads(ended.stdout)
    assert told["healthy"] is (ended.returncode == 0)
    found = {
        f"{check['section']}: {one['about']}": one for check in told["checks"] for one in check["findings"]
    }
    return ended.returncode, found


def wrong(found: dict[str, dict[str, Any]]) -> set[str]:
    return {name for name, one in found.items() if one["level"] == "failure"}


async def test_a_town_is_well_and_stays_as_it_was(town: Town) -> None:
    status, found = await examined(town)
    assert (status, wrong(found)) == (0, set())
    for name in (
        "PostgreSQL: primary",
        "PostgreSQL: schema",
        "Redis: server",
        "box office: website",
        "payment gateways: hyperpay default",
        "payment gateways: payfort",
        "payment gateways: payfort page",
        "SMS: unifonic",
        "mail: sendgrid",
        "catalogue: showtimes",
        "work: outbox",
        "processes: API",
        "processes: worker",
    ):
        assert found[name]["level"] == "ok", found[name]

    async def untouched() -> bool:
        """What earlier tests began may still go on in the background: then it is looked at once more."""
        before = await traces(town)
        await examined(town)
        return await traces(town) == before

    await eventually(untouched, town)


async def traces(town: Town) -> list[object]:
    """What an examination could leave behind, here and at third parties."""
    rows = [await town.rows(f"SELECT count(*) FROM {name}") for name in TABLES]  # noqa: S608
    return [*rows, *[await town.sandbox.truth(system) for system in SYSTEMS]]


async def test_credentials_that_are_refused_are_named(town: Town) -> None:
    strange = "a-token-that-nobody-knows"
    given = {
        "VISTA_IOS_TOKEN": strange,
        "HYPER_PAY_TOKEN": strange,
        "PAYFORT_SHA_REQUEST_PHRASE": strange,
        "UNIFONIC_AUTH_TOKEN": strange,
        "SENDGRID_API_KEY": strange,
    }
    status, found = await examined(town, **given)
    assert status == 1
    assert wrong(found) == {
        "box office: ios",
        "payment gateways: hyperpay default",
        "payment gateways: payfort",
        "SMS: unifonic",
        "mail: sendgrid",
    }
    for name in wrong(found):
        assert "does not accept our credentials" in found[name]["said"]
    assert "VISTA_IOS_TOKEN" in found["box office: ios"]["remedy"]
    assert strange not in json.dumps(found)


async def test_addresses_of_something_else_are_named(town: Town) -> None:
    sandbox = f"http://127.0.0.1:{town.environment['SANDBOX_PORT']}"
    for hyperpay in (f"{sandbox}/hyperpay/nope", f"{town.api_url}/swagger"):
        nope = f"{sandbox}/payfort/FortAPI/nope"
        status, found = await examined(
            town, HYPER_PAY_BASE_URL=hyperpay, PAYFORT_BASE_URL=nope, PAYFORT_PAGE_URL=nope
        )
        assert status == 1
        assert {name: found[name]["remedy"] for name in wrong(found)} == {
            "payment gateways: hyperpay default": "look at HYPER_PAY_BASE_URL",
            "payment gateways: payfort": "look at PAYFORT_BASE_URL",
            "payment gateways: payfort page": "look at PAYFORT_PAGE_URL",
        }


async def test_without_a_database_everything_else_is_looked_at(town: Town) -> None:
    nobody = f"127.0.0.1:{free_port()}"
    gone = {"DATABASE_URL": f"postgresql://{nobody}/muvi", "REDIS_URL": f"redis://{nobody}/0"}
    status, found = await examined(town, **gone)
    assert status == 1
    assert wrong(found) == {"PostgreSQL: primary", "Redis: server"}
    assert found["box office: website"]["level"] == "ok"
    assert found["work: lists"]["level"] == "warning"


async def test_third_parties_that_are_away_have_a_remedy(town: Town) -> None:
    status, found = await examined(town, SANDBOX_PORT=str(free_port()))
    assert status == 1
    away = wrong(found)
    assert {
        "box office: website",
        "payment gateways: hyperpay default",
        "SMS: unifonic",
        "mail: sendgrid",
    } <= away
    assert {found[name]["remedy"] for name in away} == {"start the sandbox: make up"}


async def test_work_that_nobody_does_is_seen(town: Town) -> None:
    with town.frozen("worker"):
        put = (
            "INSERT INTO outbox (id, type, payload, occurred_at, available_at)"
            " VALUES (gen_random_uuid(), 'nothing.v1', '{}', now() - interval '1 hour',"
            " now() - interval '1 hour') RETURNING id"
        )
        await town.rows(put)
        status, found = await examined(town)
        await town.rows("DELETE FROM outbox WHERE type = 'nothing.v1' RETURNING id")
    assert status == 1
    assert {"work: outbox", "processes: worker"} == wrong(found)
    assert "1 overdue" in found["work: outbox"]["said"]
