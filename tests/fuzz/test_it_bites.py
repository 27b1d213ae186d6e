"""Twins: against an API whose routes break the description, each in its way, the same fuzzing fails."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.e2e.grounds import Grounds
from tests.e2e.town import API, Town
from tests.fuzz.conftest import served
from tests.fuzz.fuzzing import Findings, Fuzzer
from tests.fuzz.people import ANONYMOUS, Person, Stock

CASES = 30


@pytest.fixture(scope="module")
def broken_town(ground: Grounds) -> Iterator[Town]:
    with ground.town() as town:
        town.run(API, "tests.fuzz.broken_api")
        yield town


def findings(town: Town, operation: str) -> Findings:
    stranger = Person(ANONYMOUS)
    fuzzer = Fuzzer(town.api_url, Stock(town, {}, {}), stranger)
    return fuzzer.fuzz(served(town.api_url).find_operation_by_id(operation), CASES)


@pytest.mark.parametrize(
    ("operation", "failure"),
    [
        ("listCities", "ServerError 500"),
        ("listBanners", "UndefinedStatusCode 418"),
        ("readSettings", "UndefinedContentType 200"),
        ("listCancellationReasons", "JsonSchemaError 200"),
        ("listCinemas", "AcceptedNegativeData 200"),
        ("listOrders", "served without a token"),
    ],
)
def test_a_broken_route_is_found(broken_town: Town, operation: str, failure: str) -> None:
    found = findings(broken_town, operation)
    assert failure in found.failures, dict(found.failures)
    with pytest.raises(AssertionError, match=failure):
        found.must_be_clean()


def test_a_sound_route_beside_them_is_not(broken_town: Town) -> None:
    findings(broken_town, "listExperiences").must_be_clean()
