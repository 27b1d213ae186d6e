"""The decision table of the checkout: every state, every combination of facts."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.builders_orders import MINUTE, NOW, SECOND, a_checkout, an_id

from muvi.domain.orders.checkout import (
    BOOKING_GRACE_S,
    LATE_CHECK_S,
    MONEY_WAITS_S,
    PATIENCE_S,
    CaptureFact,
    Checkout,
    CheckoutFacts,
    CheckoutState,
    Decision,
    Step,
    decide,
    without_booking,
)
from muvi.domain.orders.order import Operation, OperationKind, OrderStatus

END = NOW + 10 * MINUTE
MONEY = CaptureFact(attempt_id=an_id(7), transaction="t1", amount_minor=11500, currency="SAR")
OTHER = CaptureFact(attempt_id=an_id(8), transaction="t2", amount_minor=11500, currency="SAR")
S, T = CheckoutState, Step


def a_case(**changes: object) -> CheckoutFacts:
    """An order with seats in both systems that waits for its buyer."""
    facts = {
        "status": OrderStatus.PENDING,
        "expires_at": END,
        "total_minor": 11500,
        "currency": "SAR",
        "claims_held": True,
        "box_order_expires_at": END,
    }
    return CheckoutFacts(**{**facts, **changes})  # type: ignore[arg-type]


def step(state: CheckoutState = S.OPEN, now: datetime = NOW, **facts: object) -> Step:
    return decision(state, now, **facts).step


def decision(state: CheckoutState = S.OPEN, now: datetime = NOW, **facts: object) -> Decision:
    return decide(a_checkout(state=state), a_case(**facts), now)


def settled(capture: CaptureFact) -> CaptureFact:
    return CaptureFact(
        attempt_id=capture.attempt_id,
        transaction=capture.transaction,
        amount_minor=capture.amount_minor,
        currency=capture.currency,
        settled=True,
    )


def test_an_open_order_waits_until_its_end() -> None:
    assert decision() == Decision(step=T.WAIT, until=END)


@pytest.mark.parametrize(
    ("kind", "lapsed"), [(OperationKind.SEATS, T.FOLLOW), (OperationKind.PAY, T.DROP_OPERATION)]
)
def test_an_operation_is_waited_for_and_then_followed(kind: OperationKind, lapsed: Step) -> None:
    flight = {"operation": kind, "operation_deadline": NOW + MINUTE}
    assert decision(**flight) == Decision(step=T.WAIT, until=NOW + MINUTE)
    with_money = {**flight, "captures": (MONEY,)}
    assert decision(**with_money) == Decision(step=T.WAIT, until=NOW + timedelta(seconds=MONEY_WAITS_S))
    assert decision(now=NOW + 59 * SECOND, **with_money).until == NOW + MINUTE
    assert step(now=NOW + MINUTE, **with_money) is lapsed
    assert step(now=NOW + MINUTE, **flight) is lapsed
    assert step(now=END + MINUTE, **flight) is lapsed


def test_a_box_office_that_stays_away_is_followed_until_its_order_has_surely_ended() -> None:
    lapsed = {"operation": OperationKind.SEATS, "operation_deadline": NOW, "box_order_expires_at": END}
    end = END + timedelta(seconds=BOOKING_GRACE_S)
    assert step(now=end - SECOND, **lapsed) is T.FOLLOW
    assert step(now=end, **lapsed) is T.DROP_OPERATION
    assert step(now=end, **{**lapsed, "operation_deadline": end + SECOND}) is T.WAIT, "it lives still"
    assert step(now=end, **{**lapsed, "box_order_expires_at": None}) is T.FOLLOW, "there is nothing to ask"


@pytest.mark.parametrize("now", [NOW, END + MINUTE])
def test_money_is_kept_or_given_back_before_anything_else(now: datetime) -> None:
    assert decision(now=now, captures=(MONEY,)) == Decision(step=T.KEEP, capture=MONEY)
    assert decision(now=now, captures=(MONEY,), total_minor=11501).step is T.RETURN_MONEY
    assert decision(now=now, captures=(MONEY,), currency="KWD").step is T.RETURN_MONEY
    assert decision(now=now, captures=(settled(MONEY), OTHER)).capture == OTHER


def test_an_order_over_is_let_go() -> None:
    assert step(now=END) is T.LET_GO
    assert step(now=END, box_order_expires_at=None) is T.LET_GO
    assert step(now=END, captures=(settled(MONEY),)) is T.LET_GO


def test_an_open_payment_is_looked_at_once_more(request: pytest.FixtureRequest) -> None:
    """Purchase-flow A13."""
    box_end = END + MINUTE
    open_form = {"attempt_open": True, "attempt_undecided": True, "box_order_expires_at": box_end}
    assert decision(now=END, **open_form) == Decision(step=T.ASK_PAYMENT, until=END + 20 * SECOND)
    before = {**open_form, "attempt_checked_at": END - SECOND}
    assert step(now=END, **before) is T.ASK_PAYMENT
    checked = {**open_form, "attempt_checked_at": END}
    assert decision(now=END, **checked) == Decision(step=T.WAIT, until=box_end)
    assert step(now=box_end, **checked) is T.LET_GO
    assert step(now=END, **{**checked, "attempt_undecided": False}) is T.LET_GO
    latest = box_end + timedelta(seconds=LATE_CHECK_S)
    assert decision(now=latest - SECOND, **open_form) == Decision(step=T.ASK_PAYMENT, until=latest)
    assert step(now=latest, **open_form) is T.LET_GO


def test_completing_needs_a_box_office_order() -> None:
    assert step(S.COMPLETING) is T.COMPLETE
    assert step(S.COMPLETING, box_order_expires_at=None) is T.CLAIM_AGAIN


def test_an_unknown_outcome_is_asked_for_until_patience_ends() -> None:
    end = NOW + timedelta(seconds=PATIENCE_S)
    assert step(S.RESOLVING, end - SECOND) is T.ASK_BOOKING
    assert step(S.RESOLVING, end) is T.CALL_PERSON


def test_late_money_claims_orders_and_gives_up() -> None:
    end = NOW + timedelta(seconds=PATIENCE_S)
    assert step(S.RECLAIMING, claims_held=False) is T.CLAIM_AGAIN
    assert step(S.RECLAIMING, box_order_expires_at=None) is T.REORDER
    assert step(S.RECLAIMING, end - SECOND) is T.REORDER
    kept = a_checkout(state=S.RECLAIMING, kept_transaction="t1")
    assert decide(kept, a_case(captures=(settled(MONEY),)), end) == Decision(
        step=T.RETURN_MONEY, capture=settled(MONEY)
    )


def test_letting_go_tells_the_box_office_first() -> None:
    assert step(S.RELEASING) is T.CANCEL
    assert step(S.RELEASING, box_order_expires_at=None) is T.CLOSE
    assert step(S.RELEASING, captures=(MONEY,)) is T.CANCEL


def test_after_the_end_late_money_confirms_an_expired_order_only() -> None:
    late = {"captures": (MONEY,), "box_order_expires_at": None, "claims_held": False}
    assert step(S.IDLE, status=OrderStatus.EXPIRED, **late) is T.KEEP
    assert step(S.IDLE, status=OrderStatus.EXPIRED, total_minor=1, **late) is T.RETURN_MONEY
    assert step(S.IDLE, status=OrderStatus.CANCELLED, **late) is T.RETURN_MONEY
    assert step(S.IDLE, status=OrderStatus.CONFIRMED, **late) is T.RETURN_MONEY
    once = a_checkout(state=S.IDLE, kept_attempt_id=an_id(9))
    expired = a_case(status=OrderStatus.EXPIRED, **late)
    assert decide(once, expired, NOW).step is T.RETURN_MONEY
    assert decision(S.IDLE, status=OrderStatus.CONFIRMED) == Decision(step=T.WAIT)


def test_when_a_person_was_called_the_box_office_is_asked_all_the_same() -> None:
    assert step(S.MANUAL, captures=(MONEY,), box_order_expires_at=NOW) is T.ASK_BOOKING
    assert decision(S.MANUAL, captures=(MONEY,), box_order_expires_at=None) == Decision(step=T.WAIT)


def test_without_a_booking_the_order_is_repeated_or_waited_for() -> None:
    """Purchase-flow A19."""
    grace = END + timedelta(seconds=BOOKING_GRACE_S)
    assert without_booking(alive=True, box_order_expires_at=END, now=grace) is T.COMPLETE
    assert without_booking(alive=False, box_order_expires_at=END, now=grace - SECOND) is T.WAIT
    assert without_booking(alive=False, box_order_expires_at=END, now=grace) is T.ABANDON_BOX_ORDER
    assert without_booking(alive=False, box_order_expires_at=None, now=NOW) is T.ABANDON_BOX_ORDER


def test_coming_back_takes_longer_each_time() -> None:
    checkout, waits = a_checkout(), []
    for _ in range(8):
        checkout.again(NOW)
        assert checkout.next_at is not None
        waits.append((checkout.next_at - NOW).total_seconds())
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]
    checkout.enter(S.RELEASING, END)
    assert (checkout.attempts, checkout.since, checkout.next_at) == (0, END, END)


@pytest.mark.parametrize(
    ("due", "rests"), [(NOW + MINUTE, END), (None, END), (NOW, NOW), (NOW + SECOND, NOW + SECOND)]
)
def test_after_an_operation_a_process_rests_unless_it_was_woken(
    due: datetime | None, rests: datetime
) -> None:
    operation = Operation(id=an_id(5), kind=OperationKind.PAY, deadline=NOW + MINUTE)
    checkout = a_checkout(next_at=due)
    checkout.rest_until(END, operation=operation)
    assert checkout.next_at == rests


moments = st.integers(-4000, 8000).map(lambda seconds: NOW + seconds * SECOND)
captures = st.builds(
    CaptureFact,
    attempt_id=st.sampled_from([an_id(7), an_id(8)]),
    transaction=st.sampled_from(["t1", "t2", "t3"]),
    amount_minor=st.sampled_from([11500, 5500]),
    currency=st.sampled_from(["SAR", "KWD"]),
    settled=st.booleans(),
)
cases = st.builds(
    CheckoutFacts,
    status=st.sampled_from(OrderStatus),
    expires_at=moments,
    total_minor=st.just(11500),
    currency=st.just("SAR"),
    claims_held=st.booleans(),
    operation=st.none() | st.sampled_from(OperationKind),
    operation_deadline=st.none() | moments,
    box_order_expires_at=st.none() | moments,
    captures=st.lists(captures, max_size=3).map(tuple),
    attempt_open=st.booleans(),
    attempt_checked_at=st.none() | moments,
    attempt_undecided=st.booleans(),
)
processes = st.builds(
    Checkout,
    order_id=st.just(an_id(1)),
    state=st.sampled_from(CheckoutState),
    since=moments,
    next_at=st.none() | moments,
    target=st.sampled_from([OrderStatus.EXPIRED, OrderStatus.CANCELLED]),
    kept_attempt_id=st.none() | st.just(an_id(7)),
    kept_transaction=st.sampled_from(["", "t1"]),
)


@settings(max_examples=700, deadline=None)
@given(checkout=processes, facts=cases, now=moments)
def test_every_combination_of_facts_has_a_next_step(
    checkout: Checkout, facts: CheckoutFacts, now: datetime
) -> None:
    before = {name: getattr(checkout, name) for name in checkout.__dataclass_fields__}
    found = decide(checkout, facts, now)
    assert {name: getattr(checkout, name) for name in before} == before, "deciding changes nothing"
    if found.step is T.KEEP:
        assert found.capture is not None
        assert not found.capture.settled
        assert (found.capture.amount_minor, found.capture.currency) == (facts.total_minor, facts.currency)
        assert checkout.state is S.OPEN or facts.status is OrderStatus.EXPIRED
    if found.step is T.WAIT and found.until is not None:
        assert found.until > now, "nobody waits for the past"
    if checkout.state in (S.COMPLETING, S.RESOLVING, S.RELEASING):
        assert found.step not in (T.KEEP, T.LET_GO, T.WAIT)


@settings(max_examples=300, deadline=None)
@given(checkout=processes, facts=cases, now=moments)
def test_every_state_comes_to_rest(checkout: Checkout, facts: CheckoutFacts, now: datetime) -> None:
    """With answers that never help, every process waits for somebody, or has come to an end."""
    model = Model(checkout, facts, now)
    for _ in range(9000):
        found = decide(model.checkout, model.facts, model.now)
        if model.checkout.state is S.MANUAL or (found.step is T.WAIT and found.until is None):
            assert model.checkout.state in (S.IDLE, S.MANUAL)
            return
        model.take(found)
    raise AssertionError(f"{checkout} never rests")


class Model:
    """What the steps do to the facts, when the box office is silent and nobody pays any more."""

    def __init__(self, checkout: Checkout, facts: CheckoutFacts, now: datetime) -> None:
        self.checkout = checkout
        self.now = max(now, checkout.since)
        self._facts = {name: getattr(facts, name) for name in facts.__dataclass_fields__}

    @property
    def facts(self) -> CheckoutFacts:
        return CheckoutFacts(**self._facts)

    def take(self, found: Decision) -> None:  # noqa: C901, PLR0912  (one branch per step)
        match found.step:
            case T.WAIT:
                assert found.until is not None
                self.now = found.until
            case T.FOLLOW | T.DROP_OPERATION:
                self._facts["operation"] = None
            case T.ASK_PAYMENT:
                assert found.until is not None
                assert found.until >= self.now
                self.now = max(found.until, self.now + SECOND)
            case T.KEEP:
                assert found.capture is not None
                self.checkout.kept_attempt_id = found.capture.attempt_id
                self.checkout.kept_transaction = found.capture.transaction
                self._settle(found.capture)
                self.checkout.enter(S.RECLAIMING, self.now)
            case T.RETURN_MONEY:
                self._give_back(found.capture)
            case T.COMPLETE:
                self.checkout.state = S.RESOLVING
            case T.ASK_BOOKING | T.REORDER:
                self.now += MINUTE
            case T.CLAIM_AGAIN:
                self._facts["claims_held"] = True
                self.checkout.enter(S.RECLAIMING, self.now)
            case T.LET_GO:
                self.checkout.enter(S.RELEASING, self.now)
            case T.CANCEL:
                self._facts["box_order_expires_at"] = None
            case T.CLOSE:
                if self._facts["status"] is OrderStatus.PENDING:
                    self._facts["status"] = self.checkout.target
                self.checkout.enter(S.IDLE, self.now)
            case _:
                self.checkout.enter(S.MANUAL, self.now)

    def _settle(self, capture: CaptureFact) -> None:
        self._facts["captures"] = tuple(
            settled(one) if one is capture else one for one in self._facts["captures"]
        )

    def _give_back(self, capture: CaptureFact | None) -> None:
        if capture is None or capture.transaction == self.checkout.kept_transaction:
            self.checkout.enter(S.RELEASING, self.now)
        if capture is not None:
            self._settle(capture)
