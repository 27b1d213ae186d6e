"""What a buyer's browser does with an open checkout: show the gateway's widget in our page, or leave for the
gateway's own page by posting a form that we signed, or nothing because we charge the card.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class CardWidget:
    """A script that draws the card form into our page. `integrity` is its digest, empty when not given."""

    script_url: str
    integrity: str = ""
    brands: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HostedForm:
    """A page of the gateway's own, reached by posting `fields` to `url`. Whoever sees our payment page sees
    the fields, so nothing personal is among them.
    """

    url: str
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectCharge:
    """We charge a card by its token: the buyer has nothing to do, or answers the bank at `challenge_url`."""

    challenge_url: str = ""


USED_UP = "used-up"
"""The code of an attempt whose form the gateway took no more, until it has told what became of the money."""

FrontEnd = CardWidget | HostedForm | DirectCharge
