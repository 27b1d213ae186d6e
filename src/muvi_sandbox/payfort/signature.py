"""The digest that every message carries: the phrase around sorted `key=value` pairs without separators."""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Literal

Empty = Literal["none", "skip", "keep"]


def signed(fields: Mapping[str, str], phrase: str, kind: str, *, keep_empty: bool = False) -> str:
    """Return the digest in lower case; `kind` is sha256 or sha512."""
    pairs = (
        f"{name}={fields[name]}"
        for name in sorted(fields, key=str.encode)
        if name != "signature" and (fields[name] or keep_empty)
    )
    text = phrase + "".join(pairs) + phrase
    return hashlib.new(kind, text.encode()).hexdigest()


def matches(fields: Mapping[str, str], phrase: str, kind: str) -> bool:
    """Tell whether a message of the merchant carries the right digest, in either case."""
    given = fields.get("signature", "").lower()
    return hmac.compare_digest(given.encode(), signed(fields, phrase, kind).encode())
