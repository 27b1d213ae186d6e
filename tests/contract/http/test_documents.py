"""The committed documents of the API are those that its routes make."""

from pathlib import Path

import pytest

from muvi.entrypoints.commands.openapi import documents

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize("name", ["openapi.json", "problems.md"])
def test_the_committed_documents_are_current(name: str) -> None:
    committed = (ROOT / "docs" / name).read_text(encoding="utf-8")
    assert committed == documents()[name], "run `muvi openapi --into docs` and commit what it wrote"
