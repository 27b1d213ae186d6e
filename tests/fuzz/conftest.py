"""A town to be fuzzed, its description as served, and everybody who fuzzes it."""

from __future__ import annotations

import asyncio
import pkgutil
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import bench
import httpx
import pytest
import schemathesis
from schemathesis.specs.openapi.schemas import OpenApiSchema
from tests.e2e.checker import brought_to_rest
from tests.e2e.grounds import Grounds
from tests.e2e.town import API, WORKER, Town
from tests.fuzz.people import Stock

import muvi
import muvi_sandbox

LONGEST_LIFE_S = 2 * 60 * 60
"""Longer than any order, however often it was paid for."""


@pytest.fixture(scope="session", autouse=True)
def whole_code() -> None:
    """hypothesis tries constants of the code that is loaded. All of it is, so that the cases do not
    depend on what ran before.
    """
    for package in (muvi, muvi_sandbox, bench):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith("__main__") and ".migrations." not in module.name:
                import_module(module.name)


@pytest.fixture(scope="session")
def fuzzed_town(ground: Grounds) -> Iterator[Town]:
    """One API, one worker. When the fuzzing is over, time passes and everything has to come to its end."""
    with ground.town() as town:
        town.parts[API].module, town.parts[WORKER].module = "tests.fuzz.api", "tests.fuzz.worker"
        town.start()
        yield town
        asyncio.run(_let_everything_end(town))


@pytest.fixture(scope="session")
def stock(fuzzed_town: Town) -> Stock:
    return Stock.of(fuzzed_town)


@pytest.fixture(scope="session")
def described(fuzzed_town: Town) -> OpenApiSchema:
    return served(fuzzed_town.api_url)


async def _let_everything_end(town: Town) -> None:
    """Nothing that was opened can be bought or paid any more; what is left has to add up."""
    await town.jump(LONGEST_LIFE_S)
    await brought_to_rest(town)
    left = await town.rows("SELECT count(*) FROM orders WHERE status = 'PENDING'")
    assert left == [{"count": 0}]


def served(url: str) -> OpenApiSchema:
    """The description that an API gives of itself."""
    raw: dict[str, Any] = httpx.get(f"{url}/swagger/openapi.json", trust_env=False).json()
    schema = schemathesis.openapi.from_dict(raw)
    schema.config.generation.with_security_parameters = False
    return schema
