"""The admission token: its layout, and what a scanner refuses."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.builders_tickets import an_admission

from muvi.domain.tickets.code import ticket_code
from muvi.domain.tickets.errors import TicketForAnotherShowtime, TicketForged, TicketTokenMalformed
from muvi.domain.tickets.token import VERSION, Admission, seal, take_apart, to_sign, verify_token

KEY_ID = b"\x01\x02\x03\x04"
QR_VERSION_6_L = 195  # alphanumeric characters a QR code of 41 x 41 modules holds at level L


def toy_signature(signed: bytes) -> bytes:
    """64 bytes that depend on every signed one: enough for the layout; the real key is tested with its
    adapter.
    """
    return hashlib.sha512(signed).digest()


def toy_verify(_key_id: bytes, signed: bytes, signature: bytes) -> bool:
    return toy_signature(signed) == signature


def a_token(admission: Admission) -> str:
    signed = to_sign(admission, KEY_ID)
    return seal(signed, toy_signature(signed))


ADMISSIONS = st.builds(
    Admission,
    order_id=st.uuids(),
    code=st.binary(min_size=7, max_size=7).map(ticket_code),
    showtime_id=st.uuids(),
    starts_at=st.datetimes(
        min_value=datetime(1971, 1, 1),  # noqa: DTZ001  (hypothesis adds the zone)
        max_value=datetime(2100, 1, 1),  # noqa: DTZ001
        timezones=st.just(UTC),
    ).map(lambda at: at.replace(microsecond=0)),
    seat=st.text(min_size=1, max_size=6),
)


@given(ADMISSIONS)
def test_claims_come_back_as_they_went_in(admission: Admission) -> None:
    sealed = take_apart(a_token(admission))

    assert sealed.claims == admission
    assert sealed.key_id == KEY_ID
    assert verify_token(a_token(admission), toy_verify) == admission


def test_the_layout_is_the_documented_one() -> None:
    documented = (
        "4d31"  # M1
        "01020304"  # key id
        "0190a1b2c3d47e5f8091a2b3c4d5e6f7"  # order
        "0225b5662ef017"  # ticket code, five bits a character
        "0190a1b2000070008000000000000042"  # showtime
        "6b0091a8"  # 2026-11-20T18:30:00Z
        "463132"  # F12
    )

    assert to_sign(an_admission(), KEY_ID).hex() == documented


@pytest.mark.parametrize("seat", ["A1", "F12", "VIP-AA12", "ABCDEFGHI"])
def test_the_qr_code_stays_at_version_6(seat: str) -> None:
    token = a_token(an_admission(seat=seat))

    assert len(token) <= QR_VERSION_6_L
    assert set(token) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")


def test_changing_any_character_is_noticed() -> None:
    token = a_token(an_admission())

    for at in range(len(token)):
        other = token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :]
        with pytest.raises((TicketForged, TicketTokenMalformed)):
            verify_token(other, toy_verify)


def test_without_the_signature_check_a_changed_seat_passes() -> None:
    """The twin: with a check that always agrees the same change goes through, so it is the check that
    stops it.
    """
    sealed = take_apart(a_token(an_admission()))
    moved = seal(to_sign(an_admission(seat="A1"), KEY_ID), sealed.signature)

    assert verify_token(moved, lambda _key_id, _signed, _signature: True).seat == "A1"
    with pytest.raises(TicketForged):
        verify_token(moved, toy_verify)


def test_the_door_of_another_showtime_refuses() -> None:
    admission = an_admission()
    other = UUID(int=7)

    assert verify_token(a_token(admission), toy_verify, showtime_id=admission.showtime_id) == admission
    with pytest.raises(TicketForAnotherShowtime) as refused:
        verify_token(a_token(admission), toy_verify, showtime_id=other)

    assert refused.value.facts == {"showtime_id": admission.showtime_id, "starts_at": admission.starts_at}


@pytest.mark.parametrize(
    "damage",
    [
        lambda _: "",
        lambda _: "M1",
        lambda token: "M2" + token[2:],
        lambda token: token.lower(),
        lambda token: token + "=",
        lambda token: token + "A" * 8,
        lambda token: token[:-8],
        lambda token: token[:100],
        lambda token: token + "A" * 400,
        lambda token: " " + token,
        lambda token: token[:20] + "1" + token[21:],
        lambda token: token[:20] + "٢" + token[21:],
    ],
)
def test_another_layout_is_refused(damage: object) -> None:
    assert callable(damage)
    with pytest.raises((TicketTokenMalformed, TicketForged)):
        verify_token(damage(a_token(an_admission())), toy_verify)


def test_exactly_one_text_stands_for_a_token() -> None:
    """The last character of this length carries spare bits: setting one gives the same bytes and is
    refused.
    """
    token = a_token(an_admission(seat="F1"))
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
    last = alphabet.index(token[-1])

    with pytest.raises(TicketTokenMalformed):
        take_apart(token[:-1] + alphabet[last ^ 1])


@pytest.mark.parametrize(
    "changes",
    [
        {"seat": ""},
        {"seat": "س" * 13},
        {"starts_at": datetime(2026, 1, 1)},  # noqa: DTZ001  (naive on purpose)
        {"starts_at": datetime(2107, 1, 1, tzinfo=UTC)},
        {"starts_at": datetime(1970, 1, 1, tzinfo=UTC) - timedelta(seconds=1)},
    ],
)
def test_claims_that_do_not_fit_are_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"seat label|start of a show"):
        an_admission(**changes)


def test_key_id_and_signature_have_their_size() -> None:
    with pytest.raises(ValueError, match="key id"):
        to_sign(an_admission(), b"\x01")
    with pytest.raises(ValueError, match="signature"):
        seal(VERSION.encode(), b"short")
