"""Switches on what sends traces and errors away, for one process."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version

from muvi.adapters.kit.tracing import use_tracer
from muvi.adapters.kit.unexpected import use_report
from muvi.entrypoints.environment import BadSettings, Environment
from muvi.entrypoints.vendors.telemetry import TelemetrySettings, read


def start_telemetry(settings: TelemetrySettings, process: str) -> Callable[[], None]:
    """Begin; the end is to be called when the process stops, and takes a few seconds at most.

    The libraries are loaded only when their address is set. `process`: `api`, `worker` or `command`.
    """
    ends: list[Callable[[], None]] = []
    if settings.traces_url:
        from muvi.adapters.telemetry.traces import traced  # noqa: PLC0415  (a tenth of a second, and memory)

        tracer, end = traced(settings.traces_url, f"muvi-{process}", settings.release or _installed())
        use_tracer(tracer)
        ends.append(end)

    if settings.sentry_dsn:
        from muvi.adapters.telemetry.errors import reporting  # noqa: PLC0415  (as above)

        report, close = reporting(
            settings.sentry_dsn,
            release=settings.release or _installed(),
            place=settings.place,
            process=process,
        )
        use_report(report)
        ends.append(close)

    def stop() -> None:
        use_tracer(None)
        use_report(None)
        for end in ends:
            end()

    return stop


def report_errors_of_a_command(environment: Mapping[str, str]) -> None:
    """Commands make no traces; what ends one of them unexpectedly is reported. Faults of the settings are
    left to whoever needs them.
    """
    env = Environment(environment)
    settings = read(env)
    try:
        env.finish()
    except BadSettings:
        return
    start_telemetry(replace(settings, traces_url=""), "command")


def _installed() -> str:
    try:
        return version("muvi")
    except PackageNotFoundError:  # run from a checkout
        return "source"
