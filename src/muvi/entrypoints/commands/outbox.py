"""`muvi outbox`: look at messages nobody could act on, and decide about them."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from typing import TypeVar
from uuid import UUID

import click

from muvi.adapters.kit.clock import SystemClock
from muvi.domain.shared.ids import to_wire
from muvi.entrypoints.commands.asking import ask
from muvi.entrypoints.commands.ids import WireIdArgument
from muvi.ports.messaging.post import DeadLetter, DeadLetters

ALL = 1000
T = TypeVar("T")


@click.group()
def outbox() -> None:
    """Messages that nobody could act on.

    A message dies when its consumer refuses it, or after twelve attempts. It stays until a person retries or
    drops it.
    """


@outbox.command("list")
@click.option(
    "--limit", type=click.IntRange(1, ALL), default=50, show_default=True, help="At most this many."
)
def listing(limit: int) -> None:
    """Show dead messages, the newest first."""
    letters = _ask(lambda dead: dead.listing(limit))
    if not letters:
        click.echo("No dead messages.")
        return
    _print(letters)


@outbox.command()
@click.argument("message_id", type=WireIdArgument(), required=False)
@click.option("--all", "everything", is_flag=True, help="Every dead message.")
def retry(message_id: UUID | None, *, everything: bool) -> None:
    """Bring a dead message back to life, with all its attempts before it."""
    _decide(
        message_id, "retried", lambda dead, one: dead.retry(one, SystemClock().now()), everything=everything
    )


@outbox.command()
@click.argument("message_id", type=WireIdArgument())
def drop(message_id: UUID) -> None:
    """Remove a dead message for good. What it was to cause will not happen."""
    _decide(message_id, "dropped", lambda dead, one: dead.drop(one), everything=False)


def _decide(
    message_id: UUID | None,
    word: str,
    decide: Callable[[DeadLetters, UUID], Awaitable[bool]],
    *,
    everything: bool,
) -> None:
    if (message_id is None) is not everything:
        raise click.UsageError("name one message, or say --all")

    async def run(dead: DeadLetters) -> int:
        ids = [letter.id for letter in await dead.listing(ALL)] if message_id is None else [message_id]
        return sum([await decide(dead, one) for one in ids])

    done = _ask(run)
    if message_id is not None and not done:
        raise click.ClickException(f"{to_wire(message_id)} is not a dead message")
    click.echo(f"{done} {word}.")


def _ask(question: Callable[[DeadLetters], Awaitable[T]]) -> T:
    from muvi.adapters.db.outbox import SqlDeadLetters  # noqa: PLC0415

    return ask(lambda engine: question(SqlDeadLetters(engine)))


def _print(letters: list[DeadLetter]) -> None:
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    table = Table("id", "type", "died", "attempts", "reason", box=None)
    for letter in letters:
        died = letter.dead_at.strftime("%Y-%m-%d %H:%M:%SZ")
        table.add_row(to_wire(letter.id), letter.type, died, str(letter.attempts), letter.reason)
    Console(soft_wrap=True, width=None if sys.stdout.isatty() else 250).print(table)
