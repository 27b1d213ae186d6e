"""The API with a clock that can be moved and steps at which it dies."""

from litestar.types import ASGIApp
from tests.faults.overrides import Crashing, Moved

from muvi.entrypoints.api import main
from muvi.entrypoints.web import create as create_web


def create() -> ASGIApp:
    return create_web(Moved(), Crashing())


if __name__ == "__main__":
    main("tests.faults.crashing_api:create")
