"""Money comes for seats whose claims have lapsed, and somebody else takes one before they are kept."""

from dataclasses import dataclass
from typing import Any

import pytest
from tests.builders_orders import (
    MINUTE,
    NOW,
    SEATS,
    SHOWTIME,
    a_checkout,
    a_record,
    an_id,
    an_order,
    two_seats,
)
from tests.builders_payments import a_report, a_transaction, an_open_attempt
from tests.contract.purchase_stores import PurchaseStore, SqlStore

from muvi.adapters.memory.clock import CountingIds, FakeClock
from muvi.application.orders.checkout_facts import Case, lock_case
from muvi.application.orders.checkout_steps import take_step
from muvi.domain.orders.checkout import CheckoutState, Step, decide
from muvi.domain.payments.refund import RefundStatus
from muvi.domain.payments.report import Verdict
from muvi.domain.shared.money import Money
from muvi.ports.seating.seat_claims import SeatClaims

ORDER, OTHER = an_id(1), an_id(2)
LATER = NOW + 6 * MINUTE
"""The order lives for four minutes more, its claims for none."""
TOTAL = Money(11500)


@dataclass
class Keeping:
    """A step that keeps the money, and what it and the ones after it leave."""

    store: PurchaseStore

    async def paid(self) -> None:
        """Two seats, claimed for five minutes, and their money."""
        async with self.store.begin() as tx:
            order = an_order(lines=two_seats())
            order.attach(a_record())
            await tx.orders.add(order)
            await tx.orders.add(an_order(2))
            await tx.checkouts.add(a_checkout())
            attempt = an_open_attempt(order_id=ORDER, amount=TOTAL)
            await tx.attempts.add(attempt)
            report = a_report(Verdict.CAPTURED, a_transaction("t1", amount=TOTAL))
            await tx.attempts.record(attempt, report.transactions, NOW)
            attempt.apply(report, NOW, signals_seen=0)
            await tx.attempts.save(attempt)
            await tx.claims.claim(SHOWTIME, SEATS, order_id=ORDER, until=NOW + 5 * MINUTE, now=NOW)

    async def other_takes(self, tx: Any) -> None:  # noqa: ANN401  (any transaction of purchases)
        """In a phase of its own where there is more than one at a time."""
        taking: dict[str, Any] = {"order_id": OTHER, "until": LATER + 10 * MINUTE, "now": LATER}
        if not isinstance(self.store, SqlStore):
            assert await tx.claims.claim(SHOWTIME, SEATS[:1], **taking) == ()
            return
        async with self.store.begin() as another:
            assert await another.claims.claim(SHOWTIME, SEATS[:1], **taking) == ()

    async def keep(self, *, taken: bool) -> Case:
        """One phase: the case is read, perhaps a seat is taken, the money is kept."""
        await self.paid()
        async with self.store.begin() as tx:
            case = await lock_case(tx, ORDER)
            assert case is not None
            assert case.claims_held
            if taken:
                await self.other_takes(tx)
            await self.step(tx, case, Step.KEEP)
            await tx.orders.save(case.order)
            await tx.checkouts.save(case.checkout)
        return case

    async def step(self, tx: Any, case: Case, expected: Step) -> None:  # noqa: ANN401
        decision = decide(case.checkout, case.facts, LATER)
        assert decision.step is expected
        await take_step(tx, case, decision, LATER, CountingIds(FakeClock(LATER)))


@pytest.fixture
def keeping(store: PurchaseStore) -> Keeping:
    return Keeping(store)


async def test_what_nobody_took_is_completed(keeping: Keeping) -> None:
    case = await keeping.keep(taken=False)
    assert case.checkout.state is CheckoutState.COMPLETING
    claims = await keeping.store.claims(SHOWTIME)
    assert {claims[seat][:2] for seat in SEATS} == {(ORDER, "PAYING")}


async def test_money_for_a_seat_that_was_taken_meanwhile_goes_the_way_of_late_money(keeping: Keeping) -> None:
    case = await keeping.keep(taken=True)
    assert case.checkout.state is CheckoutState.RECLAIMING
    async with keeping.store.begin() as tx:
        again = await lock_case(tx, ORDER)
        assert again is not None
        await keeping.step(tx, again, Step.CLAIM_AGAIN)
        (refund,) = await tx.refunds.of_order(ORDER)
    assert (refund.status, refund.amount) == (RefundStatus.REQUESTED, TOTAL)
    assert again.checkout.state is CheckoutState.RELEASING
    claims = await keeping.store.claims(SHOWTIME)
    assert claims[SEATS[0]][:2] == (OTHER, "HELD")
    assert claims[SEATS[1]][:2] == (ORDER, "RELEASED")


async def test_twin_by_the_seats_read_before_a_foreign_one_is_completed(
    keeping: Keeping, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def pin(claims: SeatClaims, showtime_id: object, **facts: Any) -> tuple[object, ...]:  # noqa: ANN401
        await real(claims, showtime_id, **facts)
        return SEATS

    async with keeping.store.begin() as tx:
        kind = type(tx.claims)
    real = kind.pin
    monkeypatch.setattr(kind, "pin", pin)
    case = await keeping.keep(taken=True)
    assert case.checkout.state is CheckoutState.COMPLETING
    assert (await keeping.store.claims(SHOWTIME))[SEATS[0]][0] == OTHER
