"""The front end of a checkout as columns of its attempt: a form has an address, a widget a script, a charge
a challenge that may be empty."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from muvi.domain.payments.front_end import CardWidget, DirectCharge, FrontEnd, HostedForm

COLUMNS = ("script_url", "integrity", "brands", "form_url", "form_fields", "challenge_url")


def front_columns(front: FrontEnd | None) -> dict[str, Any]:
    """The values to keep; all empty before the checkout is open."""
    widget = front if isinstance(front, CardWidget) else CardWidget(script_url="")
    form = front if isinstance(front, HostedForm) else HostedForm(url="")
    return {
        "script_url": widget.script_url,
        "integrity": widget.integrity,
        "brands": list(widget.brands),
        "form_url": form.url,
        "form_fields": dict(form.fields),
        "challenge_url": front.challenge_url if isinstance(front, DirectCharge) else None,
    }


def front_of(row: Mapping[Any, Any]) -> FrontEnd | None:
    """The front end that was kept."""
    if row["challenge_url"] is not None:
        return DirectCharge(challenge_url=row["challenge_url"])
    if row["form_url"]:
        return HostedForm(url=row["form_url"], fields=row["form_fields"])
    if row["script_url"]:
        return CardWidget(
            script_url=row["script_url"], integrity=row["integrity"], brands=tuple(row["brands"])
        )
    return None
