"""Keys that cannot leave their folder."""

from __future__ import annotations

import pytest

from muvi.ports.storage import FileKey


@pytest.mark.parametrize(
    ("text", "content_type"),
    [
        ("tickets/01JD/en.png", "image/png"),
        ("a.pkpass", "application/vnd.apple.pkpass"),
        ("a/b-c_d/e.v2.pdf", "application/pdf"),
    ],
)
def test_a_key_says_what_it_holds(text: str, content_type: str) -> None:
    assert FileKey(text).content_type == content_type


@pytest.mark.parametrize(
    "text",
    [
        "",
        "/a.png",
        "a/../b.png",
        "../a.png",
        "a//b.png",
        "a/.png",
        ".a.png",
        "a..png",
        "a.png/",
        "a\\b.png",
        "a\0.png",
        "a b.png",
        "a\n.png",
        "a.png\n",
        "é.png",
        "a?.png",
        "%2e%2e/a.png",
        "a",
        "png",
        "a/png",
        "a.exe",
        "a.PNG",
        "a" * 200 + ".png",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="file key"):
        FileKey(text)
