"""A seat has one ticket, made once and kept."""

from dataclasses import replace

from tests.builders_orders import a_ticket, an_order
from tests.contract.purchase_stores import PurchaseStore

from muvi.domain.tickets.ticket import Ticket
from muvi.ports.tickets.issued import IssuedTickets


async def add(store: PurchaseStore, *tickets: Ticket) -> list[str]:
    """Keep tickets; the tokens that the order then has."""
    async with store.begin() as tx:
        issued: IssuedTickets = tx.tickets
        await issued.add(tickets)
    view = await store.views.find(an_order().id)
    return sorted(ticket.token for ticket in view.tickets) if view else []


async def test_tickets_are_kept_and_the_first_one_stays(store: PurchaseStore) -> None:
    async with store.begin() as tx:
        await tx.orders.add(an_order())
    assert await add(store) == []
    assert await add(store, a_ticket(1), a_ticket(2)) == ["token-1", "token-2"]
    again = replace(a_ticket(9), line_id=a_ticket(1).line_id)
    assert await add(store, again, a_ticket(3)) == ["token-1", "token-2", "token-3"]
