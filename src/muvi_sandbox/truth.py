"""What really happened at each third party: an append-only record, the judge of every test."""

from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from muvi_sandbox.clock import Clock


class Truth:
    """Appends facts per system to memory and to `<home>/sandbox/truth-<system>.jsonl`.

    Facts survive a restart of the sandbox: the file is read again at the first touch of a system. A line is
    written through to the operating system before `record` returns, so a kill loses none that was answered.
    """

    def __init__(self, home: Path, clock: Clock) -> None:
        self._folder = home / "sandbox"
        self._clock = clock
        self._lines: dict[str, list[bytes]] = {}
        self._files: dict[str, BinaryIO] = {}

    def record(self, system: str, event: str, **facts: Any) -> int:  # noqa: ANN401 - facts are plain JSON values
        """Append one fact and return its sequence number, counted from 1 per system."""
        lines = self._open(system)
        seq = len(lines) + 1
        at = self._clock.now().isoformat().replace("+00:00", "Z")
        line = msgspec.json.encode({"seq": seq, "at": at, "event": event, **facts})
        lines.append(line)
        self._files[system].write(line + b"\n")
        return seq

    def events(self, system: str, after: int = 0) -> list[dict[str, Any]]:
        """Return the facts of one system past a sequence number, oldest first."""
        return [msgspec.json.decode(line) for line in self._open(system)[max(after, 0) :]]

    def as_json(self, system: str, after: int = 0) -> bytes:
        """Return the same as a JSON array without decoding it."""
        return b"[" + b",".join(self._open(system)[max(after, 0) :]) + b"]"

    def close(self) -> None:
        """Close the files; a later `record` opens them again."""
        for file in self._files.values():
            file.close()
        self._files.clear()
        self._lines.clear()

    def _open(self, system: str) -> list[bytes]:
        lines = self._lines.get(system)
        if lines is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            path = self._folder / f"truth-{system}.jsonl"
            lines = _whole_lines(path)
            self._files[system] = path.open("ab", buffering=0)
            self._lines[system] = lines
        return lines


def _whole_lines(path: Path) -> list[bytes]:
    """Read the file and cut off a last line that a kill left unfinished."""
    if not path.exists():
        return []
    content = path.read_bytes()
    whole = content[: content.rfind(b"\n") + 1]
    if len(whole) < len(content):
        path.write_bytes(whole)
    return whole.splitlines()
