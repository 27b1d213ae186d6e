"""A world of payments for each test."""

import pytest
from tests.unit.payments.world import PaymentsWorld


@pytest.fixture
def world() -> PaymentsWorld:
    return PaymentsWorld()
