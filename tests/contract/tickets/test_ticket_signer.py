"""Contract of TicketSigner, over the keyed hash of the fake and over Ed25519."""

from __future__ import annotations

import base64
from collections.abc import Callable

import pytest
from tests.builders_tickets import an_admission

from muvi.adapters.memory.tickets import MemoryTicketSigner
from muvi.adapters.tickets.signer import Ed25519TicketSigner
from muvi.domain.tickets.errors import TicketForged, TicketKeyUnknown, TicketTokenMalformed
from muvi.domain.tickets.token import seal, take_apart, to_sign
from muvi.ports.tickets import TicketSigner

Make = Callable[..., TicketSigner]


def ed25519(*seeds: bytes) -> TicketSigner:
    return Ed25519TicketSigner.from_setting(",".join((seed * 32).hex() for seed in seeds))


def memory(seed: bytes, *retired: bytes) -> TicketSigner:
    return MemoryTicketSigner(seed, retired)


@pytest.fixture(params=[memory, ed25519], ids=["memory", "ed25519"])
def make(request: pytest.FixtureRequest) -> Make:
    made: Make = request.param
    return made


def test_a_token_verifies_and_says_what_was_signed(make: Make) -> None:
    admission = an_admission(seat="VIP-C7")

    assert make(b"a").verify(make(b"a").sign(admission)) == admission


def test_a_token_is_the_same_each_time(make: Make) -> None:
    assert make(b"a").sign(an_admission()) == make(b"a").sign(an_admission())


def test_other_claims_give_another_token(make: Make) -> None:
    signer = make(b"a")

    assert signer.sign(an_admission()) != signer.sign(an_admission(seat="F13"))


def test_claims_under_a_foreign_signature_are_forged(make: Make) -> None:
    signer = make(b"a")
    genuine = take_apart(signer.sign(an_admission()))
    better_seat = to_sign(an_admission(seat="A1"), genuine.key_id)

    with pytest.raises(TicketForged):
        signer.verify(seal(better_seat, genuine.signature))


def test_a_token_of_an_unknown_key_says_so(make: Make) -> None:
    with pytest.raises(TicketKeyUnknown):
        make(b"b").verify(make(b"a").sign(an_admission()))


def test_a_retired_key_is_still_accepted(make: Make) -> None:
    former = make(b"a").sign(an_admission())
    rotated = make(b"b", b"a")

    assert rotated.verify(former) == an_admission()
    assert rotated.sign(an_admission()) != former


def test_what_is_no_token_is_refused(make: Make) -> None:
    with pytest.raises(TicketTokenMalformed):
        make(b"a").verify("https://example.com/")


def test_the_published_keys_name_the_tokens_key_first(make: Make) -> None:
    signer = make(b"b", b"a")
    keys = signer.public_keys()

    assert list(keys)[0] == take_apart(signer.sign(an_admission())).key_id.hex()  # noqa: RUF015
    assert len(keys) == 2
    assert all(len(base64.b64decode(key)) == 32 for key in keys.values())
