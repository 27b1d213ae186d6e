"""`muvi doctor`: what is configured, reachable and missing."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from itertools import groupby
from typing import Self

import click

from muvi.entrypoints.doctor.findings import Check, Finding, Level

MARKS = {Level.OK: ("✓", "green"), Level.WARNING: ("!", "yellow"), Level.FAILURE: ("✗", "red")}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for machines.")
@click.option("--quiet", is_flag=True, help="Only what is wrong.")
def doctor(*, as_json: bool, quiet: bool) -> None:
    """Look at everything Muvi needs, and say what to do about what is wrong.

    Settings, processes, PostgreSQL, Redis, box office, gateways, SMS, mail, disk, storage, keys, public
    address, catalogue, and work that waits. Nothing is written, sent or opened, here or at a third party, so
    it may run in production at any time. Secrets are never shown. The exit code is 1 when something fails, 0
    when there are warnings at most.
    """
    from muvi.entrypoints.doctor.checkup import Examined, examine, healthy  # noqa: PLC0415
    from muvi.entrypoints.doctor.patient import Patient  # noqa: PLC0415

    async def looked() -> tuple[Examined, ...]:
        with _Progress(quiet=as_json) as progress:
            return await examine(Patient.of(os.environ), done=progress.done)

    examined = asyncio.run(looked())
    is_well = healthy(examined)
    if as_json:
        checks = [
            {
                "section": one.check.section,
                "check": one.check.name,
                "seconds": round(one.seconds, 3),
                "findings": [_fields(finding) for finding in one.findings],
            }
            for one in examined
        ]
        click.echo(json.dumps({"healthy": is_well, "checks": checks}, ensure_ascii=False, indent=1))
    else:
        for section, group in groupby(examined, key=lambda one: one.check.section):
            _print(section, [finding for one in group for finding in one.findings], quiet=quiet)
        click.echo(_verdict([finding for one in examined for finding in one.findings]))
    sys.exit(0 if is_well else 1)


class _Progress:
    """How far the checks are, on a terminal's stderr only."""

    def __init__(self, *, quiet: bool) -> None:
        from rich.console import Console  # noqa: PLC0415

        self._status = Console(stderr=True).status("Looking …")
        self._shown = sys.stderr.isatty() and not quiet
        self._done: list[str] = []

    def __enter__(self) -> Self:
        if self._shown:
            self._status.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._status.stop()

    def done(self, check: Check) -> None:
        """One more."""
        self._done.append(check.name)
        self._status.update(f"Looking … {len(self._done)} done, last {check.section}: {check.name}")


def _fields(finding: Finding) -> dict[str, str]:
    told = {"level": finding.level.value, "about": finding.about, "said": finding.said}
    return told | ({"remedy": finding.remedy} if finding.remedy else {})


def _print(section: str, findings: list[Finding], *, quiet: bool) -> None:
    shown = [finding for finding in findings if not quiet or finding.level is not Level.OK]
    if not shown:
        return
    click.secho(section, bold=True)
    width = max(len(finding.about) for finding in shown)
    for finding in shown:
        mark, colour = MARKS[finding.level]
        click.echo(f"  {click.style(mark, fg=colour)} {finding.about.ljust(width)}  {finding.said}")
        if finding.remedy:
            click.echo(f"    {' ' * width}  → {finding.remedy}")


def _verdict(findings: list[Finding]) -> str:
    failures = sum(finding.level is Level.FAILURE for finding in findings)
    warnings = sum(finding.level is Level.WARNING for finding in findings)
    if failures:
        return click.style(f"\n{failures} fail, {warnings} warn.", fg="red", bold=True)
    if warnings:
        return click.style(f"\nIt works; {warnings} warn.", fg="yellow", bold=True)
    return click.style("\nAll is well.", fg="green", bold=True)
