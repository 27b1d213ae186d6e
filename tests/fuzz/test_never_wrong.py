"""Where no case breaks the schema, there is nothing to break; everywhere else such cases are made."""

from __future__ import annotations

from typing import Any

import pytest
from tests.fuzz.fuzzing import NEVER_WRONG
from tests.fuzz.operations import DESCRIBED, OPERATIONS


def can_be_wrong(described: dict[str, Any]) -> bool:
    parameters = described.get("parameters", [])
    free = all(one["in"] == "path" and one["schema"] == {"type": "string"} for one in parameters)
    return "requestBody" in described or not free


@pytest.mark.parametrize("name", OPERATIONS)
def test_the_list_is_what_the_description_says(name: str) -> None:
    assert can_be_wrong(DESCRIBED[name]) == (name not in NEVER_WRONG)
