"""`muvi openapi`: the documents of the API, made from its routes without any server."""

from __future__ import annotations

from pathlib import Path

from muvi.adapters.http.openapi import document
from muvi.adapters.http.problem_kinds import as_markdown
from muvi.entrypoints.settings import read_settings
from muvi.entrypoints.web import application

NOWHERE = {
    "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "MUVI_HOME": "/nonexistent",
}
"""Addresses that nothing is asked of: routes are described, not served."""


def documents() -> dict[str, str]:
    """Each document by its file's name."""
    app = application(read_settings(NOWHERE))
    return {"openapi.json": document(app), "problems.md": as_markdown()}


def write(folder: Path) -> list[Path]:
    """Write all documents into a folder; returns those that changed."""
    changed = []
    for name, text in documents().items():
        file = folder / name
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            file.write_text(text, encoding="utf-8")
            changed.append(file)
    return changed
