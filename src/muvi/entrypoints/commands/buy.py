"""`muvi buy`: one purchase through the public API, told step by step."""

from __future__ import annotations

import json
import secrets
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from muvi.entrypoints.buying.card import could_be_a_card

OUTCOMES = ("paid", "declined", "challenge")
WIDTH = 14


def _card_number(_: click.Context, __: click.Parameter, typed: str) -> str:
    """The digits of a card's number, checked as any shop does before anything is ordered."""
    number = typed.replace(" ", "").replace("-", "")
    if number and not could_be_a_card(number):
        raise click.BadParameter(
            f"{typed!r} is no card number: 12 to 19 digits, the last of which checks the others"
        )
    return number


@click.command()
@click.option("--film", default="", help="Part of its title, its unique name or id; else the first on sale.")
@click.option("--seats", type=click.IntRange(1, 10), default=2, show_default=True, help="How many.")
@click.option("--phone", default="", help="The buyer's mobile; with a sandbox one is made up.")
@click.option("--email", default="", help="Where the tickets are mailed to as well.")
@click.option(
    "--outcome",
    type=click.Choice(OUTCOMES),
    default="paid",
    show_default=True,
    help="What the sandbox's card does.",
)
@click.option(
    "--card", default="", callback=_card_number, help="Another card of the sandbox (docs/sandbox.md)."
)
@click.option("--gateway", default="", help="The payment gateway; else the default one.")
@click.option("--lang", type=click.Choice(["en", "ar"]), default="en", show_default=True)
@click.option("--base-url", default="", help="Where Muvi is; else the copy that `make up` runs.")
@click.option("--sandbox-url", default="", help="Where the sandbox is; else SANDBOX_PORT of this machine.")
@click.option(
    "--into",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    default=Path(),
    help="Folder for the picture of the ticket; else the present one.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of lines.")
@click.option("--yes", is_flag=True, help="Do not ask before buying from a real system.")
def buy(
    *,
    phone: str,
    lang: str,
    base_url: str,
    sandbox_url: str,
    as_json: bool,
    yes: bool,
    **wishes: Any,  # noqa: ANN401  the other options, by the names of a wish
) -> None:
    """Buy tickets through the public API, as an app would.

    With the sandbox everything goes by itself: the code is read from its inbox, a card is put into its form.
    From a real system this is a real purchase: the code is asked for here, and the payment page is for you to
    open. The exit code is 0 when it went as asked for.
    """
    from muvi.entrypoints.buying.purchase import Wish  # noqa: PLC0415
    from muvi.entrypoints.buying.run import Place, nobody_there, run  # noqa: PLC0415

    place = Place.of(base_url=base_url, sandbox_url=sandbox_url, language=lang)
    told = Told(as_json=as_json)
    if not place.has_sandbox:
        if nobody := nobody_there(place):
            sys.exit(told.end(nobody))
        _be_sure(place.address, yes=yes)
    wish = Wish(phone=phone or _phone(made_up=place.has_sandbox), **wishes)
    sys.exit(told.end(run(wish, place, told.step, ask_code=_ask_code, show_page=_show_page)))


@dataclass(slots=True)
class Told:
    """What a person reads, or gathers it for a machine."""

    as_json: bool
    steps: list[dict[str, object]] = field(default_factory=list)

    def step(self, name: str, said: str, facts: dict[str, object], seconds: float) -> None:
        """One step was taken."""
        self.steps.append({"step": name, "seconds": round(seconds, 3), **facts})
        if not self.as_json:
            mark = click.style("✓", fg="green")
            click.echo(f"{mark} {click.style(name.ljust(WIDTH), bold=True)} {said}  ({seconds:.1f} s)")

    def end(self, error: str = "") -> int:
        """How it ended; the exit code."""
        if self.as_json:
            told: dict[str, object] = {"ok": not error, "steps": self.steps}
            click.echo(json.dumps(told | ({"error": error} if error else {}), ensure_ascii=False, indent=1))
        elif error:
            click.echo(f"{click.style('✗', fg='red')} {error}", err=True)
        return 1 if error else 0


def _be_sure(address: str, *, yes: bool) -> None:
    if not yes:
        click.confirm(
            f"There is no sandbox, so this buys for real at {address}: a text goes to the phone, and the "
            "payment page takes money. Go on?",
            abort=True,
            err=True,
        )


def _phone(*, made_up: bool) -> str:
    if made_up:
        return f"+96655{secrets.randbelow(10**7):07d}"
    return str(click.prompt("Mobile number", err=True))


def _ask_code() -> str:
    return str(click.prompt("Code in the text message", err=True))


def _show_page(address: str) -> None:
    click.echo(f"Pay here, in a browser: {address}", err=True)
