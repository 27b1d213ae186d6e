"""Notifications to the merchant: encrypted, late, repeated, out of order or never, as the knobs say.

AES-256-GCM without additional data; the vector and the tag travel as headers, the text as hex. A merchant
that does not answer 2xx hears again on a schedule that is shortened from the platform's minutes to seconds.
"""

import asyncio
import secrets
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

import httpx
import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from muvi_sandbox.config import SandboxConfig
from muvi_sandbox.faults import Fault, Faults
from muvi_sandbox.hyperpay import answers, codes
from muvi_sandbox.hyperpay.book import SYSTEM, Transaction
from muvi_sandbox.hyperpay.settings import Knobs
from muvi_sandbox.truth import Truth

_TIMEOUT_S = 30.0
_AT_ONCE = 16
_OUTSTANDING = 5_000
_SLACK_S = 0.01


class Message(msgspec.Struct, frozen=True):
    """One notification ready for the wire."""

    about: str
    code: str
    headers: dict[str, str]
    body: bytes


def sealed(key_hex: str, plaintext: bytes, wrapper: str) -> tuple[dict[str, str], bytes]:
    """Encrypt and wrap. Returns headers and body."""
    vector = secrets.token_bytes(12)
    both = AESGCM(bytes.fromhex(key_hex)).encrypt(vector, plaintext, None)
    text, tag = both[:-16].hex().upper(), both[-16:].hex().upper()
    headers = {"X-Initialization-Vector": vector.hex().upper(), "X-Authentication-Tag": tag}
    if wrapper == "json":
        return {**headers, "Content-Type": "application/json"}, msgspec.json.encode({"encryptedBody": text})
    return {**headers, "Content-Type": "text/plain"}, text.encode()


class Webhooks:
    """Sends in the background; needs a running event loop only once something is to be sent."""

    def __init__(self, config: SandboxConfig, truth: Truth, faults: Faults, knobs: Knobs) -> None:
        self._config = config
        self._truth = truth
        self._faults = faults
        self._knobs = knobs
        self._tasks: set[asyncio.Task[None]] = set()
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._client: httpx.AsyncClient | None = None
        self._held: dict[str, tuple[Message, float]] = {}

    def about(self, row: Transaction) -> None:
        """Notify of a transaction as it stands now."""
        if not self._knobs.webhooks_on:
            return
        if self._knobs.webhook_pending_first and not row.pending and row.kind in {"DB", "PA"}:
            self._emit(row, codes.PENDING)
        self._emit(row, row.code)

    def plain(self, content: dict[str, Any], *, key: str = "", about: str = "") -> None:
        """Send any content at once, under another key when one is given (then its tag is wrong)."""
        headers, body = sealed(key or self._key(), msgspec.json.encode(content), self._knobs.webhook_wrapper)
        self._start(self._deliver(Message(about, str(content.get("type")), headers, body), 0.0))

    def raw(self, body: bytes) -> None:
        """Send something that is no notification at all."""
        self._start(self._deliver(Message("", "raw", {"Content-Type": "text/plain"}, body), 0.0))

    def about_return(self, address: str) -> None:
        """Call the result address as the platform itself does: without cookies and parameters."""
        if self._knobs.empty_return_call:
            self._start(self._visit(address))

    def later(self, seconds: float, what: Callable[[], object]) -> None:
        """Do something after a while, unless the sandbox stops."""

        async def wait() -> None:
            await asyncio.sleep(seconds + _SLACK_S)
            what()

        self._start(wait())

    async def stop(self) -> None:
        """Drop what is not sent yet."""
        for task in tuple(self._tasks):
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        if self._client is not None:
            await self._client.aclose()

    def content(self, row: Transaction, code: str = "") -> dict[str, Any]:
        """Return the plaintext about a transaction."""
        ndc = answers.entity_ndc(row.entity, row.id) if self._knobs.webhook_ndc == "entity" else ""
        return {"type": "PAYMENT", "payload": answers.transaction(row, code, ndc)}

    def _key(self) -> str:
        return self._knobs.webhook_key or self._config.hyperpay_webhook_key

    def _emit(self, row: Transaction, code: str) -> None:
        plaintext = msgspec.json.encode(self.content(row, code))
        headers, body = sealed(self._key(), plaintext, self._knobs.webhook_wrapper)
        message = Message(row.id, code, headers, body)
        rule = self._faults.take(SYSTEM, "webhook", f"{row.checkout_id} {row.reference} {row.id}")
        fault = rule.fault if rule else None
        delay_s = rule.delay_s if rule and rule.delay_s else self._knobs.webhook_delay_s
        if fault in {Fault.LOSE, Fault.CUT, Fault.BEFORE, Fault.HANG}:
            self._truth.record(SYSTEM, "webhook-lost", id=row.id, code=code)
            return
        copies = self._knobs.webhook_copies + (fault is Fault.DUPLICATE)
        thread = row.checkout_id or row.referenced_id
        if (self._knobs.webhook_reorder or fault is Fault.REORDER) and thread not in self._held:
            self._held[thread] = (message, delay_s)
            self.later(self._knobs.webhook_held_s, lambda: self._release(thread))
            return
        sending = [self._start(self._deliver(message, delay_s)) for _ in range(copies)]
        self._release(thread, [task for task in sending if task])

    def _release(self, thread: str, overtaken_by: Sequence[asyncio.Task[None]] = ()) -> None:
        held = self._held.pop(thread, None)
        if held is not None:
            self._start(self._deliver_after(overtaken_by, *held))

    async def _deliver_after(
        self, others: Sequence[asyncio.Task[None]], message: Message, delay_s: float
    ) -> None:
        if others:
            await asyncio.wait(others)
        await self._deliver(message, delay_s)

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None] | None:
        if len(self._tasks) >= _OUTSTANDING:
            work.close()
            self._truth.record(SYSTEM, "webhook-lost", id="", code="overflow")
            return None
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _deliver(self, message: Message, delay_s: float) -> None:
        waits = [delay_s, *self._knobs.webhook_retry_s]
        for attempt, wait_s in enumerate(waits, start=1):
            await asyncio.sleep(wait_s)
            status = await self._post(message)
            self._truth.record(
                SYSTEM, "webhook", id=message.about, code=message.code, status=status, attempt=attempt
            )
            if 200 <= status < 300:  # noqa: PLR2004 - the success class
                return

    async def _post(self, message: Message) -> int:
        """Return the merchant's status, 0 when there was no answer."""
        async with self._slots:
            try:
                url = self._config.hyperpay_webhook_url
                response = await self._http().post(url, content=message.body, headers=message.headers)
            except httpx.HTTPError:
                return 0
            return response.status_code

    async def _visit(self, address: str) -> None:
        async with self._slots:
            try:
                status = (await self._http().get(address)).status_code
            except httpx.HTTPError:
                status = 0
        self._truth.record(SYSTEM, "return-call", address=address, status=status)

    def _http(self) -> httpx.AsyncClient:
        if self._client is None:
            self._client = httpx.AsyncClient(timeout=_TIMEOUT_S, trust_env=False)
        return self._client
