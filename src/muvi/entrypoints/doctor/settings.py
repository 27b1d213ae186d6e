"""Settings: each by its name, where it comes from, and what is wrong with it."""

from __future__ import annotations

from collections.abc import AsyncIterator

from muvi.entrypoints.doctor.findings import Finding, check, failure, ok, warning
from muvi.entrypoints.doctor.patient import Patient

SECTION = "settings"
OURS = frozenset({"SCHEDULER_TOKEN", "METRICS_TOKEN", "JWT_SECRET_KEY", "TICKET_SIGNING_KEY"})
"""Secrets that we choose; every other one is what a vendor issued."""
STORE = "mend what it names: SSM_REGION and its keys, the rights to read, or the parameters themselves"


@check(SECTION, "faults", settings=False)
async def faults(patient: Patient) -> AsyncIterator[Finding]:
    """What would end any process at its start."""
    for fault in patient.faults:
        name, why = _named(fault)
        start = ", or: make up" if patient.at_home else ""
        yield failure(name, why, f"set {name} in the environment (README lists every setting){start}")
    if patient.unread:
        yield failure("parameter store", patient.unread, STORE)
    if patient.found is None:
        yield warning(
            "everything else", "not looked at: the settings cannot be read", "mend them, then again"
        )


@check(SECTION, "values", settings=False)
async def values(patient: Patient) -> AsyncIterator[Finding]:
    """Every setting that is read; of secrets only that they are set."""
    wrong = {_named(fault)[0] for fault in patient.faults}
    for reading in patient.witness.readings:
        if reading.name in wrong:
            continue  # it has its line above
        said = f"{reading.source.value}: {reading.shown}" if reading.shown else reading.source.value
        if reading.weak:
            ours = f"choose a longer {reading.name}"
            theirs = f"compare {reading.name} with what its vendor issued: is it whole?"
            remedy = ours if reading.name in OURS else theirs
            yield warning(reading.name, f"{said}, but short or a sandbox value", remedy)
        else:
            yield ok(reading.name, said)


def _named(fault: str) -> tuple[str, str]:
    """The setting that a fault begins with, and the rest of it."""
    name, _, why = fault.partition(" ")
    return name.rstrip(","), why


CHECKS = (faults, values)
