"""A scanner at the door, which holds the published keys and nothing else of ours."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from muvi.domain.tickets.errors import TicketKeyUnknown
from muvi.domain.tickets.token import Verify


def scanner_check(public_keys: Mapping[str, str]) -> Verify:
    """What `verify_token` asks, answered by `TicketSigner.public_keys`. Raises `ValueError` for a key that
    stands under another id than its own.
    """
    known = {bytes.fromhex(name): base64.b64decode(key, validate=True) for name, key in public_keys.items()}
    if any(hashlib.sha256(raw).digest()[:4] != name for name, raw in known.items()):
        raise ValueError("a public key stands under another key id than its own")

    def genuine(name: bytes, signed: bytes, signature: bytes) -> bool:
        if name not in known:
            raise TicketKeyUnknown(key_id=name.hex())
        try:
            Ed25519PublicKey.from_public_bytes(known[name]).verify(signature, signed)
        except InvalidSignature:
            return False
        return True

    return genuine
