"""What the hosted pages of every gateway share: reading what a browser posts, sending it on, saying no."""

from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from jinja2 import Environment, FileSystemLoader
from litestar import Request

from muvi_sandbox.reply import Reply

Call = Request[Any, Any, Any]
HTML = "text/html"
CARD_FIELDS = ("card_number", "expiry_month", "expiry_year", "cvv")
_templates = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True)


class Refusal(Exception):
    """The payment cannot go on: gone, paid or misused. The shopper sees the reason, nothing was charged."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


async def read_form(request: Call) -> dict[str, str]:
    """Read a urlencoded body; the last of repeated names counts."""
    return dict(parse_qsl((await request.body()).decode(errors="replace"), keep_blank_values=True))


async def read_fields(request: Call) -> dict[str, str]:
    """Read a form or a JSON object of texts."""
    if "json" not in request.headers.get("content-type", ""):
        return await read_form(request)
    try:
        return msgspec.json.decode(await request.body(), type=dict[str, str])
    except msgspec.MsgspecError:
        return {}


def require_card(fields: dict[str, str]) -> None:
    """Raises Refusal naming what the card form lacks."""
    if missing := [name for name in CARD_FIELDS if not fields.get(name)]:
        raise Refusal(f"missing: {', '.join(missing)}")


def wants_page(request: Call) -> bool:
    """Tell a browser from a test client."""
    return HTML in request.headers.get("accept", "")


def see(target: str) -> Reply:
    """Send the browser on."""
    return Reply(HTTPStatus.SEE_OTHER, b"", {"location": target, "cache-control": "no-store"}, "text/plain")


def page(template: str, status: int = 200, **facts: object) -> Reply:
    """Render a page; `template` is a path below this package."""
    text = _templates.get_template(template).render(**facts)
    return Reply(status, text, {"cache-control": "no-store"}, HTML)


def refused(refusal: Refusal, *, html: bool) -> Reply:
    """Say no, to a person or to a test."""
    if html:
        return page("notice.html", 400, reason=refusal.reason)
    return Reply(400, {"error": refusal.reason})
