"""The key pair behind the tokens."""

from __future__ import annotations

import base64
import hashlib
import os
from contextlib import suppress
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
    """The configured key cannot sign tokens."""


def read_key(pem: str) -> RSAPrivateKey:
    """Read an RSA private key; an environment variable may carry its line breaks as `\\n`.

    Raises `BadTokenKey` when it is no RSA key or a weak one.
    """
    try:
        key = serialization.load_pem_private_key(pem.replace("\\n", "\n").strip().encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise BadTokenKey("JWT_SECRET_KEY is not a PEM private key without a password") from None
    if not isinstance(key, RSAPrivateKey) or key.key_size < MIN_BITS:
        raise BadTokenKey(f"JWT_SECRET_KEY must be an RSA key of at least {MIN_BITS} bits")
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
    return read_key(path.read_text())


def thumbprint(key: RSAPublicKey) -> str:
    """The key's id: its JWK thumbprint (RFC 7638, section 3)."""
    numbers = key.public_numbers()
    members = {"e": _b64(numbers.e), "kty": "RSA", "n": _b64(numbers.n)}
    return _b64url(hashlib.sha256(msgspec.json.encode(members)).digest())


def _b64(number: int) -> str:
    return _b64url(number.to_bytes((number.bit_length() + 7) // 8, "big"))


def _b64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
