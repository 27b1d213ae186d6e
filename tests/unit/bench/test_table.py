"""The table goes between the markers and nowhere else."""

from pathlib import Path

import pytest
from bench import table
from bench.table import Row


def test_prose_around_the_markers_stays(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n{table.BEGIN}\nold\n{table.END}\nafter\n", encoding="utf-8")
    row = Row(what="Lists", value=4321.0, unit="req/s", ceiling=8642.0, ceiling_is="a constant")
    table.write(table.markdown([row], ["detail"], "a machine"), page)
    text = page.read_text(encoding="utf-8")
    assert text.startswith(f"before\n{table.BEGIN}\n")
    assert text.endswith(f"{table.END}\nafter\n")
    assert "| Lists | 4,321 req/s |  | 8,642 req/s: a constant | 0.50 |" in text
    assert "old" not in text


def test_a_page_without_markers_is_refused(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("nothing", encoding="utf-8")
    with pytest.raises(ValueError, match="no markers"):
        table.write("rows", page)
    assert page.read_text(encoding="utf-8") == "nothing"


def test_a_machines_own_name_of_its_kernel_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table.platform, "release", lambda: "6.18.44-of-ours")
    assert "Linux 6.18, CPython" in table.machine()
