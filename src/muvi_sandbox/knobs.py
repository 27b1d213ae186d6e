"""Settings of a third party's behaviour that stay until changed, unlike a fault rule that is used up."""

from collections.abc import Mapping
from dataclasses import MISSING, fields
from typing import Any, get_type_hints

import msgspec


class BadControl(ValueError):
    """A control request names something that does not exist or has the wrong type."""


def turn(knobs: Any, values: Mapping[str, object]) -> None:  # noqa: ANN401 - any dataclass of knobs
    """Set fields of a mutable dataclass, all or none.

    Raises BadControl when a name is unknown or a value does not fit its annotation.
    """
    hints = get_type_hints(type(knobs))
    known = {field.name for field in fields(knobs)}
    if unknown := sorted(set(values) - known):
        raise BadControl(f"no such knob: {', '.join(unknown)}; there are {', '.join(sorted(known))}")
    try:
        checked = {name: msgspec.convert(value, hints[name]) for name, value in values.items()}
    except msgspec.ValidationError as error:
        raise BadControl(str(error)) from error
    for name, value in checked.items():
        setattr(knobs, name, value)


def reset(knobs: Any) -> None:  # noqa: ANN401 - any dataclass of knobs
    """Put every field back to its default."""
    for field in fields(knobs):
        if field.default is not MISSING:
            setattr(knobs, field.name, field.default)
        elif field.default_factory is not MISSING:
            setattr(knobs, field.name, field.default_factory())
