"""The code of a ticket."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muvi.domain.tickets.code import ALPHABET, LENGTH, pack, shown, ticket_code, unpack
from muvi.domain.tickets.errors import TicketCodeMalformed


def test_the_alphabet_has_no_twins() -> None:
    assert len(set(ALPHABET)) == len(ALPHABET) == 32
    assert not set("01IOio") & set(ALPHABET)


@given(st.binary(min_size=7, max_size=20))
def test_a_code_survives_packing_and_printing(randomness: bytes) -> None:
    code = ticket_code(randomness)

    assert len(code) == LENGTH
    assert set(code) <= set(ALPHABET)
    assert unpack(pack(code)) == code
    assert shown(code).replace("-", "") == code


def test_different_randomness_gives_different_codes() -> None:
    codes = {ticket_code(number.to_bytes(7, "big")) for number in range(5000)}

    assert len(codes) == 5000


def test_too_little_randomness_is_refused() -> None:
    with pytest.raises(ValueError, match="7 random bytes"):
        ticket_code(b"123456")


@pytest.mark.parametrize("packed", [b"", b"\xff" * 7, b"\x00" * 8])
def test_bytes_that_are_no_code_are_refused(packed: bytes) -> None:
    with pytest.raises(TicketCodeMalformed):
        unpack(packed)
