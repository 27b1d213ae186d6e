"""The worker with the same clock."""

from tests.faults.overrides import Moved

from muvi.entrypoints.worker import main

if __name__ == "__main__":
    main(Moved())
