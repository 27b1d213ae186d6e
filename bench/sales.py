"""The purchase: rate, times, and where the processor time goes."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass

from bench import audit
from bench.buyers import Sales, Shop, sell
from bench.place import Place
from bench.processes import cpu_by_part, cpu_s

STEPS = ("seat map", "place", "seats", "pay", "card", "return", "look", "settle", "purchase")
STRAGGLERS_S = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sold:
    """A run of sales; processor milliseconds per purchase by process, our own included."""

    sales: Sales
    cpu_ms: dict[str, float]
    faults: list[str]

    def report(self) -> list[str]:
        """For people."""
        sales = self.sales
        errors = f"errors {sum(sales.errors.values())} {dict(sales.errors) or ''}"
        bought = f"{sales.per_s:.1f} purchases/s, {len(sales.bought)} bought"
        lines = [f"{bought}, lost races {sales.lost_races}, {errors}"]
        lines += [
            f"  {step:<9} {len(sales.seconds.get(step, ())):>6} times   p50 {sales.ms(step, 0.5):7.1f} ms   "
            f"p99 {sales.ms(step, 0.99):7.1f} ms"
            for step in STEPS
        ]
        spent = "   ".join(f"{name} {ms:.1f}" for name, ms in self.cpu_ms.items())
        lines.append(f"  processor ms per purchase: {spent}   sum {sum(self.cpu_ms.values()):.1f}")
        lines += [f"  WRONG: {fault}" for fault in self.faults] or [
            "  every seat once, every debit one booking"
        ]
        return lines


async def sold(place: Place, shop: Shop, *, buyers: int, seconds: float) -> Sold:
    """Let guests buy, then check that nothing was sold twice, lost or taken for nothing."""
    since = await audit.mark(place)
    parts = place.parts()
    before, own = cpu_by_part(parts), cpu_s((os.getpid(),))
    sales = await sell(shop, buyers=buyers, seconds=seconds)
    await asyncio.sleep(STRAGGLERS_S)
    count = max(1, len(sales.bought))
    after = cpu_by_part(parts)
    spent = {name: (after[name] - before[name]) * 1000 / count for name in parts}
    spent["buyers"] = (cpu_s((os.getpid(),)) - own) * 1000 / count
    return Sold(sales=sales, cpu_ms=spent, faults=await audit.faults(place, since, sales.bought))
