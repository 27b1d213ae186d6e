"""What a person sees of `muvi up`."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.text import Text


class Screen:
    """Lines that survive in a log and a spinner where there is a terminal."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console()
        self._begun = time.monotonic()

    def say(self, text: str, style: str = "") -> None:
        self._console.print(Text(text, style=style), soft_wrap=True, highlight=False)

    def complain(self, text: str) -> None:
        self.say(text, "red")

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """A line when it is done, with the seconds it took."""
        begun = time.monotonic()
        with self._console.status(name):
            yield
        self.say(f"  {name:<34} {time.monotonic() - begun:5.1f} s", "green")

    def addresses(self, rows: Sequence[tuple[str, str]]) -> None:
        """The table that tells where everything is."""
        self.say(f"\nMuvi is up after {time.monotonic() - self._begun:.1f} s. Ctrl-C stops it.\n", "bold")
        for name, value in rows:
            line = Text(f"  {name:<12} ", style="bold")
            self._console.print(line.append(value, style="cyan"), soft_wrap=True, highlight=False)
        self.say("")
