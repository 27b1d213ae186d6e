"""A machine without a browser."""

from pathlib import Path

import pytest
from tests.e2e.browser.conftest import NAMES, found


@pytest.mark.parametrize("there", [False, True], ids=["nothing", "a name that leads nowhere"])
def test_it_is_not_taken_for_a_browser(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    there: bool,  # noqa: FBT001
) -> None:
    shim = tmp_path / NAMES[0]
    if there:
        shim.write_text("#!/bin/sh\nexit 10\n", encoding="ascii")
        shim.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert found() == ""
