"""The web application, as a server builds it; apart from `api.py`, whose process has no use for it."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable
from functools import partial

from dishka import Provider
from litestar import Litestar
from litestar.types import ASGIApp

from muvi.adapters.db.notifications import Notifications
from muvi.adapters.db.sms_senders import RecentChosenSender
from muvi.adapters.http.app import create_app
from muvi.adapters.http.edge import at_the_edge
from muvi.adapters.http.health import ReadinessProbe
from muvi.adapters.http.public.seat_map_pages import SeatMapPages
from muvi.adapters.http.ready import ReadyAnswers, ReadyFirst
from muvi.adapters.http.turnstile import Turnstile
from muvi.adapters.kit.loop_lag import watch_lag
from muvi.entrypoints.container import make_container
from muvi.entrypoints.leaving import when_leaving
from muvi.entrypoints.logs import configure_logs
from muvi.entrypoints.settings import Settings, read_settings
from muvi.entrypoints.telemetry import start_telemetry

PLACES_PER_CONNECTION = 4


def create(*overrides: Provider) -> ASGIApp:
    """The application for the present environment, as a server's factory; tests override providers."""
    settings = read_settings()
    configure_logs(settings.log_level)
    stop_telemetry = start_telemetry(settings.telemetry, "api")
    app = application(settings, *overrides, on_stop=stop_telemetry)
    bounded = Turnstile(app, max(64, PLACES_PER_CONNECTION * settings.pool_size))
    ready = ReadyFirst(bounded, partial(app.state.dishka_container.get, ReadyAnswers))
    edged = at_the_edge(ready, origins=settings.allowed_origins, trusted_proxies=settings.trusted_proxies)
    gc.collect()
    gc.freeze()  # what is there for good need not be looked through for garbage again and again
    return edged


def application(
    settings: Settings, *overrides: Provider, on_stop: Callable[[], None] = lambda: None
) -> Litestar:
    """The application for given settings; `on_stop` is called last of all."""
    container = make_container(settings, *overrides)
    tasks: list[asyncio.Task[None]] = []

    async def listen() -> None:
        when_leaving((await container.get(ReadinessProbe)).leave)
        await container.get(SeatMapPages)  # these subscribe, which must come before listening begins
        await container.get(ReadyAnswers)
        await container.get(RecentChosenSender)
        await (await container.get(Notifications)).start()
        tasks.append(asyncio.create_task(watch_lag(), name="loop lag"))

    async def fall_silent() -> None:
        for task in tasks:
            task.cancel()
        await (await container.get(Notifications)).stop()
        await asyncio.to_thread(on_stop)

    return create_app(container, on_start=(listen,), on_stop=(fall_silent,))
