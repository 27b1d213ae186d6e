"""Every operation as its description allows and as it forbids, from somebody unknown."""

import pytest
from schemathesis.specs.openapi.schemas import OpenApiSchema
from tests.e2e.town import Town
from tests.fuzz.operations import OPERATIONS, fuzz
from tests.fuzz.people import ANONYMOUS, Stock


@pytest.mark.parametrize("name", OPERATIONS)
def test_answers_keep_to_the_description(
    name: str, fuzzed_town: Town, stock: Stock, described: OpenApiSchema
) -> None:
    fuzz(name, fuzzed_town, stock, described, ANONYMOUS)
