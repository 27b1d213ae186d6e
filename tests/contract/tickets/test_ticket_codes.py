"""Contract of TicketCodes."""

from __future__ import annotations

import pytest

from muvi.adapters.memory.tickets import CountingTicketCodes
from muvi.adapters.tickets.signer import RandomTicketCodes
from muvi.domain.tickets.code import pack, unpack
from muvi.ports.tickets import TicketCodes


@pytest.fixture(params=[CountingTicketCodes, RandomTicketCodes], ids=["memory", "random"])
def codes(request: pytest.FixtureRequest) -> TicketCodes:
    made: TicketCodes = request.param()
    return made


def test_codes_are_well_formed_and_do_not_repeat(codes: TicketCodes) -> None:
    drawn = [codes.new() for _ in range(2000)]

    assert len(set(drawn)) == len(drawn)
    assert all(unpack(pack(code)) == code for code in drawn)
