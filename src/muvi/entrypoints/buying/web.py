"""Calls of a JSON API, and what its refusals mean to a person."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import httpx

PATIENCE_S = 30.0
TRIES = 5
LONGEST_PAUSE_S = 5.0
BUSY = frozenset({"order-busy", "busy", "service-unavailable", "unavailable"})
Json = dict[str, Any]


class CannotBuy(Exception):
    """The purchase ends here; the message says why and what may help. `code` is the API's own, or empty."""

    def __init__(self, message: str, *, code: str = "") -> None:
        super().__init__(message)
        self.code = code


class Api:
    """The public API as one buyer sees it. Texts are in one language; the token comes with signing in."""

    def __init__(self, base_url: str, language: str, transport: httpx.BaseTransport | None = None) -> None:
        self.base_url = base_url
        self._http = httpx.Client(
            base_url=f"{base_url}/api/v1",
            timeout=PATIENCE_S,
            trust_env=False,
            transport=transport,
            headers={"accept": "application/json", "accept-language": language, "user-agent": "muvi-buy"},
        )

    def carry(self, token: str) -> None:
        """Be somebody from now on."""
        self._http.headers["authorization"] = f"Bearer {token}"

    def get(self, path: str, **query: str | int) -> Any:  # noqa: ANN401  an object or a list
        """Read something. Raises `CannotBuy`."""
        return self._call("GET", path, query=query)

    def post(self, path: str, body: Mapping[str, object]) -> Any:  # noqa: ANN401  an object or a list
        """Do something; an order that is busy is asked again. Raises `CannotBuy`."""
        return self._call("POST", path, body=body)

    def fetch(self, address: str) -> httpx.Response:
        """Any address of the service or of a page it names, as a browser would, without following it on."""
        try:
            return self._http.get(address, headers={"accept": "*/*"})
        except httpx.HTTPError as error:
            raise CannotBuy(f"{address} does not answer ({error})") from error

    def submit(self, address: str, fields: Mapping[str, str]) -> httpx.Response:
        """Post a form as a browser would that a page made it post."""
        try:
            return self._http.post(address, data=dict(fields), headers={"accept": "*/*"})
        except httpx.HTTPError as error:
            raise CannotBuy(f"{address} does not answer ({error})") from error

    def close(self) -> None:
        self._http.close()

    def _call(
        self, method: str, path: str, *, query: Mapping[str, str | int] | None = None, body: object = None
    ) -> Any:  # noqa: ANN401  an object or a list
        for attempt in range(TRIES):
            answer = self._send(method, path, query, body)
            pause_s = _pause_s(answer)
            if pause_s is None or attempt == TRIES - 1:
                break
            time.sleep(pause_s)
        if not answer.is_success:
            raise refusal(answer)
        try:
            return answer.json()
        except ValueError as error:
            raise CannotBuy(f"{answer.url} gave no JSON: is that Muvi? Say --base-url") from error

    def _send(
        self, method: str, path: str, query: Mapping[str, str | int] | None, body: object
    ) -> httpx.Response:
        try:
            return self._http.request(method, path, params=dict(query or {}), json=body)
        except httpx.ConnectError as error:
            raise CannotBuy(
                f"Nothing answers at {self.base_url}. Start a copy with `make up`, or say --base-url."
            ) from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise CannotBuy(f"{method} {path}: no answer ({error!r})") from error


def refusal(answer: httpx.Response) -> CannotBuy:
    """What an answer that is no success says: its problem's title, detail and code."""
    where = f"{answer.request.method} {answer.request.url.path} → {answer.status_code}"
    problem = _problem(answer)
    code = str(problem.get("code", ""))
    words = [str(problem[name]) for name in ("title", "detail") if problem.get(name)]
    said = ": ".join(dict.fromkeys(words)) or answer.text[:200]
    known = [f"{name} {problem[name]}" for name in ("code", "requestId") if problem.get(name)]
    return CannotBuy(f"{said} ({', '.join([where, *known])})", code=code)


def _problem(answer: httpx.Response) -> Json:
    try:
        found = answer.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _pause_s(answer: httpx.Response) -> float | None:
    """How long to wait before asking again; None when the answer stands."""
    if answer.is_success or _problem(answer).get("code") not in BUSY:
        return None
    told = answer.headers.get("retry-after", "")
    return min(float(told), LONGEST_PAUSE_S) if told.isdecimal() else 1.0
