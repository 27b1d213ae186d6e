"""What is shown of a show wherever somebody looks at a purchase: film, cinema, screen, and when it begins."""

from __future__ import annotations

from typing import Any

from sqlalchemy import RowMapping

from muvi.adapters.db.tables.catalog import films
from muvi.adapters.db.tables.showtimes import showtimes
from muvi.adapters.db.tables.venues import cinemas, screens
from muvi.adapters.kit.columns import both

SHOW_NAMES = (
    films.c.title_en.label("film_en"),
    films.c.title_ar.label("film_ar"),
    cinemas.c.name_en.label("cinema_en"),
    cinemas.c.name_ar.label("cinema_ar"),
    cinemas.c.time_zone,
    screens.c.name_en.label("screen_en"),
    screens.c.name_ar.label("screen_ar"),
    showtimes.c.starts_at,
)
"""For queries that join those tables."""


def show_names_of(row: RowMapping) -> dict[str, Any]:
    """`film`, `cinema`, `screen`, `starts_at` and its `zone`, out of a row with `SHOW_NAMES`."""
    names = {name: both(row, name) for name in ("film", "cinema", "screen")}
    return {**names, "starts_at": row["starts_at"], "zone": row["time_zone"] or "UTC"}
