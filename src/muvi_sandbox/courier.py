"""Notifications on their way to a merchant: late, repeated, out of order or never, as the knobs say."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
import msgspec

from muvi_sandbox.faults import Fault, Faults
from muvi_sandbox.truth import Truth

_TIMEOUT_S = 30.0
_AT_ONCE = 16
_OUTSTANDING = 5_000
_SLACK_S = 0.01


@dataclass
class DeliveryKnobs:
    """How notifications travel; durations in real seconds."""

    webhooks_on: bool = True
    webhook_copies: int = 1
    webhook_delay_s: float = 0.1
    webhook_reorder: bool = False
    webhook_held_s: float = 3.0
    webhook_retry_s: list[float] = field(default_factory=lambda: [1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0])


class Message(msgspec.Struct, frozen=True):
    """One notification ready for the wire."""

    about: str
    code: str
    headers: dict[str, str]
    body: bytes


class Courier:
    """Sends in the background; needs a running event loop only once something is to be sent.

    A merchant whose status is not among `heard` hears again after each of the knob's waits.
    """

    def __init__(
        self,
        system: str,
        url: str,
        truth: Truth,
        faults: Faults,
        knobs: DeliveryKnobs,
        heard: Callable[[int], bool],
    ) -> None:
        self._system = system
        self._url = url
        self._truth = truth
        self._faults = faults
        self._knobs = knobs
        self._heard = heard
        self._tasks: set[asyncio.Task[None]] = set()
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._client: httpx.AsyncClient | None = None
        self._held: dict[str, tuple[Message, float]] = {}

    def emit(self, message: Message, *, thread: str, key: str) -> None:
        """Send what happened under rules and knobs; messages of one `thread` may overtake each other."""
        rule = self._faults.take(self._system, "webhook", key)
        fault = rule.fault if rule else None
        delay_s = rule.delay_s if rule and rule.delay_s else self._knobs.webhook_delay_s
        if fault in {Fault.LOSE, Fault.CUT, Fault.BEFORE, Fault.HANG}:
            self._truth.record(self._system, "webhook-lost", id=message.about, code=message.code)
            return
        copies = self._knobs.webhook_copies + (fault is Fault.DUPLICATE)
        if (self._knobs.webhook_reorder or fault is Fault.REORDER) and thread not in self._held:
            self._held[thread] = (message, delay_s)
            self.later(self._knobs.webhook_held_s, lambda: self._release(thread))
            return
        sending = [self._start(self._deliver(message, delay_s)) for _ in range(copies)]
        self._release(thread, [task for task in sending if task])

    def send(self, message: Message) -> None:
        """Send at once, whatever the knobs say."""
        self._start(self._deliver(message, 0.0))

    def visit(self, address: str) -> None:
        """Call an address as a machine does: without cookies and parameters."""
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
            self._truth.record(self._system, "webhook-lost", id="", code="overflow")
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
                self._system, "webhook", id=message.about, code=message.code, status=status, attempt=attempt
            )
            if self._heard(status):
                return

    async def _post(self, message: Message) -> int:
        """Return the merchant's status, 0 when there was no answer."""
        async with self._slots:
            try:
                response = await self._http().post(self._url, content=message.body, headers=message.headers)
            except httpx.HTTPError:
                return 0
            return response.status_code

    async def _visit(self, address: str) -> None:
        async with self._slots:
            try:
                status = (await self._http().get(address)).status_code
            except httpx.HTTPError:
                status = 0
        self._truth.record(self._system, "return-call", address=address, status=status)

    def _http(self) -> httpx.AsyncClient:
        if self._client is None:
            self._client = httpx.AsyncClient(timeout=_TIMEOUT_S, trust_env=False)
        return self._client
