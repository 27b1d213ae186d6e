"""PayFort's digests: a phrase around the sorted fields, one phrase for what we send, one for what we hear.

What the vendor's documentation and its published kits agree on: `developer-resources/signature`, and the
tests of its kits for .NET, PHP and Java.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field

SIGNATURE = "signature"
DIGESTS = ("sha256", "sha512")


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """The phrases of one account. `digest` is sha256 or sha512, as the account is set up."""

    digest: str
    request_phrase: str = field(repr=False)
    response_phrase: str = field(repr=False)

    def __post_init__(self) -> None:
        """Raises `ValueError` for a digest that the gateway does not offer, or an empty phrase."""
        if self.digest not in DIGESTS:
            raise ValueError(f"the digest is one of {', '.join(DIGESTS)}")
        if not (self.request_phrase and self.response_phrase):
            raise ValueError("both phrases are needed")

    def signed(self, fields: Mapping[str, str]) -> dict[str, str]:
        """A request with its signature; empty fields are not sent at all."""
        told = {name: value for name, value in fields.items() if value}
        return {**told, SIGNATURE: self._hash(concatenated(told, self.request_phrase))}

    def is_genuine(self, fields: Mapping[str, object]) -> bool:
        """Whether the gateway signed what we received.

        The kits differ on fields that are empty: one leaves them out, another signs `name=`. Both are tried.
        """
        given = str(fields.get(SIGNATURE, "")).lower()
        for keep_empty in (False, True):
            text = concatenated(fields, self.response_phrase, keep_empty=keep_empty)
            if hmac.compare_digest(given.encode(), self._hash(text).encode()):
                return True
        return False

    def _hash(self, text: str) -> str:
        return hashlib.new(self.digest, text.encode()).hexdigest()


def concatenated(fields: Mapping[str, object], phrase: str, *, keep_empty: bool = False) -> str:
    """What is hashed: `name=value` sorted by the bytes of the names, without separators."""
    pairs = (
        f"{name}={_written(fields[name])}"
        for name in sorted(fields, key=str.encode)
        if name != SIGNATURE and (keep_empty or fields[name] not in ("", None))
    )
    return f"{phrase}{''.join(pairs)}{phrase}"


def _written(value: object) -> str:
    """Objects keep the order in which they were sent; nothing inside them is left out."""
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name}={_written(inner)}" for name, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_written, value)) + "]"
    return str(value)
