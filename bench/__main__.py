"""Measure this machine's Muvi: each figure beside what the machine can do at all.

Starts a copy of its own (embedded servers, free ports, a temporary folder), puts bounded load on it and
stops it; nothing else on the machine is touched. A whole run takes about two minutes and writes the table
in docs/performance.md. Parts:

  start     warm start of `muvi up`, the first catalogue sync, and one that finds nothing new
  memory    PSS of API and worker with their children, idle
  browse    /heartbeat, film list, showtime list, seat map, seat map while claims change
  purchase  guests who buy two seats each through the sandbox, then an audit of every seat and every debit
  tickets   ticket images on one core
  ceilings  load against a constant, commits of the same database, third parties alone

  python -m bench                                   everything, and write the document
  python -m bench --only purchase --seconds 20      one part, only printed
  python -m bench --only purchase --buyers 24 --url http://127.0.0.1:3000 --sandbox http://127.0.0.1:3900 \\
      --home .muvi                                  a copy that runs already; --home tells whose processor
                                                    time it is and lets the audit read the tables
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench import table
from bench.load import MOST_CONNECTIONS, require_loopback
from bench.place import NotMeasured, OwnCopy, Place, own_copy
from bench.runs import PARTS, Run

LONGEST_S = 600.0


def arguments(given: Sequence[str] | None = None) -> argparse.Namespace:
    """What was asked for; ends the program for what makes no sense."""
    parser = argparse.ArgumentParser(
        prog="python -m bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", action="append", choices=PARTS, default=[], help="a part; may be repeated")
    parser.add_argument(
        "--seconds", type=float, default=5.0, help="for each load (5; the purchase takes 4 times it)"
    )
    parser.add_argument("--connections", type=int, default=32, help="for lists and maps (32)")
    parser.add_argument("--buyers", type=int, default=16, help="guests who buy at the same time (16)")
    parser.add_argument("--showtimes", type=int, default=200, help="that they buy for (200)")
    parser.add_argument("--url", help="API of a copy that runs already")
    parser.add_argument("--sandbox", help="sandbox of that copy")
    parser.add_argument("--home", type=Path, help="MUVI_HOME of that copy")
    parser.add_argument("--write", action="store_true", help="write the document after a part, too")
    found = parser.parse_args(given)
    _check(parser, found)
    return found


def _check(parser: argparse.ArgumentParser, found: argparse.Namespace) -> None:
    if bool(found.url) != bool(found.sandbox):
        parser.error("--url and --sandbox go together")
    if not 0 < found.seconds <= LONGEST_S:
        parser.error(f"--seconds is more than 0 and at most {LONGEST_S:.0f}")
    if not 1 <= found.connections <= MOST_CONNECTIONS or not 1 <= found.buyers <= 99:  # noqa: PLR2004
        parser.error(f"1 to {MOST_CONNECTIONS} connections, 1 to 99 buyers")
    try:
        for url in filter(None, (found.url, found.sandbox)):
            require_loopback(url)
    except ValueError as fault:
        parser.error(str(fault))


def main() -> int:
    """The exit status: 1 when something could not be measured or the audit found a fault."""
    given = arguments()
    on = table.machine()
    with tempfile.TemporaryDirectory(prefix="muvi-bench-") as folder:
        run = Run(given, Path(folder))
        try:
            if given.url:
                place = Place(url=given.url.rstrip("/"), sandbox=given.sandbox.rstrip("/"), home=given.home)
                asyncio.run(run.measure(place))
            else:
                _with_own_copy(run, Path(folder) / "home")
        except (NotMeasured, OSError) as failure:
            print(f"bench: {failure}", file=sys.stderr)
            return 1
        except KeyboardInterrupt:
            return 1
    print("\n".join(f"{row.what}: {' | '.join(filter(None, row.cells()[1:]))}" for row in run.rows))
    if given.write or not (given.only or given.url):
        table.write(table.markdown(run.rows, run.details, on))
        print(f"written to {table.DOCUMENT}")
    return 1 if run.faults else 0


def _with_own_copy(run: Run, home: Path) -> None:
    if not run.needs_copy:
        asyncio.run(run.measure(None))
        return
    with own_copy(home) as copy:
        _started(run, copy)
        asyncio.run(run.measure(copy.place))


def _started(run: Run, copy: OwnCopy) -> None:
    """Up, with its catalogue: a second time when the warm start is wanted."""
    print("starting a copy: embedded servers, schema, catalogue …", flush=True)
    copy.start()
    copy.settle()
    if run.wants("start"):
        first = copy.steps()
        copy.stop()
        copy.start()
        copy.settle()
        run.started(first, copy)


if __name__ == "__main__":
    sys.exit(main())
