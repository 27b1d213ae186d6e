"""The API with a clock that can be moved and a switch at each guard."""

from litestar.types import ASGIApp
from tests.faults.guards import install
from tests.faults.overrides import Moved

from muvi.entrypoints.api import main
from muvi.entrypoints.web import create as create_web


def create() -> ASGIApp:
    install()
    return create_web(Moved())


if __name__ == "__main__":
    main("tests.faults.unguarded_api:create")
