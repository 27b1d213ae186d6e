"""The operations of the committed description, and what somebody may expect of each."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from schemathesis.specs.openapi.schemas import OpenApiSchema
from tests.e2e.town import Town
from tests.fuzz.fuzzing import Fuzzer, cases_wanted
from tests.fuzz.people import ANONYMOUS, SCHEDULER, Stock

DESCRIPTION = Path(__file__).resolve().parents[2] / "docs" / "openapi.json"
SYNC_CASES = 10
"""Each is a whole copy of the catalogue, and there is nothing to vary but headers."""
SCHEMES = {ANONYMOUS: "", SCHEDULER: "scheduler"}


def _described() -> dict[str, dict[str, Any]]:
    paths = json.loads(DESCRIPTION.read_text(encoding="utf-8"))["paths"].values()
    return {one["operationId"]: one for methods in paths for one in methods.values()}


DESCRIBED = _described()
OPERATIONS = sorted(DESCRIBED)
SYNCS = [name for name in OPERATIONS if name.startswith("sync")]


def fuzz(name: str, town: Town, stock: Stock, schema: OpenApiSchema, who: str, cases: int = 0) -> None:
    """Fuzz an operation as one of the people; whoever may use it has to be served at least once."""
    wanted = cases or cases_wanted()
    fuzzer = Fuzzer(town.api_url, stock, stock.people[who])
    print(f"seed {fuzzer.number}")  # noqa: T201  pytest shows it when the test failed
    found = fuzzer.fuzz(schema.find_operation_by_id(name), wanted)
    found.must_be_clean()
    assert found.cases >= wanted
    assert found.reached == may_use(who, DESCRIBED[name]), dict(found.statuses)


def may_use(who: str, described: dict[str, Any]) -> bool:
    """Whether the description lets this person in."""
    security = described.get("security")
    return not security or any(SCHEMES.get(who, "bearer") in one for one in security)
