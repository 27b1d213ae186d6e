"""Where traces and unexpected errors go: an OTLP collector, Sentry. Both are off unless an address is set."""

from __future__ import annotations

from dataclasses import dataclass, field

from muvi.entrypoints.environment import Environment

SENT_AS = "http/protobuf"


@dataclass(frozen=True, slots=True, kw_only=True)
class TelemetrySettings:
    """`traces_url`: the whole address spans are posted to, `sentry_dsn`: Sentry's; empty where off. `place`:
    what the environment is called there.
    """

    traces_url: str
    sentry_dsn: str = field(repr=False)
    place: str
    release: str


def read(env: Environment) -> TelemetrySettings:
    """The standard OTEL_* and SENTRY_* variables; faults are gathered by `env`."""
    return TelemetrySettings(
        traces_url=_traces_url(env),
        sentry_dsn=env.readable("SENTRY_DSN", env.text("SENTRY_DSN", ""), _dsn),
        place=env.text("SENTRY_ENVIRONMENT", env.text("MUVI_ENV", env.text("NODE_ENV", "local"))),
        release=env.text("SENTRY_RELEASE", ""),
    )


def _traces_url(env: Environment) -> str:
    if env.text("OTEL_SDK_DISABLED", "false").lower() == "true":
        return ""
    base = env.text("OTEL_EXPORTER_OTLP_ENDPOINT", "")
    url = env.text("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", f"{base.rstrip('/')}/v1/traces" if base else "")
    if not url:
        return ""
    usual = env.one_of("OTEL_EXPORTER_OTLP_PROTOCOL", SENT_AS, (SENT_AS,))
    env.one_of("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", usual, (SENT_AS,))
    return env.address("OTEL_EXPORTER_OTLP_ENDPOINT", url)


def _dsn(text: str) -> None:
    """Read as the library will: what it cannot read ends a process at its start. No fault quotes the key."""
    from muvi.adapters.telemetry.errors import can_be_used  # noqa: PLC0415  (a tenth of a second, and memory)

    if not can_be_used(text):
        raise ValueError("it is no address like https://key@host/1, with the number of a project")
