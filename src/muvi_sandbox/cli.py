"""Command line of the sandbox."""

import asyncio
import os
import signal
import socket
import sys
from dataclasses import replace
from pathlib import Path

import click
import uvloop

from muvi_sandbox.app import create_app
from muvi_sandbox.config import SandboxConfig, from_env
from muvi_sandbox.server import serving


@click.command()
@click.option("--host", help="Address to listen on.")
@click.option("--port", type=int, help="Port to listen on.")
@click.option("--home", type=click.Path(path_type=Path), help="Folder for the records of what happened.")
def main(host: str | None, port: int | None, home: Path | None) -> None:
    """Run the third parties: box office, payment gateway, SMS and email, each with its real wire protocol."""
    try:
        config = from_env()
    except ValueError as error:
        sys.exit(f"muvi-sandbox: {error}")
    config = replace(config, host=host or config.host, port=port or config.port, home=home or config.home)
    try:
        bound = socket.create_server((config.host, config.port), backlog=1024)
    except OSError as error:
        sys.exit(
            f"muvi-sandbox: cannot listen on {config.host}:{config.port}: {os.strerror(error.errno or 0)}"
        )
    uvloop.run(serve(config, bound))


async def serve(config: SandboxConfig, bound: socket.socket) -> None:
    """Serve on a bound socket until SIGINT or SIGTERM."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    app = create_app(config)
    async with app.lifespan(), serving(app, config.clock, bound, quit_calls=app.state.faults.close):
        click.echo(f"muvi-sandbox: {config.url} (inbox: {config.url}/inbox)")
        await stop.wait()
