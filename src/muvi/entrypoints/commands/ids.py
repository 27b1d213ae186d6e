"""Ids as arguments of a command."""

from __future__ import annotations

from uuid import UUID

import click
from typing_extensions import override

from muvi.domain.shared.ids import from_wire


class WireIdArgument(click.ParamType[UUID]):
    """26 characters, as lists and answers of the API show them."""

    name = "id"

    @override
    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> UUID:
        """Read one."""
        try:
            return from_wire(str(value))
        except ValueError as error:
            self.fail(f"{value!r} is no id: {error}", param, ctx)
