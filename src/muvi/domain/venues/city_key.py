"""Cities have no id at the box office, only a text."""

from __future__ import annotations

import unicodedata


def city_key(text: str) -> str:
    """The text by which spellings of one city meet: case, accents and spaces do not count."""
    plain = unicodedata.normalize("NFKD", text)
    bare = "".join(one for one in plain if not unicodedata.combining(one))
    return " ".join(bare.casefold().split())
