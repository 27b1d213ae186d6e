"""What PayFort's response codes mean: two digits of status, three of message.

The table is the vendor's list of transaction codes; the codes that its own shop plug-in keeps on hold are
unknown here too.
"""

from __future__ import annotations

import re

from muvi.domain.payments.report import Verdict

STATUS_TOLD = "12000"
"""CHECK_STATUS was answered; it says nothing of the payment itself."""
INCOMPLETE = "10"
"""The status of a page that was opened and not paid, unless money or a message in doubt stands beside it."""
CHALLENGE = "20064"
NOT_FOUND = "036"
_BAD_FORMAT = "00002"
_UNRECOGNISED = frozenset({"008", "009", "010"})
"""A signature of another phrase, an unknown merchant identifier, an unknown access code."""
_CREDENTIALS = re.compile(r"(access|merchant).?(code|identifier)", re.IGNORECASE)
_USED = frozenset({"007", "066"})
_REFUNDED = "06000"
_TAKEN = frozenset({"04", "06", "14"})
_RESERVED = "02"
_REQUEST = "00"
_INVALID = frozenset({_REQUEST, "11"})
_REFUND_FAILED = "07"
_PENDING = frozenset({"01", "10", "19", "20", "40"})
_FAILED = frozenset({"03", "08", "13", "17", "45", "53", "59", "89", "91", "93"})
_DOUBT = frozenset({"006", "007", "047", "066", "662", "777", "779", "780", "781", "784", "785"})
"""Messages that leave open what became of the money, whatever the status says beside them."""


def message_of(code: str) -> str:
    """The last three digits."""
    return code[2:]


def verdict_of(code: str) -> Verdict:
    """What the code of a purchase says of its money; CAPTURED also where it was only reserved.

    An unlisted code is unknown. 08, voided, was reserved and never taken. 05, 07 and 09 are a capture, a
    refund and a void that failed: the payment before them was there.
    """
    status, message = code[:2], message_of(code)
    if status in _TAKEN or status == _RESERVED:
        return Verdict.CAPTURED if message == "000" else Verdict.UNKNOWN
    if message in _DOUBT:
        return Verdict.UNKNOWN
    if status in _PENDING:
        return Verdict.PENDING
    return Verdict.DECLINED if status in _FAILED | _INVALID else Verdict.UNKNOWN


def refund_verdict_of(code: str) -> Verdict:
    """What the answer to a refund says of it. Another operation's success is no success of this one."""
    if code == _REFUNDED:
        return Verdict.CAPTURED
    status = code[:2]
    if message_of(code) in _DOUBT:
        return Verdict.UNKNOWN
    if status in _PENDING:
        return Verdict.PENDING
    return Verdict.DECLINED if status == _REFUND_FAILED or status in _INVALID else Verdict.UNKNOWN


def is_used_up(code: str) -> bool:
    """Whether a form was refused because its reference was used before."""
    return message_of(code) in _USED


def is_unrecognised(code: str, message: str) -> bool:
    """Whether the gateway does not know us, so that nothing happened and a corrected setting heals it. A
    wrong format is that of our credentials only where the message says so: any other field stays wrong
    however often it is sent.
    """
    ours = code == _BAD_FORMAT and _CREDENTIALS.search(message) is not None
    return ours or message_of(code) in _UNRECOGNISED


def is_refused(code: str) -> bool:
    """Whether a request was invalid, so that it left nothing behind. A used reference and a technical problem
    are answered with the same status and leave it open.
    """
    return code[:2] == _REQUEST and message_of(code) not in _DOUBT


def is_reserved(code: str) -> bool:
    """Whether money was set aside and not taken."""
    return code[:2] == _RESERVED
