"""The box office, twice: in memory, and Vista's as the sandbox plays it."""

import pytest
from tests.contract.seating.stages import MemoryStage, Stage, VistaStage


@pytest.fixture(params=["memory", "vista"])
def stage(request: pytest.FixtureRequest) -> Stage:
    if request.param == "memory":
        return MemoryStage()
    return VistaStage(request.getfixturevalue("sandbox"))
