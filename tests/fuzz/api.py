"""The API with a clock that can be moved, so that what the fuzzing leaves behind can be let expire."""

from litestar.types import ASGIApp
from tests.faults.overrides import Moved

from muvi.entrypoints.api import main
from muvi.entrypoints.web import create as create_web


def create() -> ASGIApp:
    return create_web(Moved())


if __name__ == "__main__":
    main("tests.fuzz.api:create")
