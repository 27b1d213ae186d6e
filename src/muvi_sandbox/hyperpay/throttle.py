"""How often one key may be asked within a minute."""

from collections import deque
from datetime import datetime, timedelta

_WINDOW = timedelta(minutes=1)
_MANY = 20_000


class Throttle:
    """A sliding minute per key; a refused call does not count."""

    def __init__(self) -> None:
        self._calls: dict[str, deque[datetime]] = {}

    def admits(self, key: str, limit: int, now: datetime) -> bool:
        """Count a call of `key` unless `limit` of them lie in the last minute."""
        calls = self._calls.get(key)
        if calls is None:
            self._tidy(now)
            calls = self._calls[key] = deque()
        while calls and now - calls[0] >= _WINDOW:
            calls.popleft()
        if len(calls) >= limit:
            return False
        calls.append(now)
        return True

    def clear(self) -> None:
        """Forget every call."""
        self._calls.clear()

    def _tidy(self, now: datetime) -> None:
        if len(self._calls) > _MANY:
            self._calls = {
                key: calls for key, calls in self._calls.items() if calls and now - calls[-1] < _WINDOW
            }
