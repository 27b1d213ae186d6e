"""When to ask a gateway about a checkout.

A checkout cannot be cancelled and stays payable for 30 minutes, the gateway's report follows it late, and its
calls are counted: few questions, at the moments when an answer is likely.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from muvi.domain.payments.front_end import FrontEnd, HostedForm

POLLS_S = (90.0, 240.0, 480.0, 900.0, 1800.0, 2700.0)
"""Seconds after the opening, without any signal."""
WATCH_S = POLLS_S[-1]
CHECKOUT_USE_S = 25 * 60.0
"""Seconds a checkout is offered to a buyer; the gateway keeps it for 30 minutes."""
CHARGE_S = 60.0
"""Seconds after which a charge that the gateway does not know of was lost on its way: a call ends sooner."""
OPENING_S = 180.0
"""Seconds after which an opening that was never recorded is given up: later than `pay` itself may take."""
OPENING_LOST = "opening-lost"
"""The code of an attempt whose opening was given up."""
_AFTER_SIGNAL_S = (5.0, 15.0, 30.0, 60.0, 60.0)
_LATE_S = 900.0
LATE_UNTIL = timedelta(days=1)
_VERY_LATE_S = 3600.0
FORM_LOOKS = (timedelta(hours=2), timedelta(days=1))
"""After the opening, where a form that we signed leads to the gateway: it has no end of its own."""


def payable_until(expires_at: datetime, opened_at: datetime) -> datetime:
    """When our page stops taking cards: a minute before the order dies, 25 minutes into the checkout."""
    return min(expires_at - timedelta(seconds=60), opened_at + timedelta(seconds=CHECKOUT_USE_S))


def next_poll(now: datetime, *, opened_at: datetime, ambiguous: int | None = None) -> datetime:
    """The next moment to ask.

    `ambiguous` counts answers since the last signal that settled nothing: news were announced, so ask again
    soon, a few times. After the watch an unknown state is asked for every 15 minutes, after a day hourly.
    """
    age = (now - opened_at).total_seconds()
    planned = next((opened_at + timedelta(seconds=at) for at in POLLS_S if at > age), None)
    if planned is None:
        late = _LATE_S if now - opened_at < LATE_UNTIL else _VERY_LATE_S
        planned = now + timedelta(seconds=late)
    if ambiguous is not None and ambiguous < len(_AFTER_SIGNAL_S):
        return min(planned, now + timedelta(seconds=_AFTER_SIGNAL_S[ambiguous]))
    return planned


def late_look(now: datetime, *, opened_at: datetime, front: FrontEnd | None) -> datetime | None:
    """When to look again at a checkout that surely was not paid by the end of its watch, None for never.

    A signed form can be posted, and its page paid, hours later; the message about it may be lost.
    """
    looks = (opened_at + age for age in FORM_LOOKS if isinstance(front, HostedForm))
    return next((at for at in looks if at > now), None)


def last_look(now: datetime, *, opened_at: datetime, watch_until: datetime, whole: bool) -> datetime | None:
    """When to look once more at a checkout that was paid, None when that was done.

    Two tabs may both have been paid, and the message about the second may be lost. At the end of the watch
    nobody can pay any more; what is listed then is all. Without a list it is tried again, for a day.
    """
    if now < watch_until:
        return watch_until
    return None if whole or now - opened_at >= LATE_UNTIL else next_poll(now, opened_at=opened_at)
