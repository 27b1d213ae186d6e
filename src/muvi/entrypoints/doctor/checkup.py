"""All checks at once, each within its time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from muvi.entrypoints.doctor import (
    box_office,
    catalogue,
    database,
    gateways,
    machine,
    messengers,
    processes,
    redis,
    settings,
    storage,
    telemetry,
    work,
)
from muvi.entrypoints.doctor.findings import Check, Finding, Level, failure
from muvi.entrypoints.doctor.patient import Patient

CHECKS: tuple[Check, ...] = (
    *settings.CHECKS,
    *processes.CHECKS,
    *database.CHECKS,
    *redis.CHECKS,
    *box_office.CHECKS,
    *gateways.CHECKS,
    *messengers.CHECKS,
    *storage.CHECKS,
    *telemetry.CHECKS,
    *machine.CHECKS,
    *catalogue.CHECKS,
    *work.CHECKS,
)
"""In the order in which they are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """What one check found, and the seconds it took."""

    check: Check
    findings: tuple[Finding, ...]
    seconds: float


async def examine(
    patient: Patient, checks: Iterable[Check] = CHECKS, done: Callable[[Check], None] = lambda _: None
) -> tuple[Examined, ...]:
    """Run them side by side; `done` hears of each as it ends. A check that fails by itself is a finding."""
    chosen = tuple(checks)
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(_one(check, patient, done)) for check in chosen]
    return tuple(task.result() for task in tasks)


def healthy(examined: Iterable[Examined]) -> bool:
    """Whether nothing fails; warnings may stand."""
    return all(finding.level is not Level.FAILURE for one in examined for finding in one.findings)


async def _one(check: Check, patient: Patient, done: Callable[[Check], None]) -> Examined:
    began = time.monotonic()
    findings: list[Finding] = []
    try:
        if patient.found is not None or not check.settings:
            async with asyncio.timeout(check.within_s):
                async for finding in check.look(patient):
                    findings.append(finding)  # noqa: PERF401  what was found before a time-out stays
    except TimeoutError:
        said = f"no answer within {check.within_s:.0f} s"
        findings.append(failure(check.name, said, "look at the way there: address, firewall, name server"))
    except Exception as error:  # noqa: BLE001  one check that breaks must not hide the others
        findings.append(failure(check.name, f"the check broke: {type(error).__name__}", "report this"))
    done(check)
    return Examined(check=check, findings=tuple(findings), seconds=time.monotonic() - began)
