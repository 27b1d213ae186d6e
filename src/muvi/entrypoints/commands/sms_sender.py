"""`muvi sms-sender`: who sends the one-time codes."""

from __future__ import annotations

import getpass
import sys

import click
from sqlalchemy.ext.asyncio import AsyncEngine

from muvi.adapters.kit.clock import SystemClock
from muvi.entrypoints.commands.asking import ask
from muvi.entrypoints.sms_senders import SMS_SENDERS, set_up
from muvi.ports.identity.senders import SenderChoice

AUTO = "auto"
SHOWN = 10


@click.command("sms-sender")
@click.argument("sender", type=click.Choice((*SMS_SENDERS, AUTO)), required=False)
@click.option("--alone", is_flag=True, help="Nobody steps in when it fails.")
@click.option("--by", help="Who chooses; else the login of this shell.")
def sms_sender(sender: str | None, by: str | None, *, alone: bool) -> None:
    """Choose who sends one-time codes; without SENDER show the last choices.

    Counts within five seconds in every process, without a restart. A code is compared by whoever sent it, so
    nobody who is signing in just now notices. When the chosen one surely sent nothing the other steps in;
    `auto` is the order of the house.
    """
    if sender is None:
        _show(ask(_history))
        return
    if alone and sender == AUTO:
        raise click.UsageError("--alone needs a sender")

    async def choose(engine: AsyncEngine) -> None:
        from muvi.adapters.db.sms_senders import SqlSenderChoices  # noqa: PLC0415
        from muvi.entrypoints.settings import read_settings  # noqa: PLC0415

        if sender != AUTO and sender not in set_up(read_settings()):
            raise click.ClickException(f"{sender} cannot send: its settings are not there.")
        choice = SenderChoice(
            sender=None if sender == AUTO else sender,
            alone=alone,
            chosen_by=by or getpass.getuser(),
            chosen_at=SystemClock().now(),
        )
        await SqlSenderChoices(engine).choose(choice)

    ask(choose)
    click.echo(f"Codes are sent by {sender}{' alone' if alone else ''}.")


async def _history(engine: AsyncEngine) -> list[SenderChoice]:
    from muvi.adapters.db.sms_senders import SqlSenderChoices  # noqa: PLC0415

    return await SqlSenderChoices(engine).history(SHOWN)


def _show(choices: list[SenderChoice]) -> None:
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    if not choices:
        click.echo(f"Nobody has chosen: {AUTO}.")
        return
    table = Table("since", "sender", "by", box=None)
    for one in choices:
        sender = f"{one.sender or AUTO}{' alone' if one.alone else ''}"
        table.add_row(one.chosen_at.strftime("%Y-%m-%d %H:%M:%SZ"), sender, one.chosen_by)
    Console(soft_wrap=True, width=None if sys.stdout.isatty() else 200).print(table)
