"""The API with a defect."""

from muvi.entrypoints.api import main

if __name__ == "__main__":
    main("tests.e2e.defects:create")
