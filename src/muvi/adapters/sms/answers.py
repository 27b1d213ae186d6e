"""What the senders of codes have in common: how an answer is taken before its body means anything."""

from __future__ import annotations

from typing import Final, TypeVar

import msgspec
import structlog

from muvi.adapters.kit.http_client import VendorReply
from muvi.ports.errors import OutcomeUnknown, Refused, Unavailable
from muvi.ports.identity.sms_otp import AskedTooOften

SYSTEM: Final = "sms"
TOTAL_S: Final = 10
MAX_BYTES: Final = 64_000
_OUR_ACCOUNT: Final = {401, 402, 403}
_NOT_DONE: Final = {500, 503}
_TOO_MANY: Final = 429
_SERVER_ERROR: Final = 500
_BOM: Final = b"\xef\xbb\xbf"
WAIT_S: Final = 60
"""How long somebody who asked too often is told to wait; no vendor publishes it."""
LONGEST_WAIT_S: Final = 3600

T = TypeVar("T")
log = structlog.get_logger("sms")


def read(reply: VendorReply, shape: type[T], partner: str) -> T:
    """The answer's body. Its text stays out of errors, since it repeats the number.

    500 and 503 are answers too, and say that no code was sent or compared. Where one is wrong about that, a
    second text goes out, or the next check of the used code says `ALREADY`: neither opens anything. Any other
    5xx (502, 504) is a proxy's word that it lost the answer. A refusal of our account is not one of the
    number: nothing was sent either, and another sender may do better. No vendor says that it never comes for
    one number alone, and it keeps nobody waiting: the log is told, and nobody is spared the next call. 429 is
    taken for one of the number, since nothing tells it from one of our account: taken for the account's,
    whoever asks for his own number again and again would shut this sender for everybody. JSON is an answer
    whatever it says; bytes that are none may be anybody's.
    """
    status = reply.status
    if status in _OUR_ACCOUNT:
        log.warning("partner refuses us", partner=partner, status=status)
        raise Unavailable(f"status {status}", system=SYSTEM, answered=True)
    if status in _NOT_DONE:
        raise Unavailable(f"status {status}", system=SYSTEM)
    if status >= _SERVER_ERROR:
        raise OutcomeUnknown(f"status {status}", system=SYSTEM)
    if status == _TOO_MANY:
        raise too_often(f"status {status}", str(status), _wait_s(reply))
    if not reply.is_ok:
        raise Refused(f"status {status}", reason=str(status), system=SYSTEM)
    try:
        said = msgspec.json.decode(reply.body.removeprefix(_BOM))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise OutcomeUnknown("an answer that cannot be read", system=SYSTEM) from None
    try:
        return msgspec.convert(said, shape)
    except msgspec.ValidationError:
        raise OutcomeUnknown("an answer of another shape", system=SYSTEM, answered=True) from None


def too_often(said: str, reason: str, wait_s: int = WAIT_S) -> AskedTooOften:
    """The number, or somebody who asks for it, has to wait."""
    return AskedTooOften(said, reason=reason, system=SYSTEM, retry_after_s=wait_s)


def _wait_s(reply: VendorReply) -> int:
    told = reply.header("retry-after")
    if not (told.isascii() and told.isdecimal()) or len(told) > len(str(LONGEST_WAIT_S)):
        return WAIT_S
    return min(max(int(told), 1), LONGEST_WAIT_S)
