"""The sandbox as one ASGI application: every third party on one port."""

from typing import Any

from litestar import Litestar, Request, Response
from litestar.datastructures import State
from litestar.exceptions import HTTPException

from muvi_sandbox import control, hyperpay, inbox, index, payfort, sendgrid, taqnyat, unifonic, vista
from muvi_sandbox.config import SandboxConfig
from muvi_sandbox.control import Control, Stoppable, System
from muvi_sandbox.faults import Faults
from muvi_sandbox.knobs import BadControl
from muvi_sandbox.truth import Truth


def create_app(config: SandboxConfig) -> Litestar:
    """Build the application. It owns no process and no port; state lives as long as the object."""
    truth, faults = Truth(config.home, config.clock), Faults()
    systems = _systems(config, truth, faults)
    levers = Control(systems, faults, truth, config.clock)

    async def stop() -> None:
        faults.close()
        for system in systems.values():
            if isinstance(system, Stoppable):
                await system.stop()
        truth.close()

    return Litestar(
        route_handlers=[
            index.route(systems),
            control.router(),
            *(system.router for system in systems.values()),
        ],
        openapi_config=None,
        logging_config=None,
        state=State({"control": levers, "faults": faults, "truth": truth, "config": config, **systems}),
        exception_handlers={BadControl: _bad_control, HTTPException: _http_error},
        on_shutdown=[stop],
        request_max_body_size=10_000_000,
    )


def _systems(config: SandboxConfig, truth: Truth, faults: Faults) -> dict[str, System]:
    """Return each third party under the name that control and truth know it by."""
    box = inbox.create(config)
    return {
        "hyperpay": hyperpay.create(config, truth, faults),
        "payfort": payfort.create(config, truth, faults),
        "inbox": box,
        "unifonic": unifonic.create(config, truth, faults, box),
        "taqnyat": taqnyat.create(config, truth, faults, box),
        "sendgrid": sendgrid.create(config, truth, faults, box),
        "vista": vista.create(config, truth, faults),
    }


def _bad_control(_: Request[Any, Any, Any], error: BadControl) -> Response[dict[str, str]]:
    return Response({"error": str(error)}, status_code=400)


def _http_error(_: Request[Any, Any, Any], error: HTTPException) -> Response[dict[str, str]]:
    return Response({"error": error.detail}, status_code=error.status_code)
