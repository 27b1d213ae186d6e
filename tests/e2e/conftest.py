"""Towns of tests that kill nothing: one for the session, its parts left alone."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator

import pytest
from tests.e2e.grounds import Grounds
from tests.e2e.guest import Box
from tests.e2e.town import Town


@pytest.fixture(scope="session")
def quiet_town(ground: Grounds) -> Iterator[Town]:
    """Two APIs, one worker."""
    with ground.town(second_api=True) as town:
        town.start()
        yield town


@pytest.fixture
async def town(quiet_town: Town) -> AsyncGenerator[Town]:
    """The town, friendly again; a failed test shows the end of its logs."""
    await quiet_town.sandbox.reset()
    yield quiet_town
    print(quiet_town.said())  # noqa: T201  pytest shows it when the test failed


@pytest.fixture
async def box(town: Town) -> AsyncGenerator[Box]:
    made = Box(town)
    yield made
    await made.close()
