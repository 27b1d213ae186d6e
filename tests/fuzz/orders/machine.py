"""Buyers, workers, a gateway, a box office and a clock in any order, each step judged by the model.

Every rule is something that somebody does; what a buyer may be refused is no finding, anything else that is
raised is one. Deaths and failures of third parties are rules too.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, ClassVar
from uuid import UUID

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from tests.builders_orders import GUEST, an_id
from tests.fuzz.orders.model import Bought, Model
from tests.killing import KillSignal
from tests.shop import A, B, C, D, Shop

from muvi.adapters.memory.gateway import Trouble
from muvi.adapters.memory.gateway_state import CHECKOUT_LIFE
from muvi.application.orders.due_checkouts import ClaimDueCheckouts
from muvi.application.payments.check_payment import CheckPaymentCommand
from muvi.application.payments.due_work import ClaimDueAttempts, ClaimDueRefunds
from muvi.application.payments.note_return import NoteReturn, NoteReturnCommand
from muvi.application.payments.receive_webhook import ReceiveWebhook, ReceiveWebhookCommand
from muvi.application.payments.send_refund import SendRefundCommand
from muvi.domain.orders.errors import OrderNotFound
from muvi.domain.orders.order import OrderStatus
from muvi.domain.payments.attempt import PaymentAttempt
from muvi.domain.shared.actor import Actor, ActorKind
from muvi.domain.shared.errors import DomainError
from muvi.domain.shared.ids import to_wire
from muvi.ports.errors import PortError, Refused
from muvi.ports.payments.gateway import WebhookForged

SEATS = (A, B, C, D)
BUYERS = (GUEST, Actor(kind=ActorKind.CUSTOMER, id=an_id(777)))
MOST_ORDERS = 4
DEATHS = st.sampled_from([None] * 12 + [0, 1, 2, 3, 4, 6, 8, 12])
"""At which of its next moments the process dies, mostly at none."""
PICK = st.integers(0, 1000)
WAITS_S = st.sampled_from([1, 1, 5, 5, 20, 20, 61, 61, 125, 301, 601, 1501, 2800])
OFFICE = ("open_order", "set_tickets", "read_order", "begin_payment", "complete", "find_booking", "cancel")
GATEWAY = ("open", "check", "refund", "check_refund")
LOST = (Trouble.UNAVAILABLE, Trouble.LOST)


class OrderMachine(RuleBasedStateMachine):
    """See the module. `make_shop` opens the shop that is played in."""

    troubled: ClassVar[bool] = True
    """Whether processes die, third parties fail and the counter sells seats."""
    most_orders: ClassVar[int] = MOST_ORDERS

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.model = Model()
        self.messages: list[tuple[dict[str, str], bytes]] = []
        self.shop = self.runner.run(self.make_shop())

    async def make_shop(self) -> Shop:
        return Shop()

    async def look(self) -> None:
        """Before the rows are judged."""

    async def close(self) -> None:
        """After the last look."""

    # what buyers do

    @initialize(steps=st.integers(0, 3))
    def somebody_begins(self, steps: int) -> None:
        self._do(self._placed(0), None)
        self._go_on(0, steps)

    @rule(pick=PICK, steps=st.integers(1, 3), told=st.booleans())
    def buyer_goes_on(self, pick: int, steps: int, *, told: bool) -> None:
        """As most do: seats, a form, a card."""
        self._go_on(pick, steps, told=told)

    @rule(pick=PICK, steps=st.integers(1, 3))
    def buyer_goes_on_and_workers_work(self, pick: int, steps: int) -> None:
        self._go_on(pick, steps)
        self._do(self.shop.work(), None)

    def _go_on(self, pick: int, steps: int, *, told: bool = True) -> None:
        order_id, buyer = self._order(pick)
        for _ in range(steps):
            forms = [one for one in self.shop.attempts(order_id) if one.checkout_id]
            if not self.shop.order(order_id).seats:
                self._do(self.shop.choose(order_id, SEATS[pick % len(SEATS)], actor=buyer), None)
            elif not forms:
                self._do(self.shop.pay(order_id, buyer), None)
            else:
                self._at_the_form(forms, pick, self.shop.gateway.pay, told=told, charged=True)

    @precondition(lambda self: len(self.model.orders) < self.most_orders)
    @rule(buyer=st.integers(0, 1), death=DEATHS)
    def place(self, buyer: int, death: int | None) -> None:
        self._do(self._placed(buyer), death)

    async def _placed(self, buyer: int) -> None:
        before = set(self.shop.database.table("orders"))
        try:
            await self.shop.place(BUYERS[buyer])
        finally:
            await self.look()
            for order_id in set(self.shop.database.table("orders")) - before:
                self.model.orders[order_id] = Bought(buyer)

    @rule(pick=PICK, seats=st.sets(st.sampled_from(SEATS), min_size=1, max_size=3), death=DEATHS)
    def choose(self, pick: int, seats: set[Any], death: int | None) -> None:
        order_id, buyer = self._order(pick)
        self._choose(order_id, seats, buyer, death)

    @rule(pick=PICK, death=DEATHS)
    def open_payment(self, pick: int, death: int | None) -> None:
        order_id, buyer = self._order(pick)
        self._do(self.shop.pay(order_id, buyer), death)

    @rule(pick=PICK, death=DEATHS)
    def cancel(self, pick: int, death: int | None) -> None:
        order_id, buyer = self._order(pick)
        self._do(self._cancelled(order_id, buyer), death)

    async def _cancelled(self, order_id: UUID, buyer: Actor) -> None:
        order = await self.shop.cancel(order_id, buyer)
        if order.status is OrderStatus.CANCELLED:
            self.model.orders[order_id].told_cancelled = True

    @rule(pick=PICK)
    def somebody_else(self, pick: int) -> None:
        """Nobody gets at another's order."""
        order_id, _ = self._order(pick)
        stranger = Actor(kind=ActorKind.GUEST, id=an_id(4711))
        for act in (self.shop.pay, self.shop.cancel):
            with pytest.raises(OrderNotFound):
                self.runner.run(act(order_id, stranger))

    # what happens at the gateway

    @precondition(lambda self: self._forms())
    @rule(pick=PICK, told=st.booleans())
    def card_is_charged(self, pick: int, *, told: bool) -> None:
        """On any form that is open: also twice, also late, also of an order that is over."""
        self._at_the_form(self._forms(), pick, self.shop.gateway.pay, told=told, charged=True)

    @precondition(lambda self: self._forms())
    @rule(pick=PICK, told=st.booleans())
    def card_is_declined(self, pick: int, *, told: bool) -> None:
        self._at_the_form(self._forms(), pick, self.shop.gateway.decline, told=told, charged=False)

    @precondition(lambda self: self._forms())
    @rule(pick=PICK, seats=st.sets(st.sampled_from(SEATS), min_size=1, max_size=3))
    def card_is_declined_and_buyer_chooses_anew(self, pick: int, seats: set[Any]) -> None:
        """The old form stays payable, for what is the wrong amount from then on."""
        forms = self._forms()
        attempt = forms[pick % len(forms)]
        self._at_the_form([attempt], 0, self.shop.gateway.decline, told=True, charged=False)
        self._do(self._returned(attempt), None)
        self._do(self.shop.work(), None)
        buyer = BUYERS[self.model.orders[attempt.order_id].buyer]
        self._choose(attempt.order_id, seats, buyer, None)

    @precondition(lambda self: self._forms())
    @rule(pick=PICK)
    def card_is_declined_then_another_charged_untold(self, pick: int) -> None:
        """The decline is fetched first, and no message tells of the money: only who keeps asking finds it."""
        forms = self._forms()
        attempt = forms[pick % len(forms)]
        self._at_the_form([attempt], 0, self.shop.gateway.decline, told=False, charged=False)
        self._do(self._returned(attempt), None)
        self._do(self.shop.work(), None)
        self._at_the_form([attempt], 0, self.shop.gateway.pay, told=False, charged=True)

    @precondition(lambda self: self._charged())
    @rule(pick=PICK, told=st.booleans())
    def card_is_charged_again(self, pick: int, *, told: bool) -> None:
        """As must never happen and once will: the same form takes money a second time."""
        attempts = self._charged()
        self._charge(attempts[pick % len(attempts)], self.shop.gateway.capture_again, told=told)

    @precondition(lambda self: self._forms())
    @rule(pick=PICK)
    def bank_asks_for_more(self, pick: int) -> None:
        forms = self._forms()
        try:
            self.shop.gateway.challenge(forms[pick % len(forms)].checkout_id)
        except Refused:
            return

    @precondition(lambda self: self.messages)
    @rule(pick=PICK, genuine=st.sampled_from([True, True, True, False]), death=DEATHS)
    def message_arrives(self, pick: int, *, genuine: bool, death: int | None) -> None:
        """Any that was ever sent: late, twice, out of order; or one that somebody made up."""
        headers, body = self.messages[pick % len(self.messages)]
        self._do(self._heard(headers if genuine else {}, body), death)

    async def _heard(self, headers: dict[str, str], body: bytes) -> None:
        hear = ReceiveWebhook(self.shop.begin, self.shop.gateways, self.shop.clock, self.shop.ids)
        try:
            await hear(ReceiveWebhookCommand(gateway="memory", headers=headers, body=body))
        except WebhookForged:
            assert not headers

    @precondition(lambda self: self._forms())
    @rule(pick=PICK, death=DEATHS)
    def browser_comes_back(self, pick: int, death: int | None) -> None:
        forms = self._forms()
        self._do(self._returned(forms[pick % len(forms)]), death)

    async def _returned(self, attempt: PaymentAttempt) -> None:
        visit = NoteReturnCommand(gateway="memory", attempt_id=attempt.id)
        await NoteReturn(self.shop.begin, self.shop.gateways, self.shop.clock)(visit)

    # what our processes do

    @rule(death=DEATHS)
    def workers_take_everything(self, death: int | None) -> None:
        self._do(self.shop.work(), death)

    @rule(due=st.sampled_from([ClaimDueCheckouts, ClaimDueAttempts, ClaimDueRefunds]), death=DEATHS)
    def worker_takes_one_thing(self, due: Callable[..., Any], death: int | None) -> None:
        self._do(self._one(due), death)

    async def _one(self, due: Callable[..., Any]) -> None:
        for found in await due(self.shop.immortal, self.shop.clock)(1):
            if due is ClaimDueCheckouts:
                await self.shop.advance(found)
            elif due is ClaimDueAttempts:
                await self.shop.check_payment(CheckPaymentCommand(attempt_id=found, leased=True))
            else:
                await self.shop.send_refund(SendRefundCommand(refund_id=found, leased=True))

    # what time and third parties do

    @rule(seconds=WAITS_S, asleep=st.booleans())
    def time_passes(self, seconds: int, *, asleep: bool) -> None:
        """With the workers at work, or with nobody: then all that was due meanwhile is found at once."""
        if asleep:
            self.shop.clock.advance(seconds=seconds)
        else:
            self._do(self.shop.until(seconds), None)

    @precondition(lambda self: self.troubled)
    @rule(call=st.sampled_from(OFFICE), when=st.sampled_from(["before", "after"]), times=st.integers(1, 3))
    def box_office_fails(self, call: str, when: Any, times: int) -> None:  # noqa: ANN401  a Literal
        self.model.disturbed = True
        self.shop.office.fail_next(call, when, times=times)

    @precondition(lambda self: self.troubled)
    @rule(call=st.sampled_from(GATEWAY), trouble=st.sampled_from(LOST), times=st.integers(1, 3))
    def gateway_fails(self, call: str, trouble: Trouble, times: int) -> None:
        self.model.disturbed = True
        self.shop.gateway.fail(call, *[trouble] * times)

    @precondition(lambda self: self.troubled)
    @rule(seconds=st.sampled_from([15, 60, 100]), lost=st.booleans())
    def bookings_show_late(self, seconds: int, *, lost: bool) -> None:
        """What was just booked is not found for a while; the answer that told of it may be lost as well."""
        self.model.disturbed = True
        self.shop.office.bookings_hidden_for_s = seconds
        if lost:
            self.shop.office.fail_next("complete", "after")

    @precondition(lambda self: self.troubled)
    @rule(seat=st.sampled_from(SEATS))
    def counter_sells(self, seat: Any) -> None:  # noqa: ANN401  a SeatKey
        if seat not in self.shop.taken_at_the_box_office():
            self.model.disturbed = True
            self.shop.office.sell_at_counter(self.shop.showtime.ref, seat)

    # what must be true

    @invariant()
    def nothing_is_wrong(self) -> None:
        breaches = [*self.model.breaches(self.shop)]
        assert not breaches, breaches

    def teardown(self) -> None:
        """In the end third parties are well again, and everything is over one way or the other."""
        try:
            self._heal()
            self.runner.run(self.shop.settle())
            self.runner.run(self.look())
            breaches = [*self.model.breaches(self.shop), *self.model.ends(self.shop)]
            assert not breaches, breaches
        finally:
            self.runner.run(self.close())
            self.runner.close()

    def _heal(self) -> None:
        self.shop.office._failures.clear()
        self.shop.office.bookings_hidden_for_s = 0
        self.shop.gateway._scripts.clear()
        for checkout in self.shop.gateway._checkouts.values():
            checkout.challenged = False

    def _do(self, act: Coroutine[Any, Any, object], death: int | None) -> None:
        """Let somebody act; refusals are theirs to bear, and so is a death."""
        if death is not None and self.troubled:
            self.model.disturbed = True
            self.shop.killer.arm(death)
        try:
            self.runner.run(_survived(act))
        finally:
            self.shop.killer.disarm()
            self.runner.run(self.look())

    def _order(self, pick: int) -> tuple[UUID, Actor]:
        order_id = sorted(self.model.orders)[pick % len(self.model.orders)]
        return order_id, BUYERS[self.model.orders[order_id].buyer]

    def _forms(self) -> list[PaymentAttempt]:
        """Attempts whose buyer has seen a card form."""
        attempts = (one for order_id in sorted(self.model.orders) for one in self.shop.attempts(order_id))
        return [one for one in attempts if one.checkout_id]

    def _choose(self, order_id: UUID, seats: set[Any], buyer: Actor, death: int | None) -> None:
        """What was paid before is for what was chosen before, unless the choice is refused."""
        before = self.shop.order(order_id).lines
        self._do(self.shop.choose(order_id, *sorted(seats, key=str), actor=buyer), death)
        if self.shop.order(order_id).lines != before:
            self.model.orders[order_id].standing.clear()

    def _charged(self) -> list[PaymentAttempt]:
        """Of these, the ones that took money and still could."""
        oldest = self.shop.clock.now() - CHECKOUT_LIFE
        captured = self.shop.gateway.captured_minor
        return [one for one in self._forms() if captured(to_wire(one.id)) and one.opened_at > oldest]

    def _at_the_form(
        self,
        forms: list[PaymentAttempt],
        pick: int,
        act: Callable[[str], str],
        *,
        told: bool,
        charged: bool,
    ) -> None:
        attempt = forms[pick % len(forms)]
        try:
            if charged:
                self._charge(attempt, act, told=told)
            else:
                self._tell(attempt, act(attempt.checkout_id), told=told)
        except Refused:
            return

    def _charge(self, attempt: PaymentAttempt, act: Callable[[str], str], *, told: bool) -> None:
        transaction = act(attempt.checkout_id)
        self.model.orders[attempt.order_id].charged(attempt.amount.minor)
        self._tell(attempt, transaction, told=told)

    def _tell(self, attempt: PaymentAttempt, transaction: str, *, told: bool) -> None:
        """A message is on its way, unless it is lost."""
        if told:
            self.messages.append(self.shop.gateway.webhook(attempt.checkout_id, payment_id=transaction))


class PeacefulMachine(OrderMachine):
    """One order, and nothing goes wrong that is not its buyer's doing: who pays gets the seats."""

    troubled = False
    most_orders = 1


async def _survived(act: Coroutine[Any, Any, object]) -> None:
    try:
        await act
    except (DomainError, PortError):
        return
    except KillSignal:
        return
