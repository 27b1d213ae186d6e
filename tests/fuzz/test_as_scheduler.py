"""The operations that only the scheduler may use, with its token."""

import pytest
from schemathesis.specs.openapi.schemas import OpenApiSchema
from tests.e2e.town import Town
from tests.fuzz.operations import SYNC_CASES, SYNCS, fuzz
from tests.fuzz.people import SCHEDULER, Stock


@pytest.mark.parametrize("name", SYNCS)
def test_answers_keep_to_the_description(
    name: str, fuzzed_town: Town, stock: Stock, described: OpenApiSchema
) -> None:
    fuzz(name, fuzzed_town, stock, described, SCHEDULER, SYNC_CASES)
