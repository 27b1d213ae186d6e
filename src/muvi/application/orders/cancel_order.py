"""Cancel an order that is not paid: its seats are free again in both systems."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from muvi.application.orders.ownership import owned
from muvi.application.orders.transaction import PurchaseTx
from muvi.domain.orders.cancellation import refusal_to_cancel
from muvi.domain.orders.checkout import CheckoutState
from muvi.domain.orders.order import Order, OrderStatus
from muvi.domain.payments.attempt import PaymentAttempt
from muvi.domain.payments.charge import is_under_way
from muvi.domain.shared.actor import Actor
from muvi.domain.shared.errors import Invalid
from muvi.domain.shared.ids import to_wire
from muvi.ports.clock import Clock
from muvi.ports.content.content import Content
from muvi.ports.errors import PortError
from muvi.ports.seating.box_office import BoxOffice, OrderRef
from muvi.ports.transaction import UnitOfWork

HANDOVER_S = 25
"""How long the request itself works on the cancellation before the checkout takes it over, seconds."""


class UnknownReason(Invalid):
    """The reason given is not one of those offered."""

    code = "unknown-cancellation-reason"
    title = "There is no such cancellation reason"
    title_ar = "سبب الإلغاء غير معروف"


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelOrderCommand:
    """Who cancels what; the reason is the id of one of the reasons offered, or none."""

    actor: Actor
    order_id: UUID
    reason_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class CancelOrder:
    """For the order's owner; cancelling twice is the same as once.

    Raises `OrderNotFound`, `OrderExpired`, `OrderBusy`, `CancellationNotAllowed`, `UnknownReason`. When the
    box office does not answer the order is cancelled all the same and the checkout goes on asking.
    """

    begin: UnitOfWork[PurchaseTx]
    box_office: BoxOffice
    clock: Clock
    content: Content

    async def __call__(self, command: CancelOrderCommand) -> Order:
        """Cancel now, tell the box office, free the seats."""
        if command.reason_id is not None:
            await self._require_own(command)
            await self._require_reason(command.reason_id)
        order = await self._decide(command)
        record = order.box_office_order
        if record is not None:
            ref = OrderRef(id=record.ref, cinema=record.cinema, platform=record.platform)
            try:
                await self.box_office.cancel(ref)
            except PortError:
                return order
        return await self._release(order)

    async def _require_own(self, command: CancelOrderCommand) -> None:
        async with self.begin.alone() as tx:
            owned(await tx.orders.get(command.order_id), command.actor)

    async def _require_reason(self, reason_id: UUID) -> None:
        offered = await self.content.cancellation_reasons(now=self.clock.now())
        if reason_id not in {reason.id for reason in offered}:
            raise UnknownReason(field="cancellationReasonId")

    async def _decide(self, command: CancelOrderCommand) -> Order:
        now = self.clock.now()
        async with self.begin() as tx:
            order = owned(await tx.orders.get(command.order_id, for_update=True), command.actor)
            if order.status is OrderStatus.CANCELLED:
                return order
            attempts = await tx.attempts.of_order(order.id)
            checkout = await tx.checkouts.get(order.id)
            refusal = refusal_to_cancel(order, checkout, paid=_paid(attempts))
            if refusal is not None:
                raise refusal
            order.become(
                OrderStatus.CANCELLED, now, to_wire(command.reason_id) if command.reason_id else "buyer"
            )
            checkout.enter(CheckoutState.RELEASING, now)
            checkout.target, checkout.reason = OrderStatus.CANCELLED, order.closed_reason
            checkout.next_at = now + timedelta(seconds=HANDOVER_S)
            await tx.orders.save(order)
            await tx.checkouts.save(checkout)
        return order

    async def _release(self, cancelled: Order) -> Order:
        now = self.clock.now()
        async with self.begin() as tx:
            order = await tx.orders.get(cancelled.id, for_update=True)
            checkout = await tx.checkouts.get(cancelled.id)
            if order is None or checkout.state is not CheckoutState.RELEASING:
                return cancelled
            order.detach()
            freed = await tx.claims.release(order.showtime_id, order_id=order.id, now=now)
            if freed:
                order.note("seats-released", now, seats=len(freed))
            checkout.enter(CheckoutState.IDLE, now)
            await tx.orders.save(order)
            await tx.checkouts.save(checkout)
        return order


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckCancelCommand:
    """Who would cancel what."""

    actor: Actor
    order_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelCheck:
    """What cancelling now would do: `allowed`, or it would be refused."""

    order: Order
    allowed: bool


@dataclass(frozen=True, slots=True)
class CheckCancel:
    """For the order's owner. A look: only `CancelOrder` decides. Raises `OrderNotFound`."""

    begin: UnitOfWork[PurchaseTx]

    async def __call__(self, command: CheckCancelCommand) -> CancelCheck:
        """Whether the order can be cancelled as it stands."""
        async with self.begin.alone() as tx:
            order = owned(await tx.orders.get(command.order_id), command.actor)
            attempts = await tx.attempts.of_order(order.id)
            checkout = await tx.checkouts.get(order.id)
        refusal = refusal_to_cancel(order, checkout, paid=_paid(attempts))
        return CancelCheck(order=order, allowed=refusal is None)


def _paid(attempts: Iterable[PaymentAttempt]) -> bool:
    """Of a charge under way the money may be taken already, which cancelling says that it is not."""
    return any(attempt.holds_money or is_under_way(attempt) for attempt in attempts)
