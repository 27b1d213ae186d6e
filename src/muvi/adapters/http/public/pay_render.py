"""The payment page as HTML, with the policy that tells the browser what it may load."""

from __future__ import annotations

import secrets
from http import HTTPStatus
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined
from litestar import MediaType, Response

from muvi.adapters.http.public.pay_pages import PaymentPages
from muvi.adapters.http.public.pay_words import (
    BACK_WITHOUT_A_PAYMENT,
    CURRENCIES,
    HEADINGS,
    NO_SUCH_PAYMENT,
    WORDS,
)
from muvi.adapters.kit.wall_time import clock, day
from muvi.application.payments.show_payment_page import PageState, PaymentPage
from muvi.domain.payments.front_end import CardWidget, FrontEnd, HostedForm
from muvi.domain.shared.ids import to_wire
from muvi.domain.shared.text import Language
from muvi.ports.payments.views import ShowPaidFor

_TEMPLATE = Environment(
    loader=PackageLoader("muvi.adapters.http"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
).get_template("payment.html")
MODES = {
    PageState.PAYABLE: "pay",
    PageState.DECLINED: "pay",
    PageState.ANOTHER: "pay",
    PageState.WAITING: "wait",
}
SIGNS = {"good": "M4 13l5 5L20 6", "bad": "M6 6l12 12M18 6L6 18"}
ASKS = frozenset({PageState.WAITING, PageState.FAILED, PageState.OVER, PageState.ENDED})
"""What may become something else while it is looked at, and asks for that by itself."""
BAD_ENDS = frozenset({PageState.DECLINED, PageState.FAILED, PageState.OVER, PageState.ENDED})
ANOTHER = "card=another"
"""Says in the address of the page that its buyer chose to send another card."""
DONE = "/done"
"""Follows the id in the address of the page after the visit to the gateway."""


def payment_page(
    page: PaymentPage, pages: PaymentPages, language: Language, *, visited: bool = False
) -> Response[bytes]:
    """The page of an attempt in its present state; `visited` after the visit to the gateway."""
    view = page.view
    address = f"{pages.base_url}/pay/{to_wire(view.attempt_id)}"
    another = f"{address}?lang={language.value}&{ANOTHER}" if page.takes_another and not visited else ""
    heading, lead = HEADINGS[language][page.state]
    other = Language.EN if language is Language.AR else Language.AR
    is_bad = page.state in BAD_ENDS or page.bought_nothing
    chosen = f"&{ANOTHER}" if page.state is PageState.ANOTHER else ""
    amount = f"{view.amount.major:,.{view.amount.exponent}f}"
    return _html(
        nonce=secrets.token_urlsafe(16),
        front=view.front if MODES.get(page.state) == "pay" else None,
        targets=(pages.base_url, view.success_url, view.failed_url),
        language=language.value,
        words=WORDS[language],
        mode=MODES.get(page.state, "end"),
        state=page.state.value,
        tone="bad" if is_bad else "good",
        asks=page.state in ASKS,
        heading=heading,
        lead=lead,
        over=HEADINGS[language][PageState.OVER],
        waiting=HEADINGS[language][PageState.WAITING],
        show=_shown(view.show, language),
        amount=amount,
        currency=CURRENCIES[language].get(view.amount.currency, view.amount.currency),
        seconds_left=page.seconds_left,
        clock=f"{page.seconds_left // 60}:{page.seconds_left % 60:02}",
        result_url=pages.result(view.attempt_id),
        state_url=f"{address}/state",
        other_url=f"{address}{DONE if visited else ''}?lang={other.value}{chosen}",
        page_url=f"{address}?lang={language.value}",
        another_url=another,
        visited=visited,
        back_url=view.failed_url if is_bad else view.success_url,
        over_url=view.failed_url,
    )


def thank_you_page(language: Language) -> Response[bytes]:
    """For a visit that names no payment of ours."""
    return _bare(language, *BACK_WITHOUT_A_PAYMENT[language], tone="good")


def not_found_page(language: Language) -> Response[bytes]:
    """For a link to no payment, with status 404."""
    page = _bare(language, *NO_SUCH_PAYMENT[language], tone="bad")
    page.status_code = HTTPStatus.NOT_FOUND
    return page


def _bare(language: Language, heading: str, lead: str, *, tone: str) -> Response[bytes]:
    """A page that says one thing."""
    return _html(
        nonce=secrets.token_urlsafe(16),
        front=None,
        targets=(),
        language=language.value,
        words=WORDS[language],
        mode="end",
        state="",
        tone=tone,
        asks=False,
        heading=heading,
        lead=lead,
        show=None,
        amount="",
        currency="",
        seconds_left=0,
        clock="",
        result_url="",
        state_url="",
        other_url="",
        page_url="",
        another_url="",
        visited=False,
        back_url="",
    )


def _shown(show: ShowPaidFor | None, language: Language) -> dict[str, object] | None:
    if show is None:
        return None
    at = show.starts_at.astimezone(ZoneInfo(show.zone))
    return {
        "film": show.film.in_(language),
        "cinema": show.cinema.in_(language),
        "screen": show.screen.in_(language),
        "day": day(at, language),
        "time": clock(at, language),
        "seats": show.seats,
    }


def _html(
    *, nonce: str, front: FrontEnd | None, targets: tuple[str, ...], **facts: object
) -> Response[bytes]:
    body = _TEMPLATE.render(
        nonce=nonce,
        SIGNS=SIGNS,
        widget=front if isinstance(front, CardWidget) else None,
        form=front if isinstance(front, HostedForm) else None,
        **facts,
    )
    headers = {
        "content-security-policy": content_policy(nonce, front, targets),
        "cache-control": "no-store",
        "referrer-policy": "strict-origin-when-cross-origin",
        "x-content-type-options": "nosniff",
    }
    return Response(content=body.encode(), media_type=MediaType.HTML, headers=headers)


def content_policy(nonce: str, front: FrontEnd | None, targets: tuple[str, ...]) -> str:
    """Our own inline parts by nonce, the gateway's host for its widget, any bank over TLS for its challenge;
    of a gateway with a page of its own nothing is loaded, our form may only lead there: banks are met from
    its page, under its policy.

    Browsers hold redirects after a form to `form-action` too, so the addresses where a buyer ends are in it.
    """
    gateway = _origin(front.script_url) if isinstance(front, CardWidget) else ""
    banks = "https: " if gateway else ""
    posts_to = gateway or (_origin(front.url) if isinstance(front, HostedForm) else "")
    ends = " ".join(dict.fromkeys(filter(None, (posts_to, *map(_origin, targets)))))
    rules = {
        "default-src": "'none'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
        "script-src": f"'nonce-{nonce}' {gateway}",
        "style-src": f"'nonce-{nonce}' {gateway}",
        "img-src": f"'self' data: {gateway}",
        "font-src": gateway or "'none'",
        "connect-src": f"'self' {gateway}",
        "frame-src": f"{gateway} https:" if gateway else "'none'",
        "form-action": f"'self' {banks}{ends}" if posts_to else "'none'",
    }
    return "; ".join(f"{name} {value.strip()}" for name, value in rules.items())


def _origin(address: str) -> str:
    """Scheme and host of a web address, the bare scheme of an app's."""
    parts = urlsplit(address)
    if parts.scheme in ("http", "https"):
        return f"{parts.scheme}://{parts.netloc}"
    return f"{parts.scheme}:" if parts.scheme else ""
