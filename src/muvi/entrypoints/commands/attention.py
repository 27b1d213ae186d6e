"""`muvi attention`: look at what waits for a person, and decide about it."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from typing import TypeVar
from uuid import UUID

import click
from sqlalchemy.ext.asyncio import AsyncEngine

from muvi.adapters.kit.clock import SystemClock
from muvi.domain.payments.refund import TOO_OLD, UNANSWERED
from muvi.domain.shared.actor import SYSTEM
from muvi.domain.shared.errors import DomainError
from muvi.domain.shared.ids import to_wire
from muvi.entrypoints.commands.asking import ask
from muvi.entrypoints.commands.ids import WireIdArgument
from muvi.ports.orders.attention import Waiting, WaitingKind

T = TypeVar("T")
MOST = 1000
CHECKOUT = "look for the booking at the box office; it asks by itself every five minutes, retry: now"
REFUSED = "find out why at the gateway; retry asks it again; or pay it out otherwise, then done"
REFUND = {
    TOO_OLD: "no gateway takes it any more: pay it out otherwise, then done",
    UNANSWERED: "look for it at the gateway; retry asks it once more; or pay it out otherwise, then done",
}
STILL_SENT = (
    "the gateway has not taken it for hours: mend what its code says, it is sent again by itself, retry: now"
)
PAYMENT = "look for it at the gateway, which is asked every hour, retry: now; when nobody paid there, unpaid"
"""What to do next, by the last code."""


@click.group()
def attention() -> None:
    """Purchases, refunds and payments that wait for a person.

    A purchase waits when nobody could say for half an hour whether it is booked; its seats and money are
    kept. A refund waits when its gateway refused it, does not take it any more, was asked for a week, or has
    not taken it for hours though it is sent again and again. A payment waits when its gateway could not say
    for hours whether it was made.
    """


@attention.command("list")
@click.option(
    "--limit", type=click.IntRange(1, MOST), default=50, show_default=True, help="At most this many."
)
def listing(limit: int) -> None:
    """Show what waits, the longest waiting first. Changes nothing."""
    from muvi.adapters.db.attention import SqlAttentionViews  # noqa: PLC0415
    from muvi.application.orders.read_attention import ListAttention, ListAttentionCommand  # noqa: PLC0415

    command = ListAttentionCommand(actor=SYSTEM, limit=limit)
    found = _ask(lambda engine: ListAttention(SqlAttentionViews(engine), SystemClock())(command))
    if not found:
        click.echo("Nothing waits.")
        return
    _print(found)


@attention.command()
@click.argument("thing_id", metavar="ORDER_REFUND_OR_PAYMENT", type=WireIdArgument())
def retry(thing_id: UUID) -> None:
    """Have it tried again now.

    The checkout of an order asks the box office. A refund is asked about at its gateway, and sent again only
    when the gateway surely knows of none. A payment is asked about at its gateway. The workers do it; look at
    the list a minute later.
    """
    from muvi.adapters.db.unit_of_work import SqlUnitOfWork  # noqa: PLC0415
    from muvi.application.orders.retry_attention import (  # noqa: PLC0415
        RetryAttention,
        RetryAttentionCommand,
    )

    command = RetryAttentionCommand(actor=SYSTEM, id=thing_id)
    kind = _ask(lambda engine: RetryAttention(SqlUnitOfWork(engine), SystemClock())(command))
    click.echo(f"The {kind.value} is due now.")


@attention.command()
@click.argument("refund_id", metavar="REFUND", type=WireIdArgument())
@click.option("--note", required=True, help="How it was paid out, and where that is found again.")
def done(refund_id: UUID, note: str) -> None:
    """Say that a refund was paid out otherwise.

    Make sure first, at the gateway, that it did not go out there. It is posted to the ledger and cannot be
    taken back.
    """
    from muvi.adapters.db.unit_of_work import SqlUnitOfWork  # noqa: PLC0415
    from muvi.application.orders.pay_out_refund import PayOutRefund, PayOutRefundCommand  # noqa: PLC0415

    command = PayOutRefundCommand(actor=SYSTEM, refund_id=refund_id, note=note)
    refund = _ask(lambda engine: PayOutRefund(SqlUnitOfWork(engine), SystemClock())(command))
    click.echo(f"Done: {refund.amount} of order {to_wire(refund.order_id)}.")


@attention.command()
@click.argument("attempt_id", metavar="PAYMENT", type=WireIdArgument())
@click.option("--note", required=True, help="Who looked where.")
def unpaid(attempt_id: UUID, note: str) -> None:
    """Say that nobody paid: its gateway is not asked about it any more.

    Make sure first, at the gateway. Should it speak of the payment later, it is asked again.
    """
    from muvi.adapters.db.unit_of_work import SqlUnitOfWork  # noqa: PLC0415
    from muvi.application.orders.deny_payment import DenyPayment, DenyPaymentCommand  # noqa: PLC0415

    command = DenyPaymentCommand(actor=SYSTEM, attempt_id=attempt_id, note=note)
    attempt = _ask(lambda engine: DenyPayment(SqlUnitOfWork(engine), SystemClock())(command))
    click.echo(f"Unpaid: {attempt.amount} of order {to_wire(attempt.order_id)}.")


def _ask(question: Callable[[AsyncEngine], Awaitable[T]]) -> T:
    try:
        return ask(question)
    except DomainError as refusal:
        state = refusal.facts.get("state")
        raise click.ClickException(f"{refusal}{f' (it is {state})' if state else ''}.") from refusal


def _next(one: Waiting) -> str:
    match one.kind:
        case WaitingKind.CHECKOUT:
            return CHECKOUT
        case WaitingKind.REFUND:
            return STILL_SENT if one.still_sent else REFUND.get(one.code, REFUSED)
        case WaitingKind.PAYMENT:
            return PAYMENT


def _print(found: tuple[Waiting, ...]) -> None:
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    table = Table("order", "since", "what", "amount", "last code", "next", box=None)
    for one in found:
        thing = one.refund_id or one.attempt_id
        what = f"{one.kind.value} {to_wire(thing)}" if thing else one.kind.value
        since = one.since.strftime("%Y-%m-%d %H:%M:%SZ")
        table.add_row(to_wire(one.order_id), since, what, str(one.amount), one.code or "-", _next(one))
    Console(soft_wrap=True, width=None if sys.stdout.isatty() else 300).print(table)
