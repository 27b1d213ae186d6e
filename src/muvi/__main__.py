"""`python -m muvi`: the same as the command `muvi`."""

from muvi.entrypoints.cli import main

if __name__ == "__main__":
    main()
