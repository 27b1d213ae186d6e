"""Notifications of HyperPay: sealed by AES-256-GCM without additional data; the vector and the tag travel as
headers, the text as hex.
"""

import secrets
from typing import Any

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from muvi_sandbox.config import SandboxConfig
from muvi_sandbox.courier import Courier, Message
from muvi_sandbox.faults import Faults
from muvi_sandbox.hyperpay import answers, codes
from muvi_sandbox.hyperpay.book import SYSTEM, Transaction
from muvi_sandbox.hyperpay.settings import Knobs
from muvi_sandbox.truth import Truth


def sealed(key_hex: str, plaintext: bytes, wrapper: str) -> tuple[dict[str, str], bytes]:
    """Encrypt and wrap. Returns headers and body."""
    vector = secrets.token_bytes(12)
    both = AESGCM(bytes.fromhex(key_hex)).encrypt(vector, plaintext, None)
    text, tag = both[:-16].hex().upper(), both[-16:].hex().upper()
    headers = {"X-Initialization-Vector": vector.hex().upper(), "X-Authentication-Tag": tag}
    if wrapper == "json":
        return {**headers, "Content-Type": "application/json"}, msgspec.json.encode({"encryptedBody": text})
    return {**headers, "Content-Type": "text/plain"}, text.encode()


class Webhooks(Courier):
    """Tells the merchant of transactions. A merchant that does not answer 2xx hears again."""

    def __init__(self, config: SandboxConfig, truth: Truth, faults: Faults, knobs: Knobs) -> None:
        super().__init__(
            SYSTEM,
            config.hyperpay_webhook_url,
            truth,
            faults,
            knobs,
            heard=lambda status: 200 <= status < 300,  # noqa: PLR2004 - the success class
        )
        self._config = config
        self._wire = knobs

    def about(self, row: Transaction) -> None:
        """Notify of a transaction as it stands now."""
        if not self._wire.webhooks_on:
            return
        if self._wire.webhook_pending_first and not row.pending and row.kind in {"DB", "PA"}:
            self._tell(row, codes.PENDING)
        self._tell(row, row.code)

    def plain(self, content: dict[str, Any], *, key: str = "", about: str = "") -> None:
        """Send any content at once, under another key when one is given (then its tag is wrong)."""
        headers, body = sealed(key or self._key(), msgspec.json.encode(content), self._wire.webhook_wrapper)
        self.send(Message(about, str(content.get("type")), headers, body))

    def raw(self, body: bytes) -> None:
        """Send something that is no notification at all."""
        self.send(Message("", "raw", {"Content-Type": "text/plain"}, body))

    def about_return(self, address: str) -> None:
        """Call the result address as the platform itself does: without cookies and parameters."""
        if self._wire.empty_return_call:
            self.visit(address)

    def content(self, row: Transaction, code: str = "") -> dict[str, Any]:
        """Return the plaintext about a transaction."""
        ndc = answers.entity_ndc(row.entity, row.id) if self._wire.webhook_ndc == "entity" else ""
        return {"type": "PAYMENT", "payload": answers.transaction(row, code, ndc)}

    def _key(self) -> str:
        return self._wire.webhook_key or self._config.hyperpay_webhook_key

    def _tell(self, row: Transaction, code: str) -> None:
        plaintext = msgspec.json.encode(self.content(row, code))
        headers, body = sealed(self._key(), plaintext, self._wire.webhook_wrapper)
        message = Message(row.id, code, headers, body)
        thread = row.checkout_id or row.referenced_id
        self.emit(message, thread=thread, key=f"{row.checkout_id} {row.reference} {row.id}")
