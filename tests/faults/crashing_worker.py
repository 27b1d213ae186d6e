"""The worker with a clock that can be moved, steps at which it dies and less patience with order/payment."""

from tests.faults.overrides import Crashing, Moved, hurry

from muvi.entrypoints.worker import main

if __name__ == "__main__":
    hurry()
    main(Moved(), Crashing())
