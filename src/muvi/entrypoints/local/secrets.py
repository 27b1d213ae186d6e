"""Secrets of one copy on one machine: made once, kept in MUVI_HOME, handed to the processes by environment.

They open nothing but this copy. A value in the environment wins; production never comes here.
"""

import base64
import os
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

RSA_BITS = 2048


def _jwt_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=RSA_BITS)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode("ascii")


def _ticket_key() -> str:
    raw = ed25519.Ed25519PrivateKey.generate().private_bytes_raw()
    return base64.b64encode(raw).decode("ascii")


def _token() -> str:
    return secrets.token_urlsafe(32)


MAKERS: Mapping[str, tuple[str, Callable[[], str]]] = {
    "JWT_SECRET_KEY": ("jwt.pem", _jwt_key),
    "TICKET_SIGNING_KEY": ("ticket-signing.key", _ticket_key),
    "SCHEDULER_TOKEN": ("scheduler.token", _token),
}
"""Environment name: file under `secrets/`, how to make one."""


def own_secrets(folder: Path) -> dict[str, str]:
    """The secrets kept in `folder`, missing ones made now; only their owner may read them."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    return {name: _kept(folder / file, make) for name, (file, make) in MAKERS.items()}


def _kept(file: Path, make: Callable[[], str]) -> str:
    if not file.exists():
        # complete or not at all: a half-written key would be kept for good
        draft = file.with_name(f"{file.name}.new")
        draft.unlink(missing_ok=True)
        with os.fdopen(
            os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii"
        ) as out:
            out.write(make())
        draft.rename(file)
    return file.read_text(encoding="ascii").strip()
