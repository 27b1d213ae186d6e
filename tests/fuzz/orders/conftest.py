"""How many runs of the machine, and which."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, Phase, settings
from tests.conftest import SAME_CASES


@pytest.fixture
def runs() -> settings:
    """200 runs of up to 50 steps, always the same; `MUVI_FUZZ_RUNS` for more, `MUVI_FUZZ_SEED` for others."""
    return settings(
        max_examples=int(os.environ.get("MUVI_FUZZ_RUNS", "200")),
        stateful_step_count=50,
        derandomize=SAME_CASES,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


@pytest.fixture
def unshrunk(runs: settings) -> settings:
    """For twins: that there is a counterexample is enough, it need not be a short one nor an early one."""
    return settings(runs, phases=[Phase.generate], max_examples=2000, derandomize=True)
