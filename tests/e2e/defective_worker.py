"""The worker with a defect."""

from tests.e2e.defects import Defects

from muvi.entrypoints.worker import main

if __name__ == "__main__":
    main(Defects())
