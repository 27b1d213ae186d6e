"""What a step of a checkout learned at the box office, as something to record in the next phase."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime

from muvi.application.orders.checkout_facts import Case
from muvi.application.orders.follow import drop_selection
from muvi.application.orders.transaction import PurchaseTx
from muvi.domain.orders.checkout import UNKNOWN_OUTCOME, CheckoutState
from muvi.ports.seating.box_office import BoxOfficeOrder

Record = Callable[[PurchaseTx, Case, datetime], Awaitable[None]]


def later(*, cap_s: float = 60.0) -> Record:
    """Nothing: ask again, after a pause that grows up to `cap_s`."""

    async def record(_: PurchaseTx, case: Case, now: datetime) -> None:
        case.checkout.again(now, cap_s=cap_s)

    return record


def still_unknown(*, cap_s: float = 60.0) -> Record:
    """Nobody can say whether there is a booking: it is asked for, and the buyer is told so once."""

    async def record(_: PurchaseTx, case: Case, now: datetime) -> None:
        if case.checkout.reason != UNKNOWN_OUTCOME:
            case.checkout.reason = UNKNOWN_OUTCOME
            case.order.note("completion-unknown", now)
        case.checkout.again(now, cap_s=cap_s)

    return record


async def forget_selection(tx: PurchaseTx, case: Case, now: datetime) -> None:
    """An operation lapsed, and the box office has no order of ours."""
    case.order.finish()
    await drop_selection(tx, case.order, now)
    case.checkout.next_at = now


async def back_to_completing(_: PurchaseTx, case: Case, now: datetime) -> None:
    """It is known that there is no booking: patience, which is for the unknown, begins anew."""
    case.checkout.state, case.checkout.since = CheckoutState.COMPLETING, now
    case.checkout.again(now, cap_s=15)


async def abandon_box_order(_: PurchaseTx, case: Case, now: datetime) -> None:
    """The order there is gone, or holds something else: the seats are ordered again under a new one."""
    case.order.detach()
    case.order.note("box-office-order-gone", now)
    case.checkout.enter(CheckoutState.RECLAIMING, now)


async def detached(_: PurchaseTx, case: Case, now: datetime) -> None:
    """The box office has let go."""
    case.order.detach()
    case.checkout.next_at = now


def ready_again(held: BoxOfficeOrder) -> Record:
    """The seats stand in an order again: it can be completed."""

    async def record(_: PurchaseTx, case: Case, now: datetime) -> None:
        known = case.order.box_office_order
        if known is not None:
            case.order.attach(known.read(expires_at=held.expires_at, total_minor=held.total_minor))
        case.checkout.enter(CheckoutState.COMPLETING, now)

    return record
