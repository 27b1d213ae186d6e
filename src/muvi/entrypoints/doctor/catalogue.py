"""Whether there is anything to sell, and for how many days."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

from muvi.entrypoints.doctor.database import AWAY
from muvi.entrypoints.doctor.findings import Finding, check, failure, ok, warning
from muvi.entrypoints.doctor.patient import Patient

SECTION = "catalogue"
SYNC = "muvi vista-sync -a; docs/runbooks/catalogue-sync.md"
FRESH = timedelta(hours=24)
SOON = timedelta(days=1)
_FILMS = """
SELECT count(DISTINCT film_id) AS films, count(DISTINCT cinema_id) AS cinemas, count(*) AS shows,
       count(*) FILTER (WHERE starts_at < $2) AS soon, max(starts_at) AS last, max(updated_at) AS changed
FROM showtimes WHERE on_sale AND withdrawn_at IS NULL AND starts_at > $1
"""


@check(SECTION, "on sale")
async def on_sale(patient: Patient) -> AsyncIterator[Finding]:
    """Films, showtimes ahead, and when the copy of the box office's catalogue last moved."""
    now = patient.clock.now()
    try:
        async with patient.database() as connection:
            row = await connection.fetchrow(_FILMS, now, now + SOON)
    except AWAY as error:
        yield warning("showtimes", f"cannot be counted: {type(error).__name__}", "see PostgreSQL")
        return
    if not row["shows"]:
        yield failure("showtimes", "none is on sale", SYNC)
        return
    said = f"{row['shows']} of {row['films']} films in {row['cinemas']} cinemas"
    yield ok("showtimes", f"{said}, until {row['last']:%Y-%m-%d}")
    if not row["soon"]:
        yield warning("next day", "nothing begins within 24 hours", SYNC)
    else:
        yield ok("next day", f"{row['soon']} begin within 24 hours")
    age = now - row["changed"]
    said = f"last changed {row['changed']:%Y-%m-%d %H:%M}Z"
    yield ok("copy", said) if age < FRESH else warning("copy", f"{said}, long ago", SYNC)


CHECKS = (on_sale,)
