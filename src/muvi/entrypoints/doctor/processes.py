"""The processes of this environment, at their addresses."""

from __future__ import annotations

from collections.abc import AsyncIterator

from muvi.entrypoints.doctor.findings import Finding, check, failure, ok, warning
from muvi.entrypoints.doctor.patient import Patient
from muvi.ports.errors import PortError

SECTION = "processes"
EVERYWHERE = frozenset({"", "0.0.0.0", "::"})  # noqa: S104  compared, not bound
API, WORKER = "python -m muvi.entrypoints.api", "python -m muvi.entrypoints.worker"


@check(SECTION, "api")
async def api(patient: Patient) -> AsyncIterator[Finding]:
    """Whether the API is ready on this machine."""
    settings = patient.settings
    address = f"http://{_near(settings.host)}:{settings.port}"
    status = await _status(patient, address, "/health/ready")
    if status == 0:
        elsewhere = settings.production  # there, the command may well run on another machine
        say = warning if elsewhere else failure
        yield say("API", f"nothing answers at {address}", _start(patient, API))
    elif status >= 400:  # noqa: PLR2004
        yield failure("API", f"{address} is not ready ({status})", "see PostgreSQL, and the API's log")
    else:
        yield ok("API", f"ready at {address}")


@check(SECTION, "worker")
async def worker(patient: Patient) -> AsyncIterator[Finding]:
    """Whether the worker turns, where it has a port to be asked at."""
    settings = patient.settings
    if not settings.worker_metrics_port:
        yield ok("worker", "has no port (WORKER_METRICS_PORT); whether one works is seen under work")
        return
    address = f"http://{_near(settings.host)}:{settings.worker_metrics_port}"
    status = await _status(patient, address, "/health/live")
    if status == 0:
        say = warning if settings.production else failure
        yield say("worker", f"nothing answers at {address}", _start(patient, WORKER))
    elif status >= 400:  # noqa: PLR2004
        yield failure("worker", f"{address} hangs ({status})", "look at its log, then restart it")
    else:
        yield ok("worker", f"turns at {address}")


async def _status(patient: Patient, address: str, path: str) -> int:
    try:
        async with patient.http(address) as http:
            return (await http.get(path)).status
    except PortError:
        return 0


def _start(patient: Patient, command: str) -> str:
    return f"start it: {'make up, or ' if patient.at_home else ''}{command}"


def _near(host: str) -> str:
    near = "127.0.0.1" if host in EVERYWHERE else host
    return f"[{near}]" if ":" in near else near


CHECKS = (api, worker)
