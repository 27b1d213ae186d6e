"""Acts that a test has a third party do: found by name, told in plain words when they cannot be done."""

from collections.abc import Callable, Mapping
from typing import Any

from muvi_sandbox.cards import Card, read_card
from muvi_sandbox.knobs import BadControl
from muvi_sandbox.shoppers import Refusal

Facts = Mapping[str, Any]
Acts = Mapping[str, Callable[[Facts], dict[str, Any]]]


def performed(acts: Acts, action: str, facts: Facts) -> dict[str, Any]:
    """Do what the name says. Raises BadControl."""
    act = acts.get(action)
    if act is None:
        raise BadControl(f"no such act: {action}; there are {', '.join(acts)}")
    try:
        return act(facts)
    except KeyError as error:
        raise BadControl(f"{action} needs {error}") from error
    except Refusal as error:
        raise BadControl(error.reason) from error


def card_of(facts: Facts) -> Card:
    """The card that an act names; what it leaves out is valid."""
    fields = {"expiry_month": "12", "expiry_year": "2039", "cvv": "123"}
    return read_card(fields | {name: str(value) for name, value in facts.items()})
