"""Begin to pay an order: make sure that the box office still holds what the buyer saw, then open a checkout,
last, since a checkout cannot be taken back; or charge the token of a card.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from muvi.application.orders.charge_token import TokenCharging
from muvi.application.orders.follow import drop_selection
from muvi.application.orders.operations import Operations, end_operation
from muvi.application.orders.ownership import owned_case
from muvi.application.orders.readiness import Readiness
from muvi.application.orders.transaction import PurchaseTx
from muvi.application.payments.choice import chosen_gateway
from muvi.domain.orders.checkout import CheckoutState
from muvi.domain.orders.errors import (
    NothingChosen,
    OrderBusy,
    OrderChanged,
    TooManyAttempts,
)
from muvi.domain.orders.order import MOST_ATTEMPTS, BuyerDetails, OperationKind, Order
from muvi.domain.payments.attempt import PaymentAttempt
from muvi.domain.payments.attempt_status import AttemptStatus
from muvi.domain.payments.charge import charge_under_way, is_charge
from muvi.domain.payments.watch import payable_until
from muvi.domain.shared.actor import Actor
from muvi.domain.shared.errors import DomainError
from muvi.domain.shared.ids import to_wire
from muvi.domain.shared.money import Money
from muvi.domain.shared.text import Language
from muvi.ports.errors import OutcomeUnknown, PortError, Unavailable
from muvi.ports.orders.cases import LockedCase
from muvi.ports.payments.gateway import CheckoutRequest, GatewayCheckout, PaymentGateway, PaymentGateways
from muvi.ports.payments.tokens import CardToken
from muvi.ports.seating.box_office import BoxOffice
from muvi.ports.transaction import UnitOfWork

PAY_TAIL_S = 60
"""What is left of the box office's order when our page stops taking cards."""


NOBODY = BuyerDetails()


@dataclass(frozen=True, slots=True, kw_only=True)
class StartPaymentCommand:
    """Addresses were checked against the allowed origins; empty ones show our own page. `ip` is the
    buyer's. A `token` is charged at once instead of opening a checkout.
    """

    actor: Actor
    order_id: UUID
    language: Language
    gateway: str = ""
    success_url: str = ""
    failed_url: str = ""
    buyer: BuyerDetails = NOBODY
    ip: str = ""
    token: CardToken | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentStarted:
    """The attempt that the buyer now pays, new or the one still open."""

    order: Order
    attempt: PaymentAttempt


@dataclass(frozen=True, slots=True)
class StartPayment:
    """For the order's owner.

    Raises `OrderNotFound`, `OrderExpired`, `OrderNotOpen`, `OrderBusy`, `NothingChosen`, `OrderChanged`,
    `OrderExpiring`, `TooManyAttempts`, `UnknownGateway`, `TokenNotAccepted`,
    `TokenRefused`; `Unavailable` when box office or gateway cannot be
    reached.
    """

    begin: UnitOfWork[PurchaseTx]
    box_office: BoxOffice
    gateways: PaymentGateways
    operations: Operations
    tokens: TokenCharging

    async def __call__(self, command: StartPaymentCommand) -> PaymentStarted:
        """Open a checkout, or give back the one that is open."""
        gateway = chosen_gateway(self.gateways, command.gateway)
        charges = self.tokens.at(gateway) if command.token else None
        started, is_new = await self._intend(command, gateway)
        operation = started.order.operation
        if not is_new or operation is None:
            return started
        async with self.operations.kept(started.order.id, operation) as lease:
            try:
                expires_at = await Readiness(self.box_office, self.operations.clock)(started.order, lease)
                lease.require()
                request = _request(started, command)
                checkout = charges.named(request) if charges else await _open(gateway, request)
            except (DomainError, PortError) as error:
                await self._give_up(started, error)
                raise
            started = await self._opened(started, checkout, expires_at, charged=charges is not None)
            if charges is None or command.token is None:
                return started
            charged = await self.tokens.charge(started.attempt, charges, request, command.token, lease)
        return replace(started, attempt=charged)

    async def _intend(
        self, command: StartPaymentCommand, gateway: PaymentGateway
    ) -> tuple[PaymentStarted, bool]:
        now = self.operations.clock.now()
        async with self.begin() as tx:
            case = owned_case(await tx.cases.lock(command.order_id), command.actor)
            order, attempts, checkout = case.order, case.attempts, case.checkout
            order.require_open(now)
            if not order.lines:
                raise NothingChosen
            amount = Money(order.total_minor, order.currency)
            known = _known(attempts, gateway.name, amount, now, by_token=command.token is not None)
            if known is not None:
                await _met_again(tx, order, known, command)
                return PaymentStarted(order=order, attempt=known), False
            if any(attempt.holds_money for attempt in attempts):
                raise OrderBusy(retry_after_s=2)
            if len(attempts) >= MOST_ATTEMPTS:
                raise TooManyAttempts(max_attempts=MOST_ATTEMPTS)
            if checkout.state is not CheckoutState.OPEN:
                raise OrderBusy(retry_after_s=2)
            operation = self.operations.start(order, OperationKind.PAY, now)
            order.buyer = command.buyer.over(order.buyer).over(await tx.buyers.of(order.owner_id))
            order.language = command.language
            attempt = self._attempt(command, order, gateway, amount, now)
            await tx.claims.pin(order.showtime_id, order_id=order.id, now=now)
            await tx.attempts.add(attempt)
            await tx.orders.save(order)
            checkout.next_at = operation.deadline
            await tx.checkouts.save(checkout)
        return PaymentStarted(order=order, attempt=attempt), True

    def _attempt(
        self,
        command: StartPaymentCommand,
        order: Order,
        gateway: PaymentGateway,
        amount: Money,
        now: datetime,
    ) -> PaymentAttempt:
        return PaymentAttempt.initiated(
            id=self.operations.ids.new(),
            order_id=order.id,
            gateway=gateway.name,
            amount=amount,
            now=now,
            success_url=command.success_url,
            failed_url=command.failed_url,
            language=command.language,
        )

    async def _opened(
        self, started: PaymentStarted, checkout: GatewayCheckout, expires_at: datetime, *, charged: bool
    ) -> PaymentStarted:
        """Record the checkout. The operation is over, unless a card is `charged` next."""
        now = self.operations.clock.now()
        async with self.begin() as tx:
            case = await tx.cases.lock(started.order.id)
            attempt = _still(case, started)
            if case is None or attempt is None:
                raise OrderBusy(retry_after_s=2)
            order = case.order
            attempt.opened(
                checkout_id=checkout.id,
                entity=checkout.entity,
                now=now,
                pay_by=payable_until(min(expires_at, order.latest_end), now),
                front=checkout.front,
            )
            await tx.attempts.save(attempt)
            record = order.box_office_order
            if record is not None:
                order.attach(record.read(expires_at=expires_at, total_minor=record.total_minor))
            order.expires_at = attempt.pay_by + timedelta(seconds=PAY_TAIL_S)
            order.note("payment-started", now, attempt=to_wire(attempt.id), gateway=attempt.gateway)
            if charged:
                await tx.orders.save(order)
            else:
                await end_operation(tx, case, now)
        return PaymentStarted(order=order, attempt=attempt)

    async def _give_up(self, started: PaymentStarted, error: Exception) -> None:
        now = self.operations.clock.now()
        async with self.begin() as tx:
            case = await tx.cases.lock(started.order.id)
            attempt = _still(case, started)
            if case is None or attempt is None:
                return
            order = case.order
            attempt.not_opened(now, type(error).__name__)
            await tx.attempts.save(attempt)
            if isinstance(error, OrderChanged):
                await drop_selection(tx, order, now, held=error.held)
            order.note("payment-not-started", now, cause=type(error).__name__)
            await end_operation(tx, case, now)


def _known(
    attempts: tuple[PaymentAttempt, ...], gateway: str, amount: Money, now: datetime, *, by_token: bool
) -> PaymentAttempt | None:
    """What a second `pay` meets: a charge under way, else an open form, which a token would leave out. Raises
    `OrderBusy` where the charge is another: until its end is fetched nothing is begun beside it.
    """
    charge = charge_under_way(attempts)
    if charge is not None and (charge.gateway, charge.amount) != (gateway, amount):
        raise OrderBusy(retry_after_s=2)
    if charge is not None or by_token:
        return charge
    forms = (one for one in attempts if one.gateway == gateway and not is_charge(one))
    return next((form for form in forms if form.usable(now, amount)), None)


async def _met_again(
    tx: PurchaseTx, order: Order, attempt: PaymentAttempt, command: StartPaymentCommand
) -> None:
    """The same checkout once more, perhaps from another tab: what the buyer says now is what counts."""
    buyer = command.buyer.over(order.buyer)
    if (buyer, command.language) != (order.buyer, order.language):
        order.buyer, order.language = buyer, command.language
        await tx.orders.save(order)
    if attempt.lead_back(command.success_url, command.failed_url, command.language):
        await tx.attempts.save(attempt)


def _still(case: LockedCase | None, started: PaymentStarted) -> PaymentAttempt | None:
    """The attempt that was begun, if it still waits for its checkout and the operation is still ours."""
    operation = started.order.operation
    if case is None or operation is None or not case.order.owns(operation.id):
        return None
    waiting = [one for one in case.attempts if one.status is AttemptStatus.INITIATED]
    return next((one for one in waiting if one.id == started.attempt.id), None)


def _request(started: PaymentStarted, command: StartPaymentCommand) -> CheckoutRequest:
    buyer = started.order.buyer
    given, _, surname = buyer.name.partition(" ")
    return CheckoutRequest(
        reference=to_wire(started.attempt.id),
        amount=started.attempt.amount,
        language=command.language,
        email=buyer.email,
        given_name=given,
        surname=surname,
        phone=buyer.phone,
        ip=command.ip,
    )


async def _open(gateway: PaymentGateway, request: CheckoutRequest) -> GatewayCheckout:
    try:
        return await gateway.open(request)
    except OutcomeUnknown as error:
        # a checkout nobody knows of cannot be paid: the buyer simply tries again
        raise Unavailable("the payment page could not be opened", system="gateway") from error
