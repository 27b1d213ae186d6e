"""Is the process up, can it serve, what has it counted."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from dishka.integrations.litestar import FromDishka, inject
from litestar import Controller, Response, get
from litestar.exceptions import NotFoundException
from litestar.openapi.datastructures import ResponseSpec
from litestar.response.base import ASGIResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from muvi.adapters.http.insiders import Insiders
from muvi.adapters.http.request import EdgeRequest
from muvi.adapters.http.wire import Answer


class Readiness(Answer, frozen=True):
    """`ready` says whether to send traffic here; `checks` names what was looked at."""

    ready: bool
    checks: dict[str, bool]


class Status(Answer, frozen=True):
    """A constant."""

    status: str


OK = ASGIResponse(body=b'{"status":"ok"}', media_type="application/json")
LIVE = ASGIResponse(body=b'{"status":"live"}', media_type="application/json")
SHAPE = {200: ResponseSpec(Status, description="Yes", generate_examples=False)}


class ReadinessProbe:
    """Looks at what serving needs. The cache being down does not unready: nothing decisive lives there."""

    def __init__(self, required: dict[str, Callable[[], Awaitable[bool]]]) -> None:
        self._required = required
        self._staying = True

    def leave(self) -> None:
        """The process is about to stop: whoever asks is told to send traffic elsewhere."""
        self._staying = False

    async def __call__(self) -> Readiness:
        """Run every check."""
        checks = {name: await check() for name, check in self._required.items()}
        checks["staying"] = self._staying
        return Readiness(ready=all(checks.values()), checks=checks)


class Health(Controller):
    """Probes for the operator's machinery; outside of the versioned API."""

    tags = ("operations",)

    @get("/heartbeat", operation_id="heartbeat", responses=SHAPE, sync_to_thread=False)
    def heartbeat(self) -> ASGIResponse:
        """A constant answer: the process accepts requests."""
        return OK

    @get("/health/live", operation_id="healthLive", responses=SHAPE, sync_to_thread=False)
    def live(self) -> ASGIResponse:
        """The event loop runs."""
        return LIVE

    @get("/health/ready", operation_id="healthReady")
    @inject
    async def ready(self, probe: FromDishka[ReadinessProbe]) -> Response[Readiness]:
        """Whether traffic should come here: 200, else 503."""
        readiness = await probe()
        return Response(content=readiness, status_code=200 if readiness.ready else 503)

    @get("/metrics", operation_id="metrics", include_in_schema=False)
    @inject
    async def metrics(self, request: EdgeRequest, insiders: FromDishka[Insiders]) -> Response[bytes]:
        """Prometheus series, by route template; 404 to whoever is no insider."""
        if not insiders.admits(request.scope):
            raise NotFoundException
        return Response(content=generate_latest(), headers={"content-type": CONTENT_TYPE_LATEST})
