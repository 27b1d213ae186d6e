"""Show a buyer's browser the payment it was sent to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from muvi.domain.orders.order import OrderStatus
from muvi.domain.payments.attempt_status import PAID, AttemptStatus
from muvi.domain.payments.front_end import CardWidget, DirectCharge
from muvi.domain.payments.report import Verdict
from muvi.domain.shared.errors import NotFound
from muvi.ports.clock import Clock
from muvi.ports.payments.views import PaymentPageView, PaymentViews

BOUGHT = frozenset({OrderStatus.CONFIRMED, OrderStatus.COMPLETED})
GONE = frozenset({OrderStatus.EXPIRED, OrderStatus.CANCELLED})


class PageState(StrEnum):
    """What the page is about: taking a card, waiting for the gateway's word, or the end.

    DECLINED takes another card on the same checkout; FAILED does not. ANOTHER takes one for a buyer who chose
    to while the end of an earlier card is open. OVER takes none any more and knows of none, which is no proof
    that none was sent. RETURNING: money came, and it goes back or is about to. ENDED: the order is over as
    well, and no money came.
    """

    PAYABLE = "payable"
    DECLINED = "declined"
    ANOTHER = "another"
    WAITING = "waiting"
    PAID = "paid"
    RETURNING = "returning"
    REFUNDED = "refunded"
    FAILED = "failed"
    OVER = "over"
    ENDED = "ended"


class PaymentNotFound(NotFound):
    """No payment has this id."""

    code = "payment-not-found"
    title = "There is no such payment"
    title_ar = "لا توجد عملية دفع بهذا الرقم"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentPage:
    """The view, its state now, and the seconds in which a card is still taken.

    `takes_another`: whether a buyer may choose to send another card while the end of an earlier one is open.
    """

    view: PaymentPageView
    state: PageState
    seconds_left: int
    takes_another: bool

    @property
    def bought_nothing(self) -> bool:
        """Whether its money goes back, and no other payment bought the order."""
        returns = self.state in (PageState.RETURNING, PageState.REFUNDED)
        return returns and self.view.order not in BOUGHT


@dataclass(frozen=True, slots=True)
class ShowPaymentPage:
    """For whoever knows the id of the attempt. Raises `PaymentNotFound`. Never asks a gateway."""

    pages: PaymentViews
    clock: Clock

    async def __call__(self, attempt_id: UUID, *, another: bool = False) -> PaymentPage:
        """The page as it is now; with `another` for a buyer who chose to send another card."""
        view = await self.pages.of(attempt_id)
        if view is None:
            raise PaymentNotFound
        now = self.clock.now()
        left = max(0, int((view.pay_by - now).total_seconds()))
        state = _state(view, left, now)
        takes_another = state in (PageState.PAYABLE, PageState.WAITING) and _takes_another(view, left)
        if another and takes_another:
            state = PageState.ANOTHER
        return PaymentPage(view=view, state=state, seconds_left=left, takes_another=takes_another)


def _state(view: PaymentPageView, left: int, now: datetime) -> PageState:
    if view.status in PAID:
        return _paid(view)
    if view.status is AttemptStatus.AUTHORIZED or _under_way(view, left, now):
        return PageState.WAITING
    if view.order in BOUGHT:  # by another payment; a form would ask for the money twice
        return PageState.PAID
    if view.order in GONE:
        return PageState.ENDED
    if view.status in (AttemptStatus.FAILED, AttemptStatus.VOIDED):
        another = view.status is AttemptStatus.FAILED and _takes_another(view, left)
        return PageState.DECLINED if another else PageState.FAILED
    return PageState.PAYABLE if view.status is AttemptStatus.PENDING and left > 0 else PageState.OVER


def _paid(view: PaymentPageView) -> PageState:
    """Money for an order that is gone goes back or buys it again: until that is known none is promised."""
    if view.status is AttemptStatus.REFUNDED:
        return PageState.REFUNDED
    if view.goes_back or view.order is OrderStatus.CANCELLED:
        return PageState.RETURNING
    return PageState.WAITING if view.order is OrderStatus.EXPIRED else PageState.PAID


def _under_way(view: PaymentPageView, left: int, now: datetime) -> bool:
    """Whether a card was sent whose end is not known: no other one is asked for meanwhile, nor is the end of
    time called its end.
    """
    if view.status is AttemptStatus.FAILED:
        return view.front is not None and view.awaits_news(now)
    if view.status is not AttemptStatus.PENDING:
        return False
    if isinstance(view.front, DirectCharge):
        return True
    if view.order in GONE:  # the gateway was asked when the order ended: its word counts
        return view.is_due(now) or view.is_unclear
    if left == 0:
        return view.was_heard_of or view.is_unclear
    asked = view.was_heard_of and (view.is_due(now) or view.is_unclear)
    # Of a page of the gateway's own a poll says so as soon as somebody has opened it.
    return asked or (isinstance(view.front, CardWidget) and view.last_verdict is Verdict.PENDING)


def _takes_another(view: PaymentPageView, left: int) -> bool:
    """After a decline a page of the gateway's own has taken all it takes."""
    more = isinstance(view.front, CardWidget) or view.status is AttemptStatus.PENDING
    return more and left > 0 and view.another_card and not isinstance(view.front, DirectCharge)
