"""The sheet of an order as a PNG picture."""

from __future__ import annotations

import asyncio

from typing_extensions import override

from muvi.adapters.tickets.layout import draw
from muvi.ports.tickets import TicketRenderer, TicketSheet


class PillowTicketRenderer(TicketRenderer):
    """Draws in a thread, so that the event loop goes on meanwhile."""

    @override
    async def render(self, sheet: TicketSheet) -> bytes:
        if not sheet.seats:
            raise ValueError("a sheet has at least one seat")
        return await asyncio.to_thread(draw, sheet)
