"""`GET /`: where everything is, as a page in a browser and as JSON for everybody else."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from litestar import Request, get
from litestar.handlers import HTTPRouteHandler

from muvi_sandbox.reply import Reply, VendorResponse, answer

_templates = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True)


def route(systems: Iterable[str]) -> HTTPRouteHandler:
    """Return the handler; `systems` are those that have a truth."""
    links = {
        "/inbox": "SMS and mail that the service sent, newest first",
        "/control": "Fault rules and knobs as they are now",
        **{f"/truth/{name}": f"What really happened at {name}, oldest first" for name in systems},
        "/health": "Whether the sandbox is up",
    }

    @get("/")
    async def index(request: Request[Any, Any, Any]) -> VendorResponse:
        """List what a person can look at."""
        if "text/html" not in request.headers.get("accept", ""):
            return answer(Reply(200, links))
        return answer(Reply(200, _templates.get_template("index.html").render(links=links), {}, "text/html"))

    return index
