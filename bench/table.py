"""Figures as rows, on the screen and in the document."""

from __future__ import annotations

import platform
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"
DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "performance.md"
HEADINGS = ("What", "Measured", "Wanted", "Ceiling of this machine", "Share of it")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One figure. `ceiling` in the unit of `value`; `share` is measured over ceiling."""

    what: str
    value: float
    unit: str
    wanted: str = ""
    ceiling: float | None = None
    ceiling_is: str = ""
    note: str = ""

    def cells(self) -> tuple[str, ...]:
        """Texts of the columns."""
        measured = f"{shown(self.value)} {self.unit}" + (f" ({self.note})" if self.note else "")
        ceiling = f"{shown(self.ceiling)} {self.unit}: {self.ceiling_is}" if self.ceiling else ""
        share = f"{self.value / self.ceiling:.2f}" if self.ceiling else ""
        return (self.what, measured, self.wanted, ceiling, share)


def shown(value: float | None) -> str:
    """Three digits are enough."""
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"  # noqa: PLR2004


def machine() -> str:
    """What it was measured on, and how busy that was before."""
    cpu = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    names = [line.partition(":")[2].strip() for line in cpu.splitlines() if line.startswith("model name")]
    kernel = ".".join(platform.release().split(".")[:2])  # the rest is the machine's own name for it
    load = Path("/proc/loadavg").read_text(encoding="ascii").split()[0]
    return (
        f"{len(names)} processors: {names[0] if names else 'unknown processor'}, Linux {kernel}, "
        f"CPython {platform.python_version()}, {time.strftime('%Y-%m-%d')}; load average before: {load}"
    )


def markdown(rows: Sequence[Row], details: Sequence[str], on: str) -> str:
    """The part of the document between the markers."""
    table = [HEADINGS, tuple("---" for _ in HEADINGS), *(row.cells() for row in rows)]
    lines = [f"Measured on {on}.", "", *("| " + " | ".join(cells) + " |" for cells in table)]
    return "\n".join([*lines, "", "```text", *details, "```"])


def write(part: str, document: Path = DOCUMENT) -> None:
    """Put it between the markers; everything else stays. Raises `ValueError` without markers."""
    text = document.read_text(encoding="utf-8")
    head, begin, rest = text.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{document} has no markers")
    document.write_text(f"{head}{BEGIN}\n{part}\n{END}{tail}", encoding="utf-8")
