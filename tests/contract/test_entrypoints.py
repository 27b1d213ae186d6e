"""Everything that a process or a command asks its container for is there, which otherwise shows only when a
request, a job or a person asks for it. What they ask is read from their source. No server answers; closing
the queue tries one, so this is no unit test.
"""

import ast
import gc
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from dishka import AsyncContainer, Provider, Scope
from dishka.exceptions import NoFactoryError
from tests.unit.architecture.source import Module, modules

from muvi.adapters.http.public.seat_map_pages import SeatMapPages
from muvi.adapters.http.ready import ReadyAnswers
from muvi.application.orders.due_checkouts import KeepCheckout
from muvi.application.orders.place_order import PlaceOrder
from muvi.entrypoints import container as wiring
from muvi.entrypoints.container import make_container
from muvi.entrypoints.settings import Settings, read_settings
from muvi.entrypoints.web import application
from muvi.ports.idempotency import IdempotencyKeys

ASKING = {"get", "ask", "claims", "holding"}
API = "muvi.entrypoints.web"
REACH = {API: ("muvi.adapters.http",), "muvi.entrypoints.worker": ("muvi.adapters.jobs",)}
"""What else asks the container that an entrypoint builds: its controllers, its jobs."""


def builders() -> list[str]:
    """The modules that build a container: the API, the worker, and the commands that do."""
    return [
        module.name
        for module in modules("muvi.entrypoints")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "make_container"
    ]


def asked_in(module: Module) -> Iterator[type]:
    """The classes named in `FromDishka[X]`, `scope.get(X)`, `desk.ask(X, …)`, `partial(container.get, X)`."""
    for node in ast.walk(module.tree):
        names: list[ast.expr] = []
        if isinstance(node, ast.Subscript) and ast.unparse(node.value) == "FromDishka":
            names = [node.slice]
        elif isinstance(node, ast.Call) and any(
            isinstance(part, ast.Attribute) and part.attr in ASKING for part in (node.func, *node.args[:1])
        ):
            names = node.args
        for name in names:
            if isinstance(name, ast.Name) and isinstance(found := meant(module, name.id), type):
                yield found


def meant(module: Module, name: str) -> object:
    """What a name stands for there; commands import late."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ImportFrom) and node.module and name in [one.name for one in node.names]:
            return getattr(import_module(node.module), name)
    return getattr(import_module(module.name), name, None)


def asked_by(entrypoint: str) -> set[type]:
    reach = modules(entrypoint, *REACH.get(entrypoint, ()))
    return {kind for module in reach for kind in asked_in(module)}


async def missing(container: AsyncContainer, kinds: set[type]) -> list[str]:
    """What the container does not have, or cannot make."""
    lacking = []
    async with container() as scope:
        for kind in sorted(kinds, key=lambda kind: kind.__qualname__):
            try:
                await scope.get(kind)
            except NoFactoryError:
                lacking.append(kind.__name__)
    return lacking


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    place = {
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "TICKET_SIGNING_KEY": "0f" * 32,
        "MUVI_HOME": str(tmp_path),
    }
    yield read_settings(place)
    gc.collect()


def built(entrypoint: str, settings: Settings) -> AsyncContainer:
    if entrypoint != API:
        return make_container(settings)
    container = application(settings).state.dishka_container
    assert isinstance(container, AsyncContainer)
    return container


@pytest.mark.parametrize("entrypoint", builders())
async def test_an_entrypoint_finds_all_it_asks_for(entrypoint: str, settings: Settings) -> None:
    container = built(entrypoint, settings)
    try:
        assert await missing(container, asked_by(entrypoint)) == []
    finally:
        await container.close()


def test_what_is_asked_is_seen() -> None:
    """By parameters of controllers, by middleware, at the start, and for leases."""
    assert {PlaceOrder, IdempotencyKeys, SeatMapPages, ReadyAnswers} <= asked_by(API)
    assert KeepCheckout in asked_by("muvi.entrypoints.worker")
    assert all(asked_by(entrypoint) for entrypoint in builders())


async def test_a_provider_that_is_left_out_is_missed(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wiring, "OrdersUseCases", lambda: Provider(scope=Scope.REQUEST))
    for entrypoint, lost in ((API, "PlaceOrder"), ("muvi.entrypoints.worker", "AdvanceCheckout")):
        container = built(entrypoint, settings)
        assert lost in await missing(container, asked_by(entrypoint))
        await container.close()
