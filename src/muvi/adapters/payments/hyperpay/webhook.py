"""HyperPay's webhooks: AES-256-GCM over the whole message, hexadecimal, in one of two wrappers.

There is no timestamp in the scheme, so a message proves its origin and never its freshness: it is a hint.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from muvi.adapters.kit.asking import SYSTEM
from muvi.adapters.payments.hyperpay.codes import verdict_of
from muvi.adapters.payments.hyperpay.wire import PAYING, REFUND, Result
from muvi.domain.payments.report import Verdict
from muvi.ports.payments.gateway import WebhookForged, WebhookMalformed, WebhookNotice

IV_HEADER = "x-initialization-vector"
TAG_HEADER = "x-authentication-tag"
_KEY = re.compile(r"[0-9A-Fa-f]{64}")
_IV_BYTES = 12
_TAG_BYTES = 16


class _Wrapper(msgspec.Struct, rename="camel"):
    encrypted_body: str


class _Payload(msgspec.Struct, rename="camel"):
    id: str | None = None
    payment_type: str | None = None
    merchant_transaction_id: str | None = None
    ndc: str | None = None
    result: Result | None = None


class _Message(msgspec.Struct):
    type: str
    payload: msgspec.Raw = msgspec.Raw(b"null")


class WebhookReader:
    """Reads messages with any of the keys: during a rotation two are valid. Keys are 64 hex characters."""

    def __init__(self, keys: Sequence[str]) -> None:
        if not keys or not all(_KEY.fullmatch(key) for key in keys):
            raise ValueError("a webhook key has 64 hexadecimal characters")
        self._ciphers = [AESGCM(bytes.fromhex(key)) for key in keys]

    def read(self, headers: Mapping[str, str], body: bytes) -> WebhookNotice:
        """Verify and read. Raises `WebhookMalformed` when it cannot be a message, `WebhookForged` when no key
        opens it.
        """
        lowered = {name.lower(): value for name, value in headers.items()}
        vector = _hex(lowered.get(IV_HEADER, ""), "the initialization vector")
        tag = _hex(lowered.get(TAG_HEADER, ""), "the authentication tag")
        if len(vector) != _IV_BYTES or len(tag) != _TAG_BYTES:
            raise WebhookMalformed("the vector has 12 bytes and the tag 16", system=SYSTEM)
        plaintext = self._opened(vector, _ciphertext(body) + tag)
        return _notice(plaintext)

    def _opened(self, vector: bytes, sealed: bytes) -> bytes:
        for cipher in self._ciphers:
            try:
                return cipher.decrypt(vector, sealed, None)
            except InvalidTag:
                continue
        raise WebhookForged("the authentication tag does not match", system=SYSTEM)


def _ciphertext(body: bytes) -> bytes:
    text = body.strip()
    if text.startswith(b"{"):
        try:
            return _hex(msgspec.json.decode(text, type=_Wrapper).encrypted_body, "the body")
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise WebhookMalformed("the wrapper cannot be read", system=SYSTEM) from error
    return _hex(text.decode("ascii", "replace"), "the body")


def _hex(text: str, what: str) -> bytes:
    try:
        decoded = bytes.fromhex(text)
    except ValueError as error:
        raise WebhookMalformed(f"{what} is not hexadecimal", system=SYSTEM) from error
    if not decoded:
        raise WebhookMalformed(f"{what} is missing", system=SYSTEM)
    return decoded


def _notice(plaintext: bytes) -> WebhookNotice:
    digest = hashlib.sha256(plaintext).hexdigest()
    try:
        message = msgspec.json.decode(plaintext, type=_Message)
        if message.type.lower() == "test":
            return WebhookNotice(digest=digest, kind=message.type, is_test=True)
        payload = msgspec.json.decode(message.payload, type=_Payload | None) or _Payload()
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise WebhookMalformed("the message is not the JSON we know", system=SYSTEM) from error
    payment_id = (payload.id or "") if payload.payment_type in PAYING else ""
    code = payload.result.code if payload.result else ""
    refunded = payload.payment_type == REFUND and verdict_of(code) is not Verdict.DECLINED
    return WebhookNotice(
        digest=digest,
        kind=f"{message.type}:{payload.payment_type}" if payload.payment_type else message.type,
        reference=payload.merchant_transaction_id or "",
        checkout_id=payload.ndc or "",
        payment_id=payment_id,
        refund_id=(payload.id or "") if refunded else "",
        says=verdict_of(code) if payment_id else Verdict.UNKNOWN,
    )
