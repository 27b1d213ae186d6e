"""The command `muvi`. Bodies are thin and import late: `--help` is quick and needs no database."""

import os
import sys
from pathlib import Path

import click

from muvi.entrypoints.commands.attention import attention
from muvi.entrypoints.commands.buy import buy
from muvi.entrypoints.commands.doctor import doctor
from muvi.entrypoints.commands.faults import TellingGroup
from muvi.entrypoints.commands.order import order
from muvi.entrypoints.commands.outbox import outbox
from muvi.entrypoints.commands.sms_sender import sms_sender
from muvi.entrypoints.commands.tickets import tickets

PORT = click.IntRange(1, 65535)


@click.group(cls=TellingGroup, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Muvi runs a cinema chain: browsing, seats, orders, payments and tickets.

    Settings come from the environment. On a person's own machine the copy that `muvi up` runs in MUVI_HOME
    (.muvi) lends what the environment does not say: its servers, its keys, where it is.
    """
    from muvi.entrypoints.local.environment import of_running_copy  # noqa: PLC0415

    context = click.get_current_context()
    if os.environ.get("SENTRY_DSN"):
        from muvi.entrypoints.telemetry import report_errors_of_a_command  # noqa: PLC0415

        report_errors_of_a_command(os.environ)
    if context.invoked_subcommand != "up":
        learnt = of_running_copy(os.environ)
        os.environ.update(learnt)
        context.call_on_close(lambda: [os.environ.pop(name, None) for name in learnt])


@main.command()
@click.option("--host", help="Address of the API; else SERVER_HOST, else 127.0.0.1.")
@click.option("--port", type=PORT, help="Port of the API; else SERVER_PORT, else 3000.")
@click.option("--sandbox-port", type=PORT, help="Port of the sandbox; else SANDBOX_PORT, else 3900.")
@click.option(
    "--home",
    help="Folder of the data, logs and secrets; one copy runs in each. Else MUVI_HOME, else .muvi.",
)
def up(host: str | None, port: int | None, sandbox_port: int | None, home: str | None) -> None:
    """Run everything on this machine and stay until Ctrl-C.

    Starts PostgreSQL and Redis (unless DATABASE_URL or DB_*, REDIS_URL or REDIS_* name real ones), migrates,
    starts the sandbox of third parties, the API and the worker, loads demo content and fetches the catalogue.
    """
    from muvi.entrypoints.local.screen import Screen  # noqa: PLC0415
    from muvi.entrypoints.local.up import up as live  # noqa: PLC0415

    asked = {"SERVER_HOST": host, "SERVER_PORT": port, "SANDBOX_PORT": sandbox_port, "MUVI_HOME": home}
    options = {name: str(value) for name, value in asked.items() if value is not None}
    sys.exit(live({**os.environ, **options}, Screen()))


@main.command()
def migrate() -> None:
    """Bring the database to the newest schema."""
    from muvi.adapters.db.migrate import upgrade  # noqa: PLC0415
    from muvi.entrypoints.environment import Environment  # noqa: PLC0415
    from muvi.entrypoints.parameters import take_parameters  # noqa: PLC0415

    take_parameters()
    environment = Environment(os.environ)
    url = environment.database("WRITE")
    environment.finish()
    upgrade(url)
    click.echo("The schema is up to date.")


@main.command("vista-sync")
@click.option("-a", "everything", is_flag=True, help="Everything, in the order in which it depends.")
@click.option("-c", "cinemas", is_flag=True, help="Cinemas, their cities, and the experiences they offer.")
@click.option("-f", "films", is_flag=True, help="Films with ratings, genres and cast.")
@click.option("-g", "genres", is_flag=True, help="Genres.")
@click.option("-s", "sessions", is_flag=True, help="Showtimes; needs cinemas and films.")
@click.option("-p", "people", is_flag=True, help="Actors and directors.")
@click.option(
    "--accept-drop",
    is_flag=True,
    help="Believe a feed that has lost more than half. An empty one is never believed.",
)
def vista_sync(*, accept_drop: bool, **asked: bool) -> None:
    """Copy the catalogue from the box office.

    Adds what is new, changes what differs, withdraws what is gone; fields that staff edited stay. A feed
    that fails, is empty or has more than halved changes nothing, and the exit code is 1. Options combine:
    `muvi vista-sync -f -s`.
    """
    from muvi.domain.catalog.kinds import Kind  # noqa: PLC0415
    from muvi.entrypoints.commands import vista_sync as command  # noqa: PLC0415

    kinds = {
        "everything": frozenset(Kind),
        "cinemas": frozenset({Kind.EXPERIENCES, Kind.CINEMAS}),
        "films": frozenset({Kind.FILMS}),
        "genres": frozenset({Kind.GENRES}),
        "sessions": frozenset({Kind.SHOWTIMES}),
        "people": frozenset({Kind.PEOPLE}),
    }
    wanted = frozenset[Kind]().union(*(kinds[name] for name, is_wanted in asked.items() if is_wanted))
    if not wanted:
        raise click.UsageError("Say what to copy: -a for everything, or any of -c -f -g -s -p.")
    sys.exit(command.run(wanted, accept_drop=accept_drop))


@main.command("demo-content")
def demo_content() -> None:
    """Load banners, settings, cancellation reasons and cities to try the service with.

    Never in production. What staff edited stays; a second run changes nothing.
    """
    from muvi.domain.shared.errors import Forbidden  # noqa: PLC0415
    from muvi.entrypoints.commands import demo_content as command  # noqa: PLC0415

    try:
        done = command.run()
    except Forbidden as refusal:
        raise click.ClickException(str(refusal)) from refusal
    click.echo(
        f"Demo content: {done.cities} cities, {done.banners} banners, {done.reasons} cancellation reasons "
        f"and {done.settings} settings added or changed."
    )


@main.command()
@click.option(
    "--into",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Write openapi.json and problems.md into this folder instead.",
)
def openapi(into: Path | None) -> None:
    """Print the description of the API (OpenAPI 3.1). Needs no server."""
    from muvi.entrypoints.commands import openapi as command  # noqa: PLC0415

    if into is None:
        click.echo(command.documents()["openapi.json"], nl=False)
        return
    changed = command.write(into)
    click.echo("\n".join(f"written: {file}" for file in changed) or "The documents are up to date.")


main.add_command(attention)
main.add_command(buy)
main.add_command(doctor)
main.add_command(order)
main.add_command(outbox)
main.add_command(tickets)
main.add_command(sms_sender)
