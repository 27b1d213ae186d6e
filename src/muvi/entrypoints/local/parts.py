"""The processes of one copy that are ours: what they run, how they are asked whether they are well."""

import http.client
import json
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field

RESTARTS = 5
WINDOW_S = 60.0
LONGEST_DELAY_S = 10.0


@dataclass(frozen=True, slots=True)
class Part:
    """A process of ours. `health` is an address that answers 200 once it is well; without one it is enough to
    run. `grace_s` is how long it may take to stop. `needed` by the other parts: it ends after them.
    """

    name: str
    arguments: tuple[str, ...]
    log: str
    health: tuple[str, int, str] | None = None
    grace_s: float = 10
    needed: bool = False

    @property
    def command(self) -> list[str]:
        return [sys.executable, *self.arguments]

    def answers(self) -> bool:
        return self.health is None or fetch(*self.health)[0] == http.HTTPStatus.OK


@dataclass(slots=True)
class Restarts:
    """How long to wait before a part that died is started again, and when to give up."""

    deaths: list[float] = field(default_factory=list)

    def delay_after(self, now: float) -> float | None:
        """Seconds to wait after a death at `now`; None when it dies too often to go on."""
        self.deaths = [death for death in self.deaths if now - death < WINDOW_S]
        self.deaths.append(now)
        if len(self.deaths) > RESTARTS:
            return None
        return min(LONGEST_DELAY_S, 0.5 * 2.0 ** (len(self.deaths) - 1))


def fetch(host: str, port: int, path: str) -> tuple[int, bytes]:
    """Status and body of a GET on this machine, never through a proxy; status 0 when nobody answers."""
    connection = http.client.HTTPConnection(host, port, timeout=3)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    except (OSError, http.client.HTTPException):
        return 0, b""
    finally:
        connection.close()


def total_of(host: str, port: int, path: str) -> int:
    """How many a list of the API has in all; 0 when it does not say."""
    status, body = fetch(host, port, path)
    if status != http.HTTPStatus.OK:
        return 0
    try:
        answer = json.loads(body)
    except ValueError:
        return 0
    return int(answer.get("total") or 0) if isinstance(answer, Mapping) else 0


def ending(status: int) -> str:
    """An exit status in words."""
    return f"killed by {signal.Signals(-status).name}" if status < 0 else f"exit status {status}"
