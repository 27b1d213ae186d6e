"""Where traces and errors go, if anywhere. Only whether somebody is there: nothing is sent."""

from __future__ import annotations

from collections.abc import AsyncIterator
from urllib.parse import urlsplit

from muvi.entrypoints.doctor.findings import Finding, check, ok, warning
from muvi.entrypoints.doctor.patient import Patient
from muvi.ports.errors import PortError

SECTION = "telemetry"


@check(SECTION, "traces")
async def traces(patient: Patient) -> AsyncIterator[Finding]:
    """The collector of spans."""
    address = patient.settings.telemetry.traces_url
    yield await _there(patient, "traces", address, "OTEL_EXPORTER_OTLP_ENDPOINT")


@check(SECTION, "errors")
async def errors(patient: Patient) -> AsyncIterator[Finding]:
    """Sentry; its DSN stays unspoken, but for the host."""
    parts = urlsplit(patient.settings.telemetry.sentry_dsn)
    place = parts.netloc.rpartition("@")[2]
    yield await _there(patient, "errors", f"{parts.scheme}://{place}/" if place else "", "SENTRY_DSN")


async def _there(patient: Patient, about: str, address: str, setting: str) -> Finding:
    if not address:
        return ok(about, f"off ({setting} is not set)")
    parts = urlsplit(address)
    try:
        async with patient.http(f"{parts.scheme}://{parts.netloc}") as http:
            await http.get(parts.path or "/")
    except PortError as error:
        return warning(about, f"nobody is at {parts.netloc}: {error}", f"look at {setting}, or unset it")
    return ok(about, f"somebody is at {parts.netloc}")


CHECKS = (traces, errors)
