"""One run of the bench: the parts that are wanted, turned into rows."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from bench import browsing, ceilings, tickets
from bench.browsing import Browsed
from bench.buyers import OK, Shop
from bench.load import Figures
from bench.place import OwnCopy, Place
from bench.processes import pss_mb, tree
from bench.sales import Sold, sold
from bench.table import Row

PARTS = ("start", "memory", "browse", "purchase", "tickets", "ceilings")
NEED_COPY = frozenset(PARTS) - {"tickets"}
REST_S = 5.0
PURCHASE_TIMES = 4
CONSTANT = "the same server answering a constant"


class Run:
    """Collects rows for the table and lines of detail."""

    def __init__(self, given: argparse.Namespace, folder: Path) -> None:
        self._given = given
        self._folder = folder
        self.rows: list[Row] = []
        self.details: list[str] = []
        self.faults: list[str] = []

    @property
    def needs_copy(self) -> bool:
        """Whether anything wanted needs a running Muvi."""
        return any(self.wants(part) for part in NEED_COPY)

    def wants(self, part: str) -> bool:
        """Whether a part was asked for."""
        return not self._given.only or part in self._given.only

    def started(self, first: dict[str, float], copy: OwnCopy) -> None:
        """Note how long a warm start and the catalogue took."""
        again = copy.steps()
        self._add(
            Row(what="Warm start until ready, films shown", value=copy.ready_s, unit="s", wanted="≤ 5 s")
        )
        if "Catalogue" in first:
            first_sync = Row(what="First catalogue sync", value=first["Catalogue"], unit="s", wanted="≤ 10 s")
            self._add(first_sync)
        if "Catalogue" in again:
            self._add(Row(what="Catalogue sync with nothing new", value=again["Catalogue"], unit="s"))
        self._tell("first start", [f"  {name:<14} {seconds:6.1f} s" for name, seconds in first.items()])

    async def measure(self, place: Place | None) -> None:
        """Every wanted part in turn. Raises `NotMeasured`, `OSError`."""
        seconds = self._given.seconds
        if place is not None:
            await self._memory(place, "after the start")
            constant = await self._ceiling() if self.wants("ceilings") else None
            if self.wants("browse"):
                browsed = await browsing.browse(place, seconds=seconds, connections=self._given.connections)
                self._browsed(browsed, constant)
            alone = None
            if self.wants("ceilings"):
                alone = await self._commits_and_third_parties(place)
            if self.wants("purchase"):
                self._sold(await self._sell(place), alone)
            await self._memory(place, "after the load")
        if self.wants("tickets"):
            self._tickets(seconds)

    async def _sell(self, place: Place) -> Sold:
        shop = Shop(url=place.url, sandbox=place.sandbox, showtimes=self._given.showtimes)
        times = 1 if self._given.only else PURCHASE_TIMES
        return await sold(place, shop, buyers=self._given.buyers, seconds=self._given.seconds * times)

    async def _memory(self, place: Place, when: str) -> None:
        parts = place.parts()
        if not self.wants("memory") or "API" not in parts:
            return
        await asyncio.sleep(REST_S)
        each = {name: pss_mb(tree(pid)) for name, pid in parts.items()}
        both = each["API"] + each.get("worker", 0)
        self._add(
            Row(
                what=f"Memory of API and worker, idle {when}",
                value=both,
                unit="MB",
                wanted="< 300 MB",
            )
        )
        self._tell(f"PSS idle {when}", [f"  {name:<10} {value:6.0f} MB" for name, value in each.items()])

    async def _ceiling(self) -> Figures:
        given = self._given
        constant = await ceilings.echo(self._folder, seconds=given.seconds, connections=given.connections)
        self._tell("load against a trivial asyncio server", [f"  {constant.line()}"])
        return constant

    async def _commits_and_third_parties(self, place: Place) -> float:
        database, seconds = place.database(), self._given.seconds
        if database:
            many = await ceilings.commits_per_s(database, seconds=seconds)
            one = await ceilings.commits_per_s(database, seconds=seconds, writers=1)
            lines = [f"  {many:.0f}/s by {ceilings.WRITERS} connections, {one:.0f}/s by one"]
            self._tell("commits of one row in the same database", lines)
        alone = await ceilings.sandbox_only(self._folder, seconds=seconds)
        self._tell("purchases with the third parties' calls only", [f"  {alone:.1f}/s"])
        return alone

    def _browsed(self, browsed: Browsed, constant: Figures | None) -> None:
        base = browsed.heartbeat.per_s
        seats = browsed.hall.seats
        at_most = constant.per_s if constant else None
        load = "the load against a trivial server"
        self._add(Row(what="/heartbeat", value=base, unit="req/s", ceiling=at_most, ceiling_is=load))
        for what, figures, wanted in (
            ("Film list", browsed.films, "≥ 4,000 req/s"),
            ("Showtime list", browsed.showtimes, "≥ 4,000 req/s"),
            (f"Seat map of {seats} seats", browsed.seat_map, "≥ 3,000 req/s and 0.2"),
            (f"Seat map of {seats} seats while claims change", browsed.changing, ""),
        ):
            self._add(
                Row(
                    what=what,
                    value=figures.per_s,
                    unit="req/s",
                    wanted=wanted,
                    ceiling=base,
                    ceiling_is=CONSTANT,
                )
            )
        lines = [
            f"  {name:<22} {figures.line()}"
            for name, figures in (
                ("/heartbeat", browsed.heartbeat),
                ("film list", browsed.films),
                ("showtime list", browsed.showtimes),
                ("seat map", browsed.seat_map),
                ("seat map, changing", browsed.changing),
            )
        ]
        changed = browsed.changes.get(OK, 0) / browsed.changes_s
        others = {status: times for status, times in browsed.changes.items() if status != OK}
        lines.append(f"  claims changed {changed:.1f} times a second, other answers {others or 'none'}")
        self._tell("lists and maps", lines)

    def _sold(self, result: Sold, alone: float | None) -> None:
        sales = result.sales
        self.faults += result.faults
        self.faults += [f"{times} times {what}" for what, times in sales.errors.items()]
        self._add(
            Row(
                what="Guest purchase of two seats, to CONFIRMED",
                value=sales.per_s,
                unit="/s",
                wanted="≥ 30/s",
                ceiling=alone,
                ceiling_is="the third parties' calls alone",
                note=f"{self._given.buyers} buyers, {sum(sales.errors.values())} errors",
            )
        )
        p99 = sales.ms("purchase", 0.99) / 1000
        note = f"p50 {sales.ms('purchase', 0.5) / 1000:.2f} s"
        self._add(Row(what="The same, p99", value=p99, unit="s", wanted="< 2 s", note=note))
        self._tell("purchases", [f"  {line}" for line in result.report()])

    def _tickets(self, seconds: float) -> None:
        lines = []
        for seats in tickets.SIZES:
            drawn = tickets.images(seats, seconds / 2)
            lines.append(f"  {seats:2} seats {drawn.per_s:7.1f}/s  {drawn.kilobytes} kB")
            if seats == 2:  # noqa: PLR2004  (the usual order)
                row = Row(
                    what="Ticket image of two seats, on a core",
                    value=drawn.per_s,
                    unit="/s",
                    wanted="≥ 20/s",
                    ceiling=drawn.blank_per_s,
                    ceiling_is="encoding a blank page of its size",
                )
                self._add(row)
        lines.append(f"  QR pictures {tickets.qr_pictures_per_s(seconds / 2):.0f}/s")
        self._tell("ticket images on a core", lines)

    def _add(self, row: Row) -> None:
        self.rows.append(row)

    def _tell(self, title: str, lines: list[str]) -> None:
        self.details += [title, *lines]
        print("\n".join([title, *lines]), flush=True)
