"""This machine: room on the disk, keys, and the address by which the world reaches Muvi."""

from __future__ import annotations

import asyncio
import shutil
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from urllib.parse import urlsplit

from muvi.adapters.tokens.keys import read_keys
from muvi.entrypoints.doctor.findings import Finding, check, failure, ok, warning
from muvi.entrypoints.doctor.patient import CONNECT_S, Patient

DISK, KEYS, PUBLIC = "disk", "keys", "public address"
LEAST_BYTES, FEW_BYTES = 300_000_000, 2_000_000_000
FEW_DAYS = 14
LOCAL = frozenset({"localhost", "127.0.0.1", "::1", "0.0.0.0"})  # noqa: S104  compared, not bound


@check(DISK, "room")
async def disk(patient: Patient) -> AsyncIterator[Finding]:
    """Room under MUVI_HOME."""
    home = patient.settings.home.expanduser().resolve()
    place = next(parent for parent in (home, *home.parents) if parent.exists())
    free = shutil.disk_usage(place).free
    said = f"{free / 1e9:.1f} GB free at {home}"
    remedy = "make room, or move MUVI_HOME to another disk"
    if free < LEAST_BYTES:
        yield failure("room", said, remedy)
    elif free < FEW_BYTES:
        yield warning("room", said, remedy)
    else:
        yield ok("room", said)


@check(KEYS, "signing")
async def keys(patient: Patient) -> AsyncIterator[Finding]:
    """The keys of sign-in and tickets, told by what they are and never shown."""
    given = patient.settings.jwt_keys
    if given:
        found = read_keys(given)
        former = f", {len(found.former)} former ones accepted" if found.former else ""
        yield ok("sign-in", f"an RSA key of {found.signing.key_size} bits signs{former}")
    else:
        said = f"no key is set: one is made and kept under {patient.settings.home / 'keys'}"
        yield warning("sign-in", said, "set JWT_SECRET_KEY, the same for every machine")
    number = len(patient.settings.ticket_signing_key.split(","))
    if patient.settings.ticket_signing_key:
        yield ok("tickets", f"{number} key(s), the first signs; rotation: docs/runbooks/rotating-keys.md")
    else:
        yield warning("tickets", "no key is set", "set TICKET_SIGNING_KEY, or scanners reject tickets")


@check(PUBLIC, "address")
async def public(patient: Patient) -> AsyncIterator[Finding]:
    """PUBLIC_BASE_URL: what tickets, letters and gateways point at."""
    url = patient.settings.public_base_url
    parts = urlsplit(url)
    if not patient.settings.production and parts.scheme != "https":
        yield ok("address", f"{url}, good enough outside production")
        return
    if parts.scheme != "https" or parts.hostname in LOCAL:
        yield failure("address", f"{url} is not one for the public", "set PUBLIC_BASE_URL to https://…")
        return
    yield await _certificate(patient, parts.hostname or "", parts.port or 443)


async def _certificate(patient: Patient, host: str, port: int) -> Finding:
    try:
        async with asyncio.timeout(CONNECT_S):
            _, writer = await asyncio.open_connection(host, port, ssl=ssl.create_default_context())
    except ssl.SSLError as error:
        return failure("certificate", f"{host}: {error.reason}", "renew the certificate of the proxy")
    except (OSError, TimeoutError) as error:
        return warning("certificate", f"{host} is not reachable from here ({error})", "look from outside")
    try:
        certificate = writer.get_extra_info("peercert") or {}
    finally:
        writer.close()
    ends_at = datetime.fromtimestamp(ssl.cert_time_to_seconds(certificate["notAfter"]), tz=UTC)
    days = (ends_at - patient.clock.now()).days
    said = f"{host}: good for {days} days"
    return ok("certificate", said) if days > FEW_DAYS else warning("certificate", said, "renew it")


CHECKS = (disk, keys, public)
