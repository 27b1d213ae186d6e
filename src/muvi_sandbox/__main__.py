"""`python -m muvi_sandbox`."""

from muvi_sandbox.cli import main

if __name__ == "__main__":
    main()
