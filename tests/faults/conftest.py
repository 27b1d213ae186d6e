"""Towns whose parts may be killed, whose time may be moved, whose guards may be switched off."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator

import pytest
from tests.e2e.grounds import Grounds
from tests.e2e.guest import Box
from tests.e2e.town import API, WORKER, Town
from tests.faults.guards import OFF
from tests.faults.overrides import CRASH_AT

CRASHING = {API: "tests.faults.crashing_api", WORKER: "tests.faults.crashing_worker"}
UNGUARDED = {API: "tests.faults.unguarded_api", WORKER: "tests.faults.unguarded_worker"}


@pytest.fixture(scope="session")
def mortal_town(ground: Grounds) -> Iterator[Town]:
    """One API and one worker, both with a clock of their own and steps at which they die."""
    with ground.town() as town:
        for name, module in CRASHING.items():
            town.parts[name].module = module
        town.start()
        yield town


@pytest.fixture
async def town(mortal_town: Town) -> AsyncGenerator[Town]:
    """The town, whole and friendly again; a failed test shows the end of its logs."""
    await revive(mortal_town, CRASHING)
    yield mortal_town
    print(mortal_town.said())  # noqa: T201  pytest shows it when the test failed


@pytest.fixture
async def box(town: Town) -> AsyncGenerator[Box]:
    made = Box(town)
    yield made
    await made.close()


@pytest.fixture(scope="session")
def careless_town(ground: Grounds) -> Iterator[Town]:
    """The town of all twins: its guards have switches, and what went wrong in it stays wrong."""
    with ground.town() as town:
        for name, module in UNGUARDED.items():
            town.parts[name].module = module
        town.start()
        yield town


@pytest.fixture
async def open_town(careless_town: Town) -> AsyncGenerator[Town]:
    """The town of the twins with every guard on; `without` switches some off."""
    (careless_town.home / OFF).unlink(missing_ok=True)
    await revive(careless_town, UNGUARDED)
    yield careless_town
    print(careless_town.said())  # noqa: T201  pytest shows it when the test failed


@pytest.fixture
async def open_box(open_town: Town) -> AsyncGenerator[Box]:
    made = Box(open_town)
    yield made
    await made.close()


async def revive(town: Town, modules: dict[str, str]) -> None:
    """Every part runs as it is meant to, nothing is armed."""
    (town.home / CRASH_AT).unlink(missing_ok=True)
    for name, part in town.parts.items():
        wanted = modules.get(name, part.module)
        if not part.running or part.module != wanted:
            town.kill(name)
            town.run(name, wanted)
    await town.sandbox.reset(town.shift_s)
