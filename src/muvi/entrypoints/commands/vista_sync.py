"""`muvi vista-sync`: copy the box office's catalogue and show what it did."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table

from muvi.application.catalog.sync_catalogue import KindReport, SyncCatalogue, SyncCommand, SyncReport
from muvi.domain.catalog.errors import SyncRunning
from muvi.domain.catalog.kinds import Kind, in_order
from muvi.domain.shared.actor import SYSTEM
from muvi.entrypoints.container import make_container
from muvi.entrypoints.settings import read_settings

PATIENCE_S = 60

Tell = Callable[[Kind, int], None]


def run(kinds: frozenset[Kind], *, accept_drop: bool) -> int:
    """Copy the kinds; the exit code is 0 when all went well."""
    console = Console(stderr=False)
    report = asyncio.run(_sync(kinds, accept_drop=accept_drop, console=console))
    console.print(_summary(report))
    for one in report.kinds:
        for warning in one.warnings:
            console.print(f"[yellow]{one.kind}:[/] {warning}", highlight=False, soft_wrap=True)
        if one.failure is not None:
            console.print(
                f"[red]{one.kind}:[/] {one.failure}. Nothing of this kind was changed.",
                highlight=False,
                soft_wrap=True,
            )
    return 0 if report.failure is None else 1


async def _sync(kinds: frozenset[Kind], *, accept_drop: bool, console: Console) -> SyncReport:
    container = make_container(read_settings())
    try:
        async with container() as scope:
            sync = await scope.get(SyncCatalogue)
            with _bars(console) as bars:
                reports = [
                    await _one(sync, kind, _tell(bars, kind), accept_drop=accept_drop)
                    for kind in in_order(kinds)
                ]
        return SyncReport(tuple(reports))
    finally:
        await container.close()


async def _one(sync: SyncCatalogue, kind: Kind, tell: Tell, *, accept_drop: bool) -> KindReport:
    """Copy one kind. A run that is under way elsewhere, the worker's for instance, is waited for."""
    command = SyncCommand(actor=SYSTEM, kinds=frozenset({kind}), accept_drop=accept_drop, on_page=tell)
    for _ in range(PATIENCE_S):
        report = (await sync(command)).kinds[0]
        if not isinstance(report.failure, SyncRunning):
            break
        await asyncio.sleep(1)
    tell(kind, -1)
    return report


def _bars(console: Console) -> Progress:
    return Progress(
        SpinnerColumn(finished_text="[green]✓"),
        TextColumn("{task.description:12}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        disable=not sys.stdout.isatty(),
    )


def _tell(bars: Progress, kind: Kind) -> Tell:
    """A bar of unknown length that fills as pages come; -1 ends it."""
    task = bars.add_task(kind.value, total=None)
    read = 0

    def tell(_: Kind, records: int) -> None:
        nonlocal read
        if records < 0:
            bars.update(task, total=max(read, 1), completed=max(read, 1))
            return
        read += records
        bars.update(task, completed=read)

    return tell


def _summary(report: SyncReport) -> Table:
    table = Table(title="Catalogue", title_justify="left")
    table.add_column("")
    for heading in ("read", "added", "changed", "withdrawn"):
        table.add_column(heading, justify="right")
    table.add_column("outcome")
    for one in report.kinds:
        outcome = (
            "[red]failed[/]" if one.failure else "[yellow]look below[/]" if one.warnings else "[green]ok[/]"
        )
        counts = (one.read, one.changes.added, one.changes.changed, one.changes.withdrawn)
        table.add_row(one.kind.value, *(f"{count:,}" for count in counts), outcome)
    return table
