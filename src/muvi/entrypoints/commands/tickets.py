"""`muvi tickets`: what a scanner at the door has to know, and what a ticket's QR code says."""

from __future__ import annotations

import json

import click

from muvi.domain.shared.errors import DomainError
from muvi.domain.shared.ids import to_wire
from muvi.ports.tickets import TicketSigner


@click.group()
def tickets() -> None:
    """Tickets at the door: the keys that scanners hold, and what a QR code says."""


@tickets.command()
def keys() -> None:
    """Print the public keys, as JSON: key id (hex) to key (base 64), the signing one first.

    Scanners check tickets with these and need no network. Publish them anew before a key is rotated.
    """
    click.echo(json.dumps(dict(_signer().public_keys()), indent=2))


@tickets.command()
@click.argument("token")
def check(token: str) -> None:
    """Read the text of a QR code, check its signature and print its claims as JSON.

    The exit code is 1 for one that is forged, cut or signed by no key of ours. A genuine ticket of an order
    that was cancelled since is genuine here: only the order knows that.
    """
    try:
        admission = _signer().verify(token.strip())
    except DomainError as refusal:
        raise click.ClickException(f"{refusal.code}: {refusal}") from refusal
    claims = {
        "orderId": to_wire(admission.order_id),
        "code": str(admission.code),
        "showtimeId": to_wire(admission.showtime_id),
        "startsAt": admission.starts_at.isoformat(),
        "seat": admission.seat,
    }
    click.echo(json.dumps(claims, indent=2, ensure_ascii=False))


def _signer() -> TicketSigner:
    from muvi.adapters.tickets.signer import Ed25519TicketSigner  # noqa: PLC0415
    from muvi.entrypoints.settings import read_settings  # noqa: PLC0415

    setting = read_settings().ticket_signing_key
    if not setting:
        raise click.ClickException("TICKET_SIGNING_KEY is not set: there is no key to check with")
    return Ed25519TicketSigner.from_setting(setting)
