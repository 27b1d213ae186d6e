"""Names for addresses: made once from the English name, never changed afterwards."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

MAX_LENGTH = 80
_APOSTROPHES = re.compile(r"['\u2019\u02bc`]")
_BREAKS = re.compile(r"[^a-z0-9]+")


def slug(text: str) -> str:
    """Lower-case ASCII words joined by hyphens; empty when the text has no Latin letter or digit."""
    plain = unicodedata.normalize("NFKD", text.replace("&", " and ")).encode("ascii", "ignore").decode()
    if not plain.strip() and text:
        return ""
    words = _BREAKS.sub("-", _APOSTROPHES.sub("", plain).lower()).strip("-")
    return words[:MAX_LENGTH].rstrip("-")


def unique_names(wanted: Iterable[tuple[str, str]], taken: Iterable[str], *, fallback: str) -> dict[str, str]:
    """Give each (key, text) its own name: the slug, else `fallback`-key; a clash gets `-2`, `-3` …"""
    used = set(taken)
    names: dict[str, str] = {}
    for key, text in wanted:
        base = slug(text) or slug(f"{fallback} {key}") or fallback
        name, number = base, 1
        while name in used:
            number += 1
            name = f"{base}-{number}"
        used.add(name)
        names[key] = name
    return names
