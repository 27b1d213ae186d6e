"""`muvi buy` as a process against a running town: it tells its steps and leaves a ticket."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from tests.e2e.processes import free_port
from tests.e2e.town import ROOT, Town


async def buy(town: Town, *options: str, **more: str) -> subprocess.CompletedProcess[str]:
    """The command, told what another shell beside the town would be told."""
    line = [sys.executable, "-m", "muvi", "buy", *options]
    told = {**town.environment, **more}
    return await asyncio.to_thread(
        subprocess.run,
        line,
        env=told,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def steps(ended: subprocess.CompletedProcess[str]) -> dict[str, dict[str, Any]]:
    told = json.loads(ended.stdout)
    assert told["ok"], told
    return {one["step"]: one for one in told["steps"]}


@pytest.mark.parametrize(("outcome", "language"), [("paid", "en"), ("challenge", "ar")])
async def test_it_buys_and_keeps_the_ticket(town: Town, tmp_path: Path, outcome: str, language: str) -> None:
    options = ("--outcome", outcome, "--lang", language, "--seats", "3", "--json", "--into", str(tmp_path))
    ended = await buy(town, *options)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    told = steps(ended)
    assert len(told["seats"]["seats"]) == 3
    assert told["form"]["challenged"] is (outcome == "challenge")
    with Image.open(tmp_path / f"ticket-{told['confirmation']['booking']}.png") as picture:
        assert picture.format == "PNG"


async def test_a_declined_card_takes_nothing_and_frees_the_seats(town: Town, tmp_path: Path) -> None:
    ended = await buy(town, "--outcome", "declined", "--into", str(tmp_path))
    assert ended.returncode == 0, ended.stdout + ended.stderr
    lines = [line for line in ended.stdout.splitlines() if line.startswith("✓")]
    assert [line.split()[1] for line in lines[-2:]] == ["declined", "cancel"]
    assert "ticket" not in ended.stdout


@pytest.mark.parametrize("outcome", ["paid", "challenge", "declined"])
async def test_a_gateway_with_a_page_of_its_own(town: Town, tmp_path: Path, outcome: str) -> None:
    options = ("--gateway", "payfort", "--outcome", outcome, "--json", "--into", str(tmp_path))
    ended = await buy(town, *options)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    told = steps(ended)
    assert told["form"]["filledIn"] is True
    assert ("ticket" in told) is (outcome != "declined")


async def test_a_film_that_is_not_on_names_those_that_are(town: Town) -> None:
    ended = await buy(town, "--film", "no such film", "--json")
    assert ended.returncode == 1
    assert "There are: " in json.loads(ended.stdout)["error"]


async def test_without_any_muvi_it_says_how_to_start_one(town: Town) -> None:
    ended = await buy(town, "--base-url", f"http://127.0.0.1:{free_port()}")
    assert ended.returncode == 1
    assert "make up" in ended.stderr


async def test_a_real_system_is_not_bought_from_unasked(town: Town) -> None:
    ended = await buy(town, SANDBOX_PORT=str(free_port()))
    assert ended.returncode == 1
    assert "buys for real" in ended.stderr


async def test_with_real_third_parties_a_person_is_asked_and_shown_the_page(town: Town) -> None:
    nobody = str(free_port())
    ended = await buy(town, "--yes", "--phone", "+966512345678", SANDBOX_PORT=nobody)
    assert ended.returncode == 1
    assert "Code in the text message" in ended.stderr
