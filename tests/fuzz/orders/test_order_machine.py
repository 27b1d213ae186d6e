"""Any order of what buyers, gateways, box offices, clocks and dying processes do: the model stays right.

The twins switch one guard of the purchase off each, and then the same machine finds a run that goes wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test
from tests.fuzz.orders.machine import OrderMachine, PeacefulMachine

from muvi.adapters.memory.seating import MemorySeatClaims
from muvi.application.orders import advance_checkout, learned
from muvi.application.orders.box_office_steps import BoxOfficeSteps
from muvi.domain.orders.checkout import (
    Checkout,
    CheckoutFacts,
    CheckoutState,
    Decision,
    Step,
    decide,
)
from muvi.domain.orders.order import OrderStatus
from muvi.domain.payments.attempt import PaymentAttempt
from muvi.domain.payments.report import PaymentReport, Verdict

PEACEFUL_STEPS = 12
"""Few, so that a run ends before somebody by chance mends what went wrong."""
WAIT = Decision(step=Step.WAIT)
Switch = Callable[[pytest.MonkeyPatch], None]


def test_the_purchase_keeps_to_the_model(runs: settings) -> None:
    run_state_machine_as_test(OrderMachine, settings=runs)


def test_who_pays_alone_and_in_peace_gets_the_seats(runs: settings) -> None:
    run_state_machine_as_test(PeacefulMachine, settings=settings(runs, stateful_step_count=PEACEFUL_STEPS))


def second_money_is_kept(patch: pytest.MonkeyPatch) -> None:
    def deaf(checkout: Checkout, facts: CheckoutFacts, now: datetime) -> Decision:
        confirmed = checkout.state is CheckoutState.IDLE and facts.status is OrderStatus.CONFIRMED
        return WAIT if confirmed else decide(checkout, facts, now)

    patch.setattr(advance_checkout, "decide", deaf)


def late_money_is_kept(patch: pytest.MonkeyPatch) -> None:
    def deaf(checkout: Checkout, facts: CheckoutFacts, now: datetime) -> Decision:
        over = facts.status in (OrderStatus.EXPIRED, OrderStatus.CANCELLED)
        return WAIT if over and checkout.state is CheckoutState.IDLE else decide(checkout, facts, now)

    patch.setattr(advance_checkout, "decide", deaf)


def orders_never_expire(patch: pytest.MonkeyPatch) -> None:
    def patient(checkout: Checkout, facts: CheckoutFacts, now: datetime) -> Decision:
        found = decide(checkout, facts, now)
        return WAIT if found.step in (Step.LET_GO, Step.ASK_PAYMENT) else found

    patch.setattr(advance_checkout, "decide", patient)


def a_lost_completion_is_none(patch: pytest.MonkeyPatch) -> None:
    async def never(*_: object) -> Any:  # noqa: ANN401  a Record
        return learned.back_to_completing

    patch.setattr(BoxOfficeSteps, "_ask_booking", never)


def seats_stay_claimed(patch: pytest.MonkeyPatch) -> None:
    async def keep(*_: object, **__: object) -> None:
        return None

    patch.setattr(MemorySeatClaims, "release", keep)


def messages_want_nothing(patch: pytest.MonkeyPatch) -> None:
    """And nobody asks by himself: money is never heard of."""
    for hearing in ("signal", "announce"):
        patch.setattr(PaymentAttempt, hearing, lambda *_, **__: None)
    patch.setattr("muvi.domain.payments.attempt.next_poll", lambda now, **_: now.replace(year=now.year + 9))


def a_decline_ends_the_watch(patch: pytest.MonkeyPatch) -> None:
    """As if no second card could pay the same form."""
    sound = PaymentAttempt._denied

    def at_once(attempt: PaymentAttempt, report: PaymentReport, now: datetime) -> bool:
        return report.verdict is Verdict.DECLINED or sound(attempt, report, now)

    patch.setattr(PaymentAttempt, "_denied", at_once)


def money_is_always_returned(patch: pytest.MonkeyPatch) -> None:
    """Nobody loses a halala, and nobody gets a seat."""

    def timid(checkout: Checkout, facts: CheckoutFacts, now: datetime) -> Decision:
        found = decide(checkout, facts, now)
        return replace(found, step=Step.RETURN_MONEY) if found.step is Step.KEEP else found

    patch.setattr(advance_checkout, "decide", timid)


SWITCHES: tuple[Switch, ...] = (
    second_money_is_kept,
    late_money_is_kept,
    orders_never_expire,
    a_lost_completion_is_none,
    seats_stay_claimed,
    messages_want_nothing,
)
PEACEFUL_SWITCHES: tuple[Switch, ...] = (a_decline_ends_the_watch, money_is_always_returned)


@pytest.mark.parametrize("switch", SWITCHES, ids=lambda one: one.__name__)
def test_without_a_guard_a_counterexample_is_found(
    switch: Switch, unshrunk: settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    switch(monkeypatch)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(OrderMachine, settings=unshrunk)


@pytest.mark.parametrize("switch", PEACEFUL_SWITCHES, ids=lambda one: one.__name__)
def test_without_a_guard_somebody_pays_for_nothing(
    switch: Switch, unshrunk: settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    switch(monkeypatch)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(
            PeacefulMachine, settings=settings(unshrunk, stateful_step_count=PEACEFUL_STEPS)
        )
