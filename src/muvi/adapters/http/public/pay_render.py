"""The payment page as HTML, with the policy that tells the browser what it may load."""

from __future__ import annotations

import secrets
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from litestar import MediaType, Response

from muvi.adapters.http.public.pay_pages import PaymentPages
from muvi.adapters.http.public.pay_words import BACK_WITHOUT_A_PAYMENT, CURRENCIES, HEADINGS, WORDS
from muvi.application.payments.show_payment_page import PageState, PaymentPage
from muvi.domain.shared.ids import to_wire
from muvi.domain.shared.text import Language

_TEMPLATE = Environment(
    loader=PackageLoader("muvi.adapters.http"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
).get_template("payment.html")
MODES = {PageState.PAYABLE: "pay", PageState.WAITING: "wait"}
BAD_ENDS = frozenset({PageState.FAILED, PageState.OVER})


def payment_page(
    page: PaymentPage, pages: PaymentPages, language: Language, *, suffix: str = ""
) -> Response[bytes]:
    """The page of an attempt in its present state; `suffix` is what follows its id in the address."""
    view, wire = page.view, to_wire(page.view.attempt_id)
    heading, lead = HEADINGS[language][page.state]
    other = Language.EN if language is Language.AR else Language.AR
    back = view.failed_url if page.state in BAD_ENDS else view.success_url
    amount = f"{view.amount.major:,.{view.amount.exponent}f}"
    return _html(
        nonce=secrets.token_urlsafe(16),
        widget=view.script_url if page.state is PageState.PAYABLE else "",
        targets=(pages.base_url, view.success_url, view.failed_url),
        language=language.value,
        words=WORDS[language],
        mode=MODES.get(page.state, "end"),
        state=page.state.value,
        tone="bad" if page.state in BAD_ENDS else "good",
        heading=heading,
        lead=lead,
        amount=amount,
        currency=CURRENCIES[language].get(view.amount.currency, view.amount.currency),
        seconds_left=page.seconds_left,
        clock=f"{page.seconds_left // 60}:{page.seconds_left % 60:02}",
        brands=" ".join(view.brands),
        script_url=view.script_url,
        integrity=view.integrity,
        result_url=pages.result(view.attempt_id),
        state_url=f"{pages.base_url}/pay/{wire}/state",
        other_url=f"{pages.base_url}/pay/{wire}{suffix}?lang={other.value}",
        back_url=back,
    )


def thank_you_page(language: Language) -> Response[bytes]:
    """For a visit that names no payment of ours."""
    heading, lead = BACK_WITHOUT_A_PAYMENT[language]
    return _html(
        nonce=secrets.token_urlsafe(16),
        widget="",
        targets=(),
        language=language.value,
        words=WORDS[language],
        mode="end",
        state="",
        tone="good",
        heading=heading,
        lead=lead,
        amount="",
        currency="",
        seconds_left=0,
        clock="",
        brands="",
        script_url="",
        integrity="",
        result_url="",
        state_url="",
        other_url="",
        back_url="",
    )


def _html(*, nonce: str, widget: str, targets: tuple[str, ...], **facts: object) -> Response[bytes]:
    body = _TEMPLATE.render(nonce=nonce, **facts)
    headers = {
        "content-security-policy": content_policy(nonce, widget, targets),
        "cache-control": "no-store",
        "referrer-policy": "strict-origin-when-cross-origin",
        "x-content-type-options": "nosniff",
    }
    return Response(content=body.encode(), media_type=MediaType.HTML, headers=headers)


def content_policy(nonce: str, widget: str, targets: tuple[str, ...]) -> str:
    """Our own inline parts by nonce, the gateway's host for its widget, any bank over TLS for its challenge.

    Browsers hold redirects after a form to `form-action` too, so the addresses where a buyer ends are in it.
    """
    gateway = _origin(widget)
    ends = " ".join(dict.fromkeys(filter(None, (gateway, *map(_origin, targets)))))
    rules = {
        "default-src": "'none'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
        "script-src": f"'nonce-{nonce}' {gateway}",
        "style-src": f"'nonce-{nonce}' {gateway}",
        "style-src-attr": "'unsafe-inline'" if gateway else "'none'",
        "img-src": f"'self' data: {gateway}",
        "font-src": gateway or "'none'",
        "connect-src": f"'self' {gateway}",
        "frame-src": f"{gateway} https:" if gateway else "'none'",
        "form-action": f"'self' https: {ends}" if gateway else "'none'",
    }
    return "; ".join(f"{name} {value.strip()}" for name, value in rules.items())


def _origin(address: str) -> str:
    """Scheme and host of a web address, the bare scheme of an app's."""
    parts = urlsplit(address)
    if parts.scheme in ("http", "https"):
        return f"{parts.scheme}://{parts.netloc}"
    return f"{parts.scheme}:" if parts.scheme else ""
