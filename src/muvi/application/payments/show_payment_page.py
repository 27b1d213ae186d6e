"""Show a buyer's browser the payment it was sent to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from muvi.domain.payments.attempt_status import PAID, AttemptStatus
from muvi.domain.payments.front_end import CardWidget, DirectCharge
from muvi.domain.payments.report import Verdict
from muvi.domain.shared.errors import NotFound
from muvi.ports.clock import Clock
from muvi.ports.payments.views import PaymentPageView, PaymentViews


class PageState(StrEnum):
    """What the page is about: taking a card, waiting for the gateway's word, or the end.

    DECLINED takes another card on the same checkout; FAILED does not. OVER takes none any more and knows of
    none, which is no proof that none was sent.
    """

    PAYABLE = "payable"
    DECLINED = "declined"
    WAITING = "waiting"
    PAID = "paid"
    REFUNDED = "refunded"
    FAILED = "failed"
    OVER = "over"


class PaymentNotFound(NotFound):
    """No payment has this id."""

    code = "payment-not-found"
    title = "There is no such payment"
    title_ar = "لا توجد عملية دفع بهذا الرقم"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentPage:
    """The view, its state now, and the seconds in which a card is still taken."""

    view: PaymentPageView
    state: PageState
    seconds_left: int


@dataclass(frozen=True, slots=True)
class ShowPaymentPage:
    """For whoever knows the id of the attempt. Raises `PaymentNotFound`. Never asks a gateway."""

    pages: PaymentViews
    clock: Clock

    async def __call__(self, attempt_id: UUID) -> PaymentPage:
        """The page as it is now."""
        view = await self.pages.of(attempt_id)
        if view is None:
            raise PaymentNotFound
        now = self.clock.now()
        left = max(0, int((view.pay_by - now).total_seconds()))
        return PaymentPage(view=view, state=_state(view, left, now), seconds_left=left)


def _state(view: PaymentPageView, left: int, now: datetime) -> PageState:
    if view.status is AttemptStatus.REFUNDED:
        return PageState.REFUNDED
    if view.status in PAID:
        return PageState.PAID
    if view.status is AttemptStatus.FAILED:
        return _failed(view, left, now)
    if view.status is AttemptStatus.PENDING:
        takes_card = left > 0 and not isinstance(view.front, DirectCharge)
        return PageState.PAYABLE if takes_card else _late(view)
    plain = {AttemptStatus.VOIDED: PageState.FAILED, AttemptStatus.AUTHORIZED: PageState.WAITING}
    return plain.get(view.status, PageState.OVER)


def _late(view: PaymentPageView) -> PageState:
    """The end of time calls no card off that was sent before it: until its end is known, it is waited for."""
    charged = isinstance(view.front, DirectCharge)
    under_way = charged or view.was_heard_of or view.last_verdict in (Verdict.UNKNOWN, Verdict.PENDING)
    return PageState.WAITING if under_way else PageState.OVER


def _failed(view: PaymentPageView, left: int, now: datetime) -> PageState:
    """After a declined card another may have been tried: until that is known, none is asked for."""
    if view.front is None:
        return PageState.FAILED
    if view.awaits_news(now):
        return PageState.WAITING
    takes_another = isinstance(view.front, CardWidget)  # a page of the gateway's own has taken all it takes
    return PageState.DECLINED if takes_another and view.another_card and left > 0 else PageState.FAILED
