"""`muvi order`: look at one order, for support."""

from __future__ import annotations

import asyncio
import json
from uuid import UUID

import click

from muvi.application.orders.explaining.explain_order import (
    ExplainOrder,
    ExplainOrderCommand,
    Explanation,
    FindOrders,
    FindOrdersCommand,
)
from muvi.domain.orders.errors import OrderNotFound
from muvi.domain.shared.actor import SYSTEM
from muvi.domain.shared.ids import to_wire


@click.group()
def order() -> None:
    """One order, for whoever has to answer for it. Changes nothing."""


@order.command()
@click.argument("clue", metavar="ID")
@click.option("--ask", is_flag=True, help="Ask the gateways and the box office as well, now.")
@click.option("--show-buyer", is_flag=True, help="The buyer's name and addresses, unmasked.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for machines.")
def explain(clue: str, *, ask: bool, show_buyer: bool, as_json: bool) -> None:
    """Tell what happened to an order, how it stands, and what will happen next.

    ID is the order's, that of one of its payments or refunds, a booking's reference or number, a ticket's
    code or QR code, a gateway's checkout or transaction, the box office's order, the id of a request of ours,
    or the buyer's mobile number. Times are the cinema's, UTC beside them.
    """
    from muvi.entrypoints.commands.order_shown import as_wire, shown  # noqa: PLC0415

    try:
        found = asyncio.run(_explained(clue, ask=ask, show_buyer=show_buyer))
    except OrderNotFound as error:
        raise click.ClickException(
            f"Nothing here is called {clue!r}: no order, payment, ticket or buyer"
        ) from error
    if isinstance(found, tuple):
        ids = "\n".join(f"  muvi order explain {to_wire(one)}" for one in found)
        raise click.ClickException(f"{clue!r} may mean several orders, the newest first:\n{ids}")
    if as_json:
        click.echo(json.dumps(as_wire(found), ensure_ascii=False, indent=1))
    else:
        click.echo(shown(found), nl=False)


async def _explained(clue: str, *, ask: bool, show_buyer: bool) -> Explanation | tuple[UUID, ...]:
    """The explanation, or the ids of several orders. Raises `OrderNotFound`."""
    from muvi.entrypoints.container import make_container  # noqa: PLC0415
    from muvi.entrypoints.settings import read_settings  # noqa: PLC0415

    container = make_container(read_settings())
    try:
        async with container() as scope:
            find, tell = await scope.get(FindOrders), await scope.get(ExplainOrder)
            ids: tuple[UUID, ...] = await find(FindOrdersCommand(actor=SYSTEM, clue=clue))
            if not ids:
                raise OrderNotFound
            if len(ids) > 1:
                return ids
            return await tell(
                ExplainOrderCommand(actor=SYSTEM, order_id=ids[0], ask=ask, show_buyer=show_buyer)
            )
    finally:
        await container.close()
