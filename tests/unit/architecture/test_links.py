"""Every link from one page of the documentation to another, or to a file, leads somewhere."""

import re
from collections.abc import Iterator
from pathlib import Path

from tests.unit.architecture.source import ROOT

LINK = re.compile(r"\]\(([^)\s]+)\)|(?:src|href)=\"([^\"]+)\"")
HEADING = re.compile(r"^#+ +(.+?)\s*$", re.MULTILINE)


def pages() -> list[Path]:
    return [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]


def anchors(page: Path) -> set[str]:
    """The headings of a page as addresses: lower case, hyphens for blanks, no marks."""
    heads = HEADING.findall(page.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}


def dead(page: Path, text: str) -> Iterator[str]:
    """Links of a page to nothing; those to other hosts are not followed."""
    for found in LINK.finditer(re.sub(r"```.*?```", "", text, flags=re.DOTALL)):
        link = found[1] or found[2]
        if re.match(r"[a-z]+:", link):
            continue
        place, _, anchor = link.partition("#")
        target = (page.parent / place).resolve() if place else page
        if not target.exists() or (anchor and target.suffix == ".md" and anchor not in anchors(target)):
            yield f"{page.relative_to(ROOT)} → {link}"


def test_links_lead_somewhere() -> None:
    assert [link for page in pages() for link in dead(page, page.read_text(encoding="utf-8"))] == []


def test_decisions_are_numbered_without_gaps() -> None:
    found = sorted((ROOT / "docs" / "adr").glob("*.md"))
    heads = [page.read_text(encoding="utf-8").split(".", 1)[0] for page in found]
    assert heads == [f"# {number}" for number in range(1, len(found) + 1)]
    assert [int(page.name[:4]) for page in found] == list(range(1, len(found) + 1))


def test_a_dead_link_is_seen() -> None:
    page = ROOT / "README.md"
    text = "[a](docs/architecture.md) [b](docs/nothing.md) [c](docs/architecture.md#nowhere) [d](https://e.example)"
    assert [*dead(page, text)] == ["README.md → docs/nothing.md", "README.md → docs/architecture.md#nowhere"]
