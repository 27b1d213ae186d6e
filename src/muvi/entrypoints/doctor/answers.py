"""One harmless question to a third party, and what its answer says of us."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from muvi.adapters.kit.http_client import Header, VendorHttp, VendorReply
from muvi.entrypoints.doctor.findings import Finding, failure, ok, warning
from muvi.entrypoints.doctor.patient import Patient
from muvi.ports.errors import PortError

ABSENT = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.GONE})
REFUSED = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
Question = Callable[[VendorHttp], Awaitable[VendorReply]]
Reading = Callable[[VendorReply], bool]


def by_status(reply: VendorReply) -> bool:
    """Whether the credentials were accepted, where a refusal is 401 or 403."""
    return reply.status not in REFUSED


def of_a_service(reply: VendorReply) -> bool:
    """Whether what we asked for is there. We follow no redirects, so elsewhere is nowhere."""
    moved = HTTPStatus.MULTIPLE_CHOICES <= reply.status < HTTPStatus.BAD_REQUEST
    return not moved and reply.status not in ABSENT


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How one answers: whether it is who we think, whether it lets us in. `optional`: what is asked for need
    not be there.
    """

    understood: Reading = of_a_service
    accepted: Reading = by_status
    optional: bool = False


USUAL = Manner()


def way_to(patient: Patient, base_url: str, setting: str) -> str:
    """What helps when nobody answers."""
    if base_url.startswith(f"{patient.sandbox}/"):
        return "start the sandbox: make up" if patient.at_home else f"set {setting}: this is the sandbox's"
    return f"look at {setting} and the way there"


async def asked(
    patient: Patient,
    about: str,
    base_url: str,
    *,
    headers: Sequence[Header],
    question: Question,
    manner: Manner = USUAL,
    names: tuple[str, str],
) -> Finding:
    """Ask, and say whether it answers, how fast, whether it is who we think and whether it lets us in.
    `names`: the settings of address and credentials.
    """
    address, credentials = names
    began = time.monotonic()
    try:
        async with patient.http(base_url, headers) as http:
            reply = await question(http)
    except PortError as error:
        return failure(about, f"not reachable: {error}", way_to(patient, base_url, address))
    took = f"{(time.monotonic() - began) * 1000:.0f} ms"
    if moody := mood(about, reply, took):
        return moody
    if by_status(reply) and not manner.understood(reply):
        if manner.optional and reply.status == HTTPStatus.NOT_FOUND:
            return ok(about, f"answers; whether it lets us in cannot be asked ({took})")
        return failure(about, f"knows no such service ({reply.status}, {took})", f"look at {address}")
    if not manner.accepted(reply):
        said = f"does not accept our credentials ({reply.status}, {took})"
        return failure(about, said, f"set {credentials}")
    return ok(about, f"answers and lets us in ({took})")


def mood(about: str, reply: VendorReply, took: str) -> Finding | None:
    """What keeps it from telling; None when nothing does."""
    if reply.status == HTTPStatus.TOO_MANY_REQUESTS:
        return warning(about, f"says that it is asked too often ({took})", "look again in a minute")
    if reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return failure(about, f"is ill: it answers {reply.status} ({took})", "ask whoever runs it")
    return None
