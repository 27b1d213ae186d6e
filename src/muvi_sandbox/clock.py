"""The sandbox's own wall clock, which a test may push forward instead of waiting."""

from datetime import UTC, datetime, timedelta


class Clock:
    """Real time plus an offset that only grows; every third party of one sandbox shares it."""

    __slots__ = ("_offset",)

    def __init__(self) -> None:
        self._offset = timedelta()

    def now(self) -> datetime:
        """Return aware UTC."""
        return datetime.now(UTC) + self._offset

    def advance(self, seconds: float) -> None:
        """Move the third parties into the future; background timers keep to real time."""
        self._offset += timedelta(seconds=seconds)

    def reset(self) -> None:
        """Return to real time."""
        self._offset = timedelta()
