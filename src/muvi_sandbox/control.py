"""The levers of a test: fault rules, knobs, acts, and the truth of every third party."""

from collections.abc import Mapping
from typing import Any, Protocol, runtime_checkable

import msgspec
from litestar import Request, Router, delete, get, post
from litestar.router import Router as LitestarRouter

from muvi_sandbox import knobs
from muvi_sandbox.clock import Clock
from muvi_sandbox.faults import Faults, Rule
from muvi_sandbox.knobs import BadControl
from muvi_sandbox.reply import Reply, VendorResponse, answer
from muvi_sandbox.truth import Truth


class System(Protocol):
    """One third party as the shell sees it."""

    @property
    def router(self) -> LitestarRouter:
        """The vendor's routes."""

    @property
    def knobs(self) -> Any:  # noqa: ANN401 - each system has a dataclass of its own
        """A mutable dataclass with a default for every field."""

    def act(self, action: str, facts: Mapping[str, Any]) -> dict[str, Any]:
        """Do something that no client asked for. Raises BadControl for an unknown action or wrong facts."""


@runtime_checkable
class Stoppable(Protocol):
    """A system with work in the background."""

    async def stop(self) -> None:
        """End the background work; nothing of it outlives the call."""


class Control:
    """Bundles what the control routes reach."""

    def __init__(self, systems: Mapping[str, System], faults: Faults, truth: Truth, clock: Clock) -> None:
        self.systems = systems
        self.faults = faults
        self.truth = truth
        self.clock = clock

    def reset(self) -> None:
        """Back to a friendly world: no rules, default knobs, real time. The truth stays."""
        self.faults.clear()
        self.clock.reset()
        for system in self.systems.values():
            knobs.reset(system.knobs)

    def turn(self, values: Mapping[str, Any]) -> None:
        """Set knobs of several systems. Raises BadControl."""
        for name, wanted in values.items():
            if not isinstance(wanted, dict):
                raise BadControl(f"knobs of {name} must be an object")
            knobs.turn(self._system(name).knobs, wanted)

    def act(self, facts: dict[str, Any]) -> dict[str, Any]:
        """Perform an act; the system `clock` knows `advance` with `seconds`. Raises BadControl."""
        rest = dict(facts)
        name, action = str(rest.pop("system", "")), str(rest.pop("action", ""))
        if name == "clock" and action == "advance":
            self.clock.advance(float(rest.get("seconds", 0)))
            return {"now": self.clock.now().isoformat()}
        return self._system(name).act(action, rest)

    def all_knobs(self) -> dict[str, Any]:
        """Return every knob with its present value."""
        return {name: msgspec.to_builtins(system.knobs) for name, system in self.systems.items()}

    def _system(self, name: str) -> System:
        system = self.systems.get(name)
        if system is None:
            raise BadControl(f"no such system: {name or '(none)'}; there are {', '.join(self.systems)}")
        return system


def _control(request: Request[Any, Any, Any]) -> Control:
    control: Control = request.app.state.control
    return control


def _decoded(body: bytes) -> dict[str, Any]:
    try:
        return msgspec.json.decode(body or b"{}", type=dict[str, Any])
    except msgspec.MsgspecError as error:
        raise BadControl(str(error)) from error


@get("/health")
async def health() -> VendorResponse:
    """Tell a supervisor that the sandbox answers."""
    return answer(Reply(200, {"status": "ok"}))


@get("/control")
async def list_control(request: Request[Any, Any, Any]) -> VendorResponse:
    """Show rules and knobs."""
    control = _control(request)
    return answer(Reply(200, {"rules": control.faults.listing(), "knobs": control.all_knobs()}))


@post("/control")
async def add_rule(request: Request[Any, Any, Any]) -> VendorResponse:
    """Add a fault rule."""
    control = _control(request)
    try:
        rule = msgspec.convert(_decoded(await request.body()), Rule)
    except msgspec.ValidationError as error:
        raise BadControl(str(error)) from error
    if rule.system not in control.systems:
        raise BadControl(f"no such system: {rule.system}; there are {', '.join(control.systems)}")
    return answer(Reply(201, {"id": control.faults.add(rule)}))


@delete("/control", status_code=200)
async def clear_control(request: Request[Any, Any, Any]) -> VendorResponse:
    """Forget rules, reset knobs and time."""
    _control(request).reset()
    return answer(Reply(200, {"status": "reset"}))


@post("/control/knobs")
async def turn_knobs(request: Request[Any, Any, Any]) -> VendorResponse:
    """Set knobs: `{system: {knob: value}}`."""
    control = _control(request)
    control.turn(_decoded(await request.body()))
    return answer(Reply(200, control.all_knobs()))


@post("/control/act")
async def perform(request: Request[Any, Any, Any]) -> VendorResponse:
    """Perform an act: `{system, action, ...}`."""
    return answer(Reply(200, _control(request).act(_decoded(await request.body()))))


@get("/truth/{system:str}")
async def read_truth(request: Request[Any, Any, Any]) -> VendorResponse:
    """List what really happened at a system, oldest first; `?after=<seq>` skips what was read before."""
    after = request.query_params.get("after", "0")
    if not after.isdigit():
        raise BadControl("after must be a sequence number")
    control, system = _control(request), str(request.path_params["system"])
    if system not in control.systems:
        raise BadControl(f"no such system: {system}")
    return answer(Reply(200, control.truth.as_json(system, int(after))))


def router() -> Router:
    """Return the control routes."""
    handlers = [health, list_control, add_rule, clear_control, turn_knobs, perform, read_truth]
    return Router(path="/", route_handlers=handlers)
