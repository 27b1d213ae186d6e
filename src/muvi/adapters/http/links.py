"""Addresses that speak for themselves: whoever holds one may see the image behind it, and nobody can guess
it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass
from uuid import UUID

from muvi.domain.shared.ids import from_wire, to_wire
from muvi.domain.shared.text import Language

_KEY_CHARACTERS = 24


@dataclass(frozen=True, slots=True)
class TicketLinks:
    """Makes and reads the addresses of ticket images. `base_url` is the public one, without a trailing
    slash. The first secret makes addresses, all of them read: letters that were sent must open for years.
    """

    base_url: str
    secrets: tuple[bytes, ...]

    @classmethod
    def signed_by(cls, base_url: str, keys: str) -> TicketLinks:
        """Take a secret of our own from each of the keys that sign tickets, parted by commas."""
        texts = [text.strip() for text in keys.split(",") if text.strip()]
        return cls(
            base_url, tuple(hashlib.sha256(b"ticket-links:" + text.encode()).digest() for text in texts)
        )

    def image(self, order_id: UUID, language: Language | None = None) -> str:
        """The absolute address of an order's image."""
        asked = f"?lang={language.value}" if language else ""
        return f"{self.base_url}/tickets/{to_wire(order_id)}/{_key(self.secrets[0], order_id)}.png{asked}"

    def order_of(self, wire_id: str, key: str) -> UUID | None:
        """The order an address is for, or None when the key does not fit."""
        try:
            order_id = from_wire(wire_id)
        except ValueError:
            return None
        known = [_key(secret, order_id) for secret in self.secrets]
        return order_id if any(hmac.compare_digest(key.encode(), one.encode()) for one in known) else None


def _key(secret: bytes, order_id: UUID) -> str:
    digest = hmac.digest(secret, b"ticket-image:" + order_id.bytes, "sha256")
    return base64.b32encode(digest).decode()[:_KEY_CHARACTERS].lower()
