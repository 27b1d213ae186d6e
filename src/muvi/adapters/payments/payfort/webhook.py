"""PayFort's feedback and its way back from the hosted page: the same signed fields, as JSON or as a form.

There is no time in the scheme and no id of the message, so it proves its origin and is a hint.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from urllib.parse import parse_qsl

import msgspec

from muvi.adapters.kit.asking import SYSTEM
from muvi.adapters.payments.payfort.codes import is_used_up, refund_verdict_of, verdict_of
from muvi.adapters.payments.payfort.signature import SIGNATURE, Signer
from muvi.domain.payments.report import Verdict
from muvi.ports.payments.gateway import WebhookForged, WebhookMalformed, WebhookNotice

REFUND = "REFUND"
_TELLS_APART = (
    "merchant_reference",
    "maintenance_reference",
    "fort_id",
    "command",
    "response_code",
    "amount",
)
"""Fields by which messages are the same: the gateway repeats them without an id."""
_COMMANDS = (
    *("PURCHASE", "AUTHORIZATION", "CAPTURE", "VOID_AUTHORIZATION", REFUND),
    *("TOKENIZATION", "CREATE_TOKEN", "UPDATE_TOKEN", "GENERATE_OTP"),
)
_SHAPES = {
    "merchant_reference": re.compile(r"[A-Za-z0-9_.-]{1,40}"),
    "maintenance_reference": re.compile(r"[A-Za-z0-9_.-]{0,200}"),
    "fort_id": re.compile(r"[0-9]{0,20}"),
    "command": re.compile("|".join(("", *_COMMANDS))),
    "service_command": re.compile("|".join(("", *_COMMANDS))),
    "response_code": re.compile(r"[0-9]{5}"),
    "amount": re.compile(r"[0-9]{0,10}"),
}


class WebhookReader:
    """Reads what the account's response phrase signs. Another account's access code is refused."""

    def __init__(self, signer: Signer, access_code: str, merchant_identifier: str) -> None:
        self._signer = signer
        self._account = (access_code, merchant_identifier)

    def read(self, body: bytes) -> WebhookNotice:
        """Verify and read. Values of a form are hashed decoded, those of JSON exactly as received. Raises
        `WebhookMalformed` when it cannot be a message, `WebhookForged` when it is not signed for us.
        """
        is_json = body.lstrip().startswith(b"{")
        fields = _json(body) if is_json else _form(body)
        if SIGNATURE not in fields or "merchant_reference" not in fields:
            raise WebhookMalformed("no signature or no reference", system=SYSTEM)
        account = (fields.get("access_code"), fields.get("merchant_identifier"))
        if account != self._account or not self._is_genuine(fields):
            raise WebhookForged("the signature does not match", system=SYSTEM)
        return _notice(_shapely(fields))

    def _is_genuine(self, fields: Mapping[str, object]) -> bool:
        try:
            return self._signer.is_genuine(fields)
        except RecursionError as error:
            raise WebhookMalformed("the message is nested too deeply", system=SYSTEM) from error


def _json(body: bytes) -> dict[str, object]:
    try:
        return msgspec.json.decode(body, type=dict[str, object])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise WebhookMalformed("the message is not the JSON we know", system=SYSTEM) from error


def _form(body: bytes) -> dict[str, object]:
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=True, errors="strict")
    except ValueError as error:
        raise WebhookMalformed("the message is no form", system=SYSTEM) from error
    return dict(pairs)


def _shapely(fields: Mapping[str, object]) -> dict[str, str]:
    """The texts among the fields. Raises `WebhookMalformed` where one is not what the gateway writes there,
    or has swallowed another: the signed text has no separators, so one genuine message would become many.

    The text is sorted: a field that is missing can only be in one that stands before it. Words like those in
    the text of another are the gateway's own.
    """
    texts = {name: value for name, value in fields.items() if isinstance(value, str)}
    for name, shape in _SHAPES.items():
        if not shape.fullmatch(texts.get(name, "")) or name in fields.keys() - texts.keys():
            raise WebhookMalformed(f"{name} is not what the gateway writes", system=SYSTEM)
    missing = _SHAPES.keys() - fields.keys()
    held = (f"{lost}=" in value for name, value in texts.items() for lost in missing if name < lost)
    if any("=" in name for name in fields) or any(held):
        raise WebhookMalformed("one field holds another", system=SYSTEM)
    return texts


def _notice(fields: Mapping[str, str]) -> WebhookNotice:
    """A refund is named by the reference that we gave it, there is no other name, and it arrived unless this
    refuses it; a payment's id counts once money was taken, since by its reference alone the gateway tells
    the rest.
    """
    command = fields.get("command", "") or fields.get("service_command", "")
    reference = fields["merchant_reference"]
    code = fields.get("response_code", "")
    paid = command == "PURCHASE" and verdict_of(code) is Verdict.CAPTURED
    refund = fields.get("maintenance_reference", "") if command == REFUND else ""
    arrived = command == REFUND and refund_verdict_of(code) is not Verdict.DECLINED
    told = "\n".join(f"{name}={fields.get(name, '')}" for name in _TELLS_APART)
    return WebhookNotice(
        digest=hashlib.sha256(told.encode()).hexdigest(),
        kind=command,
        reference=refund or reference,
        checkout_id=reference,
        payment_id=fields.get("fort_id", "") if paid else "",
        refund_id=refund if arrived else "",
        is_some_refund=arrived and not refund,
        is_used_up=command == "PURCHASE" and is_used_up(code),
    )
