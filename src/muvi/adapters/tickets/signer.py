"""Ticket codes from the machine's randomness, and admission tokens signed with Ed25519.

Ed25519 signatures are deterministic (RFC 8032): the same claims under the same key give the same token.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
from collections.abc import Mapping, Sequence
from functools import partial

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from typing_extensions import override

from muvi.domain.tickets.code import RANDOM_BYTES, TicketCode, ticket_code
from muvi.domain.tickets.errors import TicketKeyUnknown
from muvi.domain.tickets.token import KEY_ID_BYTES, Admission, seal, to_sign, verify_token
from muvi.ports.tickets import TicketCodes, TicketSigner

PUBLIC_MARK = "public:"
_RAW_BYTES = 32


class RandomTicketCodes(TicketCodes):
    """Codes drawn from the operating system."""

    @override
    def new(self) -> TicketCode:
        return ticket_code(os.urandom(RANDOM_BYTES))


class Ed25519TicketSigner(TicketSigner):
    """Signs with one key and accepts the tokens of it and of retired ones.

    A key's id is the first four bytes of SHA-256 over its raw public key, so that no register is needed.
    """

    def __init__(self, key: Ed25519PrivateKey, retired: Sequence[Ed25519PublicKey] = ()) -> None:
        public = key.public_key()
        self._key = key
        self._key_id = key_id(public)
        self._known = {self._key_id: public} | {key_id(former): former for former in retired}
        self._check = partial(_genuine, self._known)

    @classmethod
    def from_setting(cls, setting: str) -> Ed25519TicketSigner:
        """Read `TICKET_SIGNING_KEY`: keys parted by commas, the first signs, the others are only checked
        against.

        A key is 32 bytes in base 64 or hex, or an unencrypted PKCS #8 PEM (its line breaks may be written
        as `\\n`); a retired one may stand as `public:` and 32 bytes. Raises `ValueError`, never quoting
        the setting.
        """
        texts = [text.strip() for text in setting.split(",") if text.strip()]
        if not texts or texts[0].startswith(PUBLIC_MARK):
            raise ValueError("the ticket signing key is missing")
        return cls(_private(texts[0]), [_public(text) for text in texts[1:]])

    @override
    def sign(self, admission: Admission) -> str:
        signed = to_sign(admission, self._key_id)
        return seal(signed, self._key.sign(signed))

    @override
    def verify(self, token: str) -> Admission:
        return verify_token(token, self._check)

    @override
    def public_keys(self) -> Mapping[str, str]:
        return {
            known.hex(): base64.b64encode(public.public_bytes_raw()).decode("ascii")
            for known, public in self._known.items()
        }


def key_id(public: Ed25519PublicKey) -> bytes:
    """The four bytes by which a token names its key."""
    return hashlib.sha256(public.public_bytes_raw()).digest()[:KEY_ID_BYTES]


def _genuine(known: Mapping[bytes, Ed25519PublicKey], name: bytes, signed: bytes, signature: bytes) -> bool:
    public = known.get(name)
    if public is None:
        raise TicketKeyUnknown(key_id=name.hex())
    try:
        public.verify(signature, signed)
    except InvalidSignature:
        return False
    return True


def _private(text: str) -> Ed25519PrivateKey:
    if text.startswith("-----BEGIN"):
        try:
            key = load_pem_private_key(text.replace("\\n", "\n").encode(), password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            raise ValueError("the ticket signing key is not a PEM private key without a password") from None
        if not isinstance(key, Ed25519PrivateKey):
            raise ValueError("the ticket signing key is not an Ed25519 key")
        return key
    return Ed25519PrivateKey.from_private_bytes(_raw(text))


def _public(text: str) -> Ed25519PublicKey:
    if text.startswith(PUBLIC_MARK):
        return Ed25519PublicKey.from_public_bytes(_raw(text.removeprefix(PUBLIC_MARK)))
    return _private(text).public_key()


def _raw(text: str) -> bytes:
    try:
        raw = bytes.fromhex(text) if len(text) == 2 * _RAW_BYTES else base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) != _RAW_BYTES:
        raise ValueError("a ticket signing key has 32 bytes, in base 64 or hex")
    return raw
