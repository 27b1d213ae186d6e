"""`GET /inbox`: a page in a browser, JSON for everybody else."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import msgspec
from jinja2 import Environment, FileSystemLoader
from litestar import Request, get
from litestar.handlers import HTTPRouteHandler

from muvi_sandbox.reply import Reply, VendorResponse, answer

_templates = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True)


class Findable(Protocol):
    """What the routes ask of the box."""

    def find(self, channel: str = "", to: str = "", limit: int = 200) -> Sequence[msgspec.Struct]:
        """Return messages, newest first."""


def routes(box: Findable) -> list[HTTPRouteHandler]:
    """Return the handlers of one box."""

    @get("/inbox")
    async def inbox(request: Request[Any, Any, Any]) -> VendorResponse:
        """List messages newest first; `channel` and `to` filter."""
        query = request.query_params
        channel, to = str(query.get("channel", "")), str(query.get("to", ""))
        limit = str(query.get("limit", "200"))
        mails = box.find(channel, to, int(limit) if limit.isdigit() else 200)
        headers = {"cache-control": "no-store"}
        if "text/html" not in request.headers.get("accept", ""):
            return answer(Reply(200, msgspec.json.encode(mails), headers))
        page = _templates.get_template("page.html").render(mails=mails, channel=channel, to=to)
        return answer(Reply(200, page, headers, "text/html"))

    return [inbox]
