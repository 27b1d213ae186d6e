"""The keys behind the tokens."""

from __future__ import annotations

import base64
import hashlib
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import (
    RSAPrivateKey,
    RSAPublicKey,
    generate_private_key,
)

MIN_BITS = 2048


class BadTokenKey(ValueError):
    """A configured key cannot sign tokens, or cannot be checked against."""


@dataclass(frozen=True, slots=True)
class TokenKeys:
    """One key signs; tokens of it and of the `former` ones are accepted."""

    signing: RSAPrivateKey
    former: tuple[RSAPublicKey, ...] = ()


def read_keys(setting: str) -> TokenKeys:
    """Read `JWT_SECRET_KEY`: RSA keys in PEM, parted by commas; line breaks may be written as `\\n`.

    The first is private and signs. The others are only checked against, so of them the public half is
    enough. Raises `BadTokenKey`, which never quotes a key.
    """
    first, *others = [text.replace("\\n", "\n").strip().encode() for text in setting.split(",")]
    return TokenKeys(_private(first, "the first key"), tuple(_public(pem) for pem in others))


def _private(pem: bytes, which: str) -> RSAPrivateKey:
    try:
        key = serialization.load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise BadTokenKey(f"{which} is not a PEM private key without a password") from None
    if not isinstance(key, RSAPrivateKey) or key.key_size < MIN_BITS:
        raise BadTokenKey(f"{which} must be an RSA key of at least {MIN_BITS} bits")
    return key


def _public(pem: bytes) -> RSAPublicKey:
    if b"PRIVATE KEY-----" in pem:
        return _private(pem, "a further key").public_key()
    try:
        key = serialization.load_pem_public_key(pem)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise BadTokenKey("a further key is not a PEM key, public or private") from None
    if not isinstance(key, RSAPublicKey) or key.key_size < MIN_BITS:
        raise BadTokenKey(f"a further key must be an RSA key of at least {MIN_BITS} bits")
    return key


def kept_key(path: Path) -> RSAPrivateKey:
    """The key in a file of ours, made when there is none: for machines without a configured one.

    Processes that start together agree on the one that was written first.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        pem = generate_private_key(public_exponent=65537, key_size=MIN_BITS).private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(pem)
        with suppress(FileExistsError):
            os.link(draft, path)  # unlike a rename, never replaces another process's key
        draft.unlink()
    return read_keys(path.read_text()).signing


def thumbprint(key: RSAPublicKey) -> str:
    """The key's id: its JWK thumbprint (RFC 7638, section 3)."""
    numbers = key.public_numbers()
    members = {"e": _b64(numbers.e), "kty": "RSA", "n": _b64(numbers.n)}
    return _b64url(hashlib.sha256(msgspec.json.encode(members)).digest())


def _b64(number: int) -> str:
    return _b64url(number.to_bytes((number.bit_length() + 7) // 8, "big"))


def _b64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
