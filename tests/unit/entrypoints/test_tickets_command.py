"""What a scanner is told at the shell."""

import base64
import json
from datetime import UTC, datetime
from uuid import UUID

import pytest
from click.testing import CliRunner, Result

from muvi.adapters.tickets.signer import Ed25519TicketSigner
from muvi.domain.tickets.code import ticket_code
from muvi.domain.tickets.token import Admission
from muvi.entrypoints.cli import main

KEY, FORMER = (base64.b64encode(bytes([number]) * 32).decode() for number in (1, 2))
PLACE = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none", "REDIS_URL": "redis://127.0.0.1:1/0"}
SEAT = Admission(
    order_id=UUID(int=1),
    code=ticket_code(bytes(7)),
    showtime_id=UUID(int=2),
    starts_at=datetime(2026, 11, 21, 18, tzinfo=UTC),
    seat="مقعد A1",
)


def muvi(*arguments: str, keys: str = f"{KEY},{FORMER}") -> Result:
    return CliRunner().invoke(main, arguments, env=PLACE | {"TICKET_SIGNING_KEY": keys})


def test_scanners_get_every_key_the_signing_one_first() -> None:
    told = json.loads(muvi("tickets", "keys").output)
    assert told == dict(Ed25519TicketSigner.from_setting(f"{KEY},{FORMER}").public_keys())
    assert [*told] == [
        next(iter(Ed25519TicketSigner.from_setting(one).public_keys())) for one in (KEY, FORMER)
    ]
    assert KEY not in muvi("tickets", "keys").output


@pytest.mark.parametrize("key", [KEY, FORMER])
def test_a_genuine_ticket_says_its_claims(key: str) -> None:
    said = json.loads(muvi("tickets", "check", Ed25519TicketSigner.from_setting(key).sign(SEAT)).output)
    assert (said["seat"], said["startsAt"]) == ("مقعد A1", "2026-11-21T18:00:00+00:00")
    assert said["showtimeId"] == "00000000000000000000000002"


def test_a_ticket_of_a_key_that_is_not_ours_is_refused() -> None:
    token = Ed25519TicketSigner.from_setting(FORMER).sign(SEAT)
    refused = muvi("tickets", "check", token, keys=KEY)
    assert (refused.exit_code, refused.output.split(":")[1].strip()) == (1, "ticket-key-unknown")


def test_without_a_key_the_command_says_so() -> None:
    refused = muvi("tickets", "keys", keys="")
    assert refused.exit_code == 1
    assert "TICKET_SIGNING_KEY" in refused.output
