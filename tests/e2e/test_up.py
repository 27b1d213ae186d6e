"""`muvi up` from outside: it says what is in the way, brings everything up, and leaves nothing behind."""

import asyncio
import json
import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import httpx
import pytest
from tests import servers
from tests.e2e.copies import Copy, a_copy, muvi
from tests.e2e.guest import Box
from tests.e2e.processes import alive, command_of, descendants, free_port, wait_for
from tests.e2e.town import Sandbox, Town, eventually

from muvi.entrypoints.local.folders import HomeLock


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """Kept over the tests of this module, so that only the first start is a cold one."""
    with servers.temporary_home() as made:
        yield made


def one_of(copy: Copy, words: str) -> int:
    """The process of a copy whose command has these words."""
    return next(pid for pid in sorted(descendants(copy.process.pid)) if words in command_of(pid))


def left(everybody: set[int]) -> list[str]:
    """Those that still live."""
    return [command_of(pid) for pid in everybody if alive(pid)]


def total(copy: Copy, path: str) -> int:
    answer = copy.get(path)
    return int(answer.json()["total"]) if answer.status_code == 200 else 0


def test_a_taken_port_is_told_and_nothing_is_started(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
        ended = muvi(tmp_path / "home", "up", SERVER_PORT=str(port), SANDBOX_PORT=str(free_port()))
    assert ended.returncode == 1
    said = " ".join(ended.stdout.split())
    assert f"Port {port} on 127.0.0.1 is taken by process {os.getpid()}" in said
    assert f"SERVER_PORT={port + 1}" in said
    assert not (tmp_path / "home" / "postgres").exists()


def test_a_second_copy_in_one_home_is_told_who_runs_there(tmp_path: Path) -> None:
    lock = HomeLock(tmp_path)
    lock.take("process 4711, API on port 3000")
    ended = muvi(tmp_path, "up", SERVER_PORT=str(free_port()), SANDBOX_PORT=str(free_port()))
    lock.release()
    assert ended.returncode == 1
    assert "already runs from" in ended.stdout
    assert "process 4711, API on port 3000" in ended.stdout


def test_the_port_of_the_workers_metrics_is_looked_at_too(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        taken = str(holder.getsockname()[1])
        ports = {"SERVER_PORT": str(free_port()), "SANDBOX_PORT": str(free_port())}
        ended = muvi(tmp_path / "home", "up", WORKER_METRICS_PORT=taken, **ports)
    assert ended.returncode == 1
    assert f"WORKER_METRICS_PORT={int(taken) + 1}" in " ".join(ended.stdout.split())


def test_production_brings_its_own_servers(tmp_path: Path) -> None:
    ended = muvi(tmp_path / "home", "up", NODE_ENV="production")
    assert ended.returncode == 1
    assert "production has none of them" in ended.stdout
    assert not (tmp_path / "home").exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_home_without_the_right_to_write_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    ended = muvi(tmp_path / "home", "up")
    tmp_path.chmod(0o700)
    assert ended.returncode == 1
    assert "No right to write" in ended.stdout


def test_everything_comes_up_and_sigterm_ends_it_all(home: Path) -> None:
    with a_copy(home) as copy:
        assert copy.get("/health/ready").status_code == 200
        assert copy.get("/swagger").status_code == 200
        assert copy.sandbox("/health").status_code == 200
        assert copy.sandbox("/inbox").status_code == 200
        assert total(copy, "/api/v1/films") >= 15
        assert total(copy, "/api/v1/cinemas") >= 20
        for address in (
            f"http://127.0.0.1:{copy.port}/swagger",
            f"http://127.0.0.1:{copy.sandbox_port}/inbox",
        ):
            assert address in copy.said
        assert muvi(home, "migrate").returncode == 0  # in another shell, told nothing but the home
        assert f"MUVI_HOME={home} .venv/bin/muvi buy" in copy.said
        bought = muvi(home, "buy", "--json", "--into", str(home))
        assert bought.returncode == 0, bought.stdout + bought.stderr
        booking = json.loads(bought.stdout)["steps"][-2]["booking"]
        assert (home / f"ticket-{booking}.png").exists()
        examined = muvi(home, "doctor")
        assert examined.returncode == 0, examined.stdout
        everybody = descendants(copy.process.pid)
        assert len(everybody) > 5
        assert copy.stop() == 0
        assert wait_for(lambda: not any(alive(pid) for pid in everybody)), left(everybody)


def booked(home: Path) -> int:
    """Bookings of the box office, as it tells them itself."""
    return (home / "sandbox" / "truth-vista.jsonl").read_text(encoding="utf-8").count('"booking-completed"')


async def test_purchases_under_way_end_before_what_they_need(home: Path) -> None:
    """Calls of the gateway and of the box office are under way when the copy is stopped: API and worker get
    their answers.
    """
    with a_copy(home) as copy:
        sandbox = Sandbox(f"http://127.0.0.1:{copy.sandbox_port}")
        api_url = f"http://127.0.0.1:{copy.port}"
        place = SimpleNamespace(
            api_url=api_url, sandbox=sandbox, showtimes=[], page=0, said=lambda: copy.said
        )
        town = cast("Town", place)
        box = Box(town)
        hall = await box.hall()
        buyers = [await box.guest() for _ in range(3)]
        orders = [
            await buyer.hold(hall.id, hall.free[2 * at : 2 * at + 1]) for at, buyer in enumerate(buyers)
        ]
        await sandbox.rule("vista", "order/payment", delay_s=3)
        await buyers[0].pay(orders[0])
        await sandbox.rule("vista", "order/startexternalpayment", delay_s=3, times=2)
        paying = [
            asyncio.create_task(buyer.open_payment(order_id))
            for buyer, order_id in zip(buyers[1:], orders[1:], strict=True)
        ]

        async def all_wait() -> bool:
            return not await sandbox.rules()  # each is used up by a call that then waits

        await eventually(all_wait, town)
        before = booked(home)
        assert await asyncio.to_thread(copy.stop) == 0
        assert [(await answer).status_code for answer in paying] == [200, 200]
        await box.close()
    assert booked(home) == before + 1
    for log in ("api.log", "worker.log"):
        assert "no connection" not in (home / "logs" / log).read_text(encoding="utf-8")


def test_ctrl_c_ends_it_all(home: Path) -> None:
    with a_copy(home) as copy:
        everybody = descendants(copy.process.pid)
        assert copy.stop(signal.SIGINT) == 0
        assert wait_for(lambda: not any(alive(pid) for pid in everybody)), left(everybody)


def test_a_killed_supervisor_leaves_no_orphan_and_the_next_start_works(home: Path) -> None:
    with a_copy(home) as copy:
        everybody = descendants(copy.process.pid)
        copy.stop(signal.SIGKILL)
        assert wait_for(lambda: not any(alive(pid) for pid in everybody), seconds=60)
    with a_copy(home) as copy:
        assert total(copy, "/api/v1/films") >= 15


def test_the_worker_can_be_scraped_where_a_port_is_named(home: Path) -> None:
    port = str(free_port())
    with a_copy(home, WORKER_METRICS_PORT=port) as copy:
        address = f"http://127.0.0.1:{port}/metrics"
        assert wait_for(lambda: address in copy.said)
        assert "muvi_work_total" in httpx.get(address, trust_env=False).text


def test_a_killed_api_is_started_again(home: Path) -> None:
    with a_copy(home) as copy:
        first = one_of(copy, "muvi.entrypoints.api")
        os.kill(first, signal.SIGKILL)
        assert wait_for(lambda: "API ended (killed by SIGKILL)" in copy.said)
        assert wait_for(copy.well, seconds=60)


def test_without_postgres_it_ends_and_says_so(home: Path) -> None:
    with a_copy(home) as copy:
        everybody = descendants(copy.process.pid)
        os.kill(one_of(copy, "bin/postgres"), signal.SIGKILL)
        assert copy.process.wait(90) == 1
        assert "PostgreSQL ended" in copy.said
        assert wait_for(lambda: not any(alive(pid) for pid in everybody), seconds=60)


def test_two_copies_run_side_by_side(home: Path) -> None:
    with servers.temporary_home() as other, a_copy(home) as one, a_copy(other) as two:
        assert total(one, "/api/v1/films") == total(two, "/api/v1/films") > 0
        assert two.stop() == 0
        assert one.get("/health/ready").status_code == 200
