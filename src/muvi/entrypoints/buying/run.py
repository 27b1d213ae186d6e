"""Where to buy, and the run through the steps."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from muvi.entrypoints.buying.purchase import Purchase, Wish
from muvi.entrypoints.buying.sandbox import Sandbox
from muvi.entrypoints.buying.web import Api, CannotBuy

HERE = frozenset({"127.0.0.1", "localhost", "::1"})
EVERYWHERE = frozenset({"", "0.0.0.0", "::"})  # noqa: S104  compared, not bound

Tell = Callable[[str, str, dict[str, object], float], None]
"""Name, line for a person, facts for a machine, seconds."""


@dataclass(frozen=True, slots=True)
class Place:
    """A Muvi, in one language, and the sandbox behind it if there is one."""

    address: str
    language: str
    sandbox: Sandbox | None

    @property
    def has_sandbox(self) -> bool:
        """Whether the third parties are played."""
        return self.sandbox is not None

    @classmethod
    def of(cls, *, base_url: str, sandbox_url: str, language: str) -> Place:
        """Where the options say; else where the environment says that a copy runs. A sandbox is only looked
        for where it was named, or beside a Muvi of this machine.
        """
        address = (base_url or _address_here()).rstrip("/").removesuffix("/api/v1")
        if not sandbox_url and urlsplit(address).hostname not in HERE:
            return cls(address, language, None)
        sandbox = Sandbox(sandbox_url or f"http://127.0.0.1:{os.environ.get('SANDBOX_PORT') or 3900}")
        return cls(address, language, sandbox if sandbox.is_there else None)


def nobody_there(place: Place) -> str:
    """Why nothing can be bought there; empty when somebody answers."""
    api = Api(place.address, place.language)
    try:
        api.fetch(f"{place.address}/")
    except CannotBuy as reason:
        return f"{reason}. Start a copy with `make up`, or say --base-url."
    finally:
        api.close()
    return ""


def run(
    wish: Wish,
    place: Place,
    tell: Tell,
    *,
    ask_code: Callable[[], str],
    show_page: Callable[[str], None],
) -> str:
    """Buy, telling of every step. What went wrong, empty when nothing did."""
    api = Api(place.address, place.language)
    purchase = Purchase(api, place.sandbox, wish, ask_code, show_page)
    try:
        begun = time.monotonic()
        for step in purchase.steps():
            now = time.monotonic()
            tell(step.name, step.said, step.facts, now - begun)
            begun = now
    except CannotBuy as reason:
        return f"{reason}{purchase.left_behind()}"
    finally:
        api.close()
        if place.sandbox is not None:
            place.sandbox.close()
    return ""


def _address_here() -> str:
    host = os.environ.get("SERVER_HOST") or ""
    near = "127.0.0.1" if host in EVERYWHERE else host
    port = os.environ.get("SERVER_PORT") or "3000"
    return os.environ.get("PUBLIC_BASE_URL") or f"http://{f'[{near}]' if ':' in near else near}:{port}"
