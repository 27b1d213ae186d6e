"""The contract that is a list by hand leaves no adapter out."""

import tomllib

from tests.unit.architecture.source import ROOT, SRC

DRIVING = {"http", "jobs"}
"""They call use cases; all others are called."""
CONTRACT = "Driven adapters do not know the use cases"


def test_every_adapter_is_driven_or_driving() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    (driven,) = [one["source_modules"] for one in contracts["contracts"] if one["name"] == CONTRACT]
    folders = {path.parent.name for path in (SRC / "muvi" / "adapters").glob("*/__init__.py")}
    listed = {name.rpartition(".")[2] for name in driven}
    assert (folders - listed, listed - folders) == (DRIVING, set())
