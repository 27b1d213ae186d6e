"""The worker with a clock that can be moved and steps at which it dies."""

from tests.faults.overrides import Crashing, Moved

from muvi.entrypoints.worker import main

if __name__ == "__main__":
    main(Moved(), Crashing())
