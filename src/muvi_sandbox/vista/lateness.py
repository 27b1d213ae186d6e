"""Cinemas whose site answers late, whatever it is asked for."""

import re
from collections import Counter

from muvi_sandbox.faults import Faults
from muvi_sandbox.vista.bookings import Bookings
from muvi_sandbox.vista.orders import Orders
from muvi_sandbox.vista.world import World

_NAMED = re.compile(r'(?:^|/)cinemas/([^/]+)/|"cinemaId"\s*:\s*"([^"]+)"', re.IGNORECASE)
_USID = re.compile(r"[0-9a-f]{32}", re.IGNORECASE)


class Lateness:
    """Holds calls up. A call belongs to the cinema that it names, or to that of its order or booking."""

    def __init__(self, world: World, orders: Orders, bookings: Bookings, faults: Faults) -> None:
        self._world = world
        self._orders = orders
        self._bookings = bookings
        self._faults = faults
        self.held_up: Counter[str] = Counter()

    async def linger(self, path: str, body: str) -> None:
        """Wait as long as the knob says for the cinema of this call."""
        slow = self._world.knobs.slow_cinemas
        cinema = self._cinema_of(path, body) if slow else ""
        if cinema not in slow:
            return
        self.held_up[cinema] += 1
        try:
            await self._faults.pause(slow[cinema])
        finally:
            self.held_up[cinema] -= 1

    def _cinema_of(self, path: str, body: str) -> str:
        for text in (path, body):
            if named := _NAMED.search(text):
                return str(named[1] or named[2])
        for usid in _USID.findall(f"{path} {body}"):
            known = self._orders.get(usid) or self._bookings.of_order(usid)
            if known is not None:
                return known.cinema_id
        return ""
