"""The impatient worker with a clock that can be moved, steps at which it dies and a switch at each guard."""

from tests.faults.guards import install
from tests.faults.overrides import Crashing, Moved, hurry

from muvi.entrypoints.worker import main

if __name__ == "__main__":
    hurry()
    install()
    main(Moved(), Crashing())
