"""The sandbox of third parties, as far as a buyer needs it: the phone's inbox and the gateway's card form."""

from __future__ import annotations

import time

import httpx

from muvi.entrypoints.buying.forms import Forms
from muvi.entrypoints.buying.web import CannotBuy, Json

CARDS = {
    "paid": "4111111111111111",
    "declined": "4000000000000002",
    "challenge": "4000000000003220",
}
TEXT_WITHIN_S = 5.0


class Sandbox:
    """One running sandbox. Nothing of it is told more than a phone's owner or a card's holder would tell."""

    def __init__(self, url: str, transport: httpx.BaseTransport | None = None) -> None:
        self.url = url.rstrip("/")
        self._http = httpx.Client(timeout=10, trust_env=False, transport=transport)

    @property
    def is_there(self) -> bool:
        """Whether it answers."""
        try:
            return self._http.get(f"{self.url}/health").is_success
        except (httpx.HTTPError, httpx.InvalidURL):
            return False

    def texts(self, phone: str) -> list[Json]:
        """Text messages to a phone, newest first. Raises `CannotBuy`."""
        try:
            answer = self._http.get(f"{self.url}/inbox", params={"channel": "sms", "to": phone})
            return list(answer.raise_for_status().json())
        except (httpx.HTTPError, ValueError) as error:
            raise CannotBuy(f"The inbox of the sandbox cannot be read: {error}") from error

    def code_after(self, phone: str, before: int) -> str:
        """The one-time code of the text that came after the first `before`; empty when none comes."""
        end = time.monotonic() + TEXT_WITHIN_S
        while time.monotonic() < end:
            found = self.texts(phone)
            if len(found) > before and found[0].get("code"):
                return str(found[0]["code"])
            time.sleep(0.1)
        return ""

    @property
    def forms(self) -> Forms:
        """The card forms of its gateways."""
        return Forms(self.url, self._http)

    def close(self) -> None:
        self._http.close()
