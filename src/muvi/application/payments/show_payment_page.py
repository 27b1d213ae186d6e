"""Show a buyer's browser the payment it was sent to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from muvi.domain.payments.attempt_status import PAID, AttemptStatus
from muvi.domain.shared.errors import NotFound
from muvi.ports.clock import Clock
from muvi.ports.payments.views import PaymentPageView, PaymentViews


class PageState(StrEnum):
    """What the page is about: taking a card, waiting for the gateway's word, or the end."""

    PAYABLE = "payable"
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
        left = max(0, int((view.pay_by - self.clock.now()).total_seconds()))
        return PaymentPage(view=view, state=_state(view, left), seconds_left=left)


def _state(view: PaymentPageView, left: int) -> PageState:
    if view.status is AttemptStatus.REFUNDED:
        return PageState.REFUNDED
    if view.status in PAID:
        return PageState.PAID
    if view.status in (AttemptStatus.FAILED, AttemptStatus.VOIDED):
        return PageState.FAILED
    if view.status is AttemptStatus.AUTHORIZED:
        return PageState.WAITING
    payable = view.status is AttemptStatus.PENDING and left > 0
    return PageState.PAYABLE if payable else PageState.OVER
