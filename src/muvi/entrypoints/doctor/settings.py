"""Settings: each by its name, where it comes from, and what is wrong with it."""

from __future__ import annotations

from collections.abc import AsyncIterator

from muvi.entrypoints.doctor.findings import Finding, check, failure, ok, warning
from muvi.entrypoints.doctor.patient import Patient
from muvi.entrypoints.doctor.witness import Source

SECTION = "settings"


@check(SECTION, "faults", settings=False)
async def faults(patient: Patient) -> AsyncIterator[Finding]:
    """What would end any process at its start."""
    for fault in patient.faults:
        name, _, why = fault.partition(" ")
        yield failure(name, why, f"set {name} in the environment (README lists every setting), or: make up")
    if patient.faults:
        yield warning(
            "everything else", "not looked at: the settings cannot be read", "mend them, then again"
        )


@check(SECTION, "values", settings=False)
async def values(patient: Patient) -> AsyncIterator[Finding]:
    """Every setting that is read; of secrets only that they are set."""
    for reading in patient.witness.readings:
        said = f"{reading.source.value}: {reading.shown}" if reading.shown else reading.source.value
        if reading.weak:
            yield warning(
                reading.name, f"{said}, but short or a sandbox value", f"choose a longer {reading.name}"
            )
        elif patient.witness.production and reading.source is Source.SANDBOX:
            yield failure(reading.name, said, f"set {reading.name}: production uses no sandbox")
        else:
            yield ok(reading.name, said)


CHECKS = (faults, values)
