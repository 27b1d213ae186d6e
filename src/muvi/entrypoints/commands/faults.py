"""Faults that are not the program's own: whoever runs a command reads one line and not a traceback."""

from __future__ import annotations

from typing import Any

import click
from typing_extensions import override


class TellingGroup(click.Group):
    """Ends a command with exit code 1 and a line where settings or servers are at fault."""

    @override
    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except Exception as error:
            if line := told(error):
                raise click.ClickException(line) from error
            raise


def told(error: Exception) -> str:
    """The line; empty for what needs its traceback."""
    if isinstance(error, click.ClickException | click.exceptions.Exit | click.Abort):
        return ""
    from sqlalchemy.exc import DBAPIError  # noqa: PLC0415  heavy, and no command needs it that goes well

    from muvi.adapters.db import errors as database  # noqa: PLC0415
    from muvi.entrypoints.environment import BadSettings  # noqa: PLC0415
    from muvi.ports.errors import PortError  # noqa: PLC0415

    if isinstance(error, BadSettings | PortError):
        return str(error)
    return database.told(error) if isinstance(error, DBAPIError) else ""
