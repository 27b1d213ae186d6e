"""Card forms of the sandbox's gateways, filled in as a shopper's browser would."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import urljoin, urlsplit

import httpx

from muvi.entrypoints.buying.web import CannotBuy, Json

REST_OF_CARD = {"expiry_month": "12", "expiry_year": "2039", "cvv": "123"}
ACCEPTED = {"result": "Y"}
HOPS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class WayBack:
    """Where the gateway sends the browser at the end: to an address, or to post `fields` to it. `refused`:
    its own page showed the form again. A widget's gateway sends the browser on either way.
    """

    address: str
    fields: Mapping[str, str] = field(default_factory=dict)
    challenged: bool = False
    refused: bool = False


class Forms:
    """The forms of one sandbox: a widget that our page embeds, or a page of the gateway's own."""

    def __init__(self, url: str, http: httpx.Client) -> None:
        self._url = url
        self._http = http

    def know(self, action: Json) -> bool:
        """Whether this `nextAction` leads to a form of the sandbox."""
        address = action.get("formUrl") or action.get("scriptUrl") or ""
        widget = bool(action.get("checkoutId")) and bool(action.get("resultUrl"))
        return str(address).startswith(f"{self._url}/") and (bool(action.get("formUrl")) or widget)

    def fill_in(self, action: Json, card: str) -> WayBack:
        """Put a card in and accept the bank's challenge if there is one. Raises `CannotBuy`."""
        fields = {"card_number": card, **REST_OF_CARD}
        if action.get("formUrl"):
            page = self._sent_on(self._posted(str(action["formUrl"]), action.get("formFields") or {}))
        else:
            page = f"{self._url}/hyperpay/shopper/{action['checkoutId']}"
            fields["shopper_result_url"] = str(action["resultUrl"])
        return self._paid(page, fields)

    def _paid(self, page: str, fields: Mapping[str, str]) -> WayBack:
        answer, challenged = self._posted(page, fields), False
        for _ in range(HOPS):
            if answer.status_code != HTTPStatus.SEE_OTHER:
                return self._shown(page, answer, challenged=challenged)
            address = self._sent_on(answer)
            if not self._is_challenge(address):
                return WayBack(address=address, challenged=challenged)
            challenged = True
            answer = self._posted(address, ACCEPTED)
        raise CannotBuy("The sandbox's bank asks for challenge after challenge")

    def _shown(self, page: str, answer: httpx.Response, *, challenged: bool) -> WayBack:
        """A gateway's own page posts the browser back; after a refused card it shows its form again, which
        the shopper leaves.
        """
        refused = "html" in answer.headers.get("content-type", "")
        if refused:
            answer = self._posted(f"{page}/cancel", {})
        try:
            told = answer.json()
            address, fields = str(told["url"]), dict(told["fields"])
            return WayBack(address=address, fields=fields, challenged=challenged, refused=refused)
        except (ValueError, KeyError, TypeError) as error:
            raise CannotBuy(f"The gateway's form leads nowhere: {answer.text[:200]}") from error

    def _is_challenge(self, address: str) -> bool:
        return address.startswith(f"{self._url}/") and "/3ds/" in urlsplit(address).path

    def _sent_on(self, answer: httpx.Response) -> str:
        if answer.status_code != HTTPStatus.SEE_OTHER:
            raise CannotBuy(f"The gateway refused: {answer.status_code} {answer.text[:200]}")
        return str(urljoin(str(answer.request.url), answer.headers.get("location", "")))

    def _posted(self, address: str, fields: Mapping[str, str]) -> httpx.Response:
        try:
            answer = self._http.post(address, data=dict(fields))
        except httpx.HTTPError as error:
            raise CannotBuy(f"The gateway's form does not answer: {error!r}") from error
        if answer.is_error:
            raise CannotBuy(f"The gateway refused: {answer.status_code} {answer.text[:200]}")
        return answer
