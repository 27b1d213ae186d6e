"""The mailbox itself: bounded, newest first, found by address."""

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

import msgspec
from litestar import Router

from muvi_sandbox.config import SandboxConfig
from muvi_sandbox.inbox.pages import routes
from muvi_sandbox.knobs import BadControl

_KEPT = 5_000
_LISTED = 200


class Mail(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One message as it arrived. `to` is E.164 for channel sms; `code` is the one-time code it carries."""

    channel: str
    to: str
    subject: str
    body: str
    at: str
    code: str | None = None
    html: str | None = None


@dataclass
class Knobs:
    """The inbox has none."""


class InboxSandbox:
    """Keeps the last 5,000 messages in memory; they do not survive a restart."""

    def __init__(self, config: SandboxConfig, kept: int = _KEPT) -> None:
        self._clock = config.clock
        self._kept = kept
        self._all: deque[Mail] = deque()
        self._by_address: defaultdict[str, deque[Mail]] = defaultdict(deque)
        self.knobs = Knobs()
        self.router = Router(path="/", route_handlers=routes(self))

    def put(self, channel: str, to: str, body: str, *, subject: str = "", **more: str | None) -> None:
        """Deliver one message; the oldest one leaves when the box is full."""
        at = self._clock.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")
        mail = Mail(channel=channel, to=to, subject=subject, body=body, at=at, **more)
        if len(self._all) >= self._kept:
            self._forget_oldest()
        self._all.append(mail)
        self._by_address[_key(to)].append(mail)

    def find(self, channel: str = "", to: str = "", limit: int = _LISTED) -> list[Mail]:
        """Return messages newest first; an empty argument does not filter."""
        newest: Iterable[Mail] = reversed(self._by_address.get(_key(to), deque()) if to else self._all)
        fitting: Iterator[Mail] = (mail for mail in newest if channel in {"", mail.channel})
        return list(islice(fitting, limit))

    def act(self, action: str, facts: Mapping[str, Any]) -> dict[str, Any]:
        """`clear` empties the box."""
        if action != "clear" or facts:
            raise BadControl("the inbox knows one act: clear")
        self._all.clear()
        self._by_address.clear()
        return {"status": "cleared"}

    def _forget_oldest(self) -> None:
        key = _key(self._all.popleft().to)
        self._by_address[key].popleft()
        if not self._by_address[key]:
            del self._by_address[key]


def _key(address: str) -> str:
    """A plus that a query string turned into a space, or `00` in its place, finds the same number."""
    address = address.strip().casefold()
    if "@" in address:
        return address
    digits = "".join(character for character in address if character.isdigit())
    return digits.removeprefix("00")


def create(config: SandboxConfig) -> InboxSandbox:
    """Return an empty inbox with its routes."""
    return InboxSandbox(config)
