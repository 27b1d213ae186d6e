"""A payment attempt: what ends it, what does not, and when it is asked about."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from tests.builders_payments import (
    A_FORM,
    NOW,
    PRICE,
    a_paid_attempt,
    a_report,
    a_transaction,
    a_whole_report,
    an_attempt,
    an_open_attempt,
)

from muvi.domain.payments.attempt import PaymentAttempt
from muvi.domain.payments.attempt_status import PAID, TRANSITIONS, AttemptEventKind, AttemptStatus
from muvi.domain.payments.capture import RefundExceedsCapture
from muvi.domain.payments.doubt import DOUBT_S, in_doubt
from muvi.domain.payments.front_end import USED_UP
from muvi.domain.payments.report import PaymentReport, ReportedTransaction, TransactionKind, Verdict
from muvi.domain.payments.watch import POLLS_S, payable_until
from muvi.domain.shared.money import Money

MINUTE = timedelta(minutes=1)
AFTER_WATCH = NOW + 46 * MINUTE


def test_a_capture_pays_the_attempt() -> None:
    attempt = an_open_attempt()
    events = attempt.apply(a_report(), NOW, signals_seen=0)
    assert attempt.status is AttemptStatus.CAPTURED
    assert [(event.kind, event.transaction_id) for event in events] == [(AttemptEventKind.CAPTURED, "t1")]


def test_a_declined_card_does_not_end_the_watch() -> None:
    attempt = an_open_attempt()
    attempt.apply(a_report(Verdict.DECLINED), NOW, signals_seen=0)
    assert attempt.status is AttemptStatus.FAILED
    assert attempt.next_check_at is not None


def test_a_second_card_on_a_declined_checkout_is_money() -> None:
    attempt = an_open_attempt()
    attempt.apply(a_report(Verdict.DECLINED), NOW, signals_seen=0)
    attempt.apply(a_report(), NOW + MINUTE, signals_seen=0)
    assert attempt.status is AttemptStatus.CAPTURED


def test_money_after_the_watch_is_money() -> None:
    attempt = an_open_attempt()
    attempt.apply(a_report(Verdict.NEVER_PAID), AFTER_WATCH, signals_seen=0)
    assert attempt.status is AttemptStatus.EXPIRED
    attempt.signal(AFTER_WATCH)
    attempt.apply(a_report(), AFTER_WATCH, signals_seen=1)
    assert attempt.status is AttemptStatus.CAPTURED


def test_never_paid_counts_only_after_the_watch() -> None:
    attempt = an_open_attempt()
    attempt.apply(a_report(Verdict.NEVER_PAID), NOW + 44 * MINUTE, signals_seen=0)
    assert attempt.status is AttemptStatus.PENDING
    attempt.apply(a_report(Verdict.NEVER_PAID), NOW + 45 * MINUTE, signals_seen=0)
    assert attempt.status is AttemptStatus.EXPIRED
    assert attempt.next_check_at is None


def test_who_denied_is_remembered_until_there_is_news() -> None:
    attempt = an_open_attempt()
    for names in (("e1", "e2"), ("e3",), ()):
        report = replace(a_report(Verdict.UNKNOWN, retry_after_s=60), denied=names)
        attempt.apply(report, AFTER_WATCH, signals_seen=0)
    assert attempt.denied_by == ("e1", "e2", "e3")
    attempt.signal(AFTER_WATCH, "p1")
    assert attempt.denied_by == ()


def test_what_was_denied_before_the_news_is_not_remembered() -> None:
    """The message came while the accounts were asked: they were asked too early."""
    attempt = an_open_attempt()
    attempt.signal(AFTER_WATCH, "p1")
    report = replace(a_report(Verdict.UNKNOWN), denied=("e1", "e2"))
    attempt.apply(report, AFTER_WATCH, signals_seen=0)
    assert attempt.denied_by == ()


def test_a_decline_known_everywhere_after_the_watch_ends_it() -> None:
    attempt = an_open_attempt()
    attempt.apply(a_report(Verdict.DECLINED), NOW + MINUTE, signals_seen=0)
    attempt.apply(a_report(Verdict.DECLINED), AFTER_WATCH, signals_seen=0)
    assert attempt.next_check_at is None


@pytest.mark.parametrize("verdict", [Verdict.NEVER_PAID, Verdict.DECLINED])
def test_a_form_may_be_posted_hours_later_and_is_looked_at_then(verdict: Verdict) -> None:
    attempt = an_open_attempt(front=A_FORM)
    at, looks = AFTER_WATCH, []
    while True:
        attempt.apply(a_report(verdict), at, signals_seen=0)
        if attempt.next_check_at is None:
            break
        at = attempt.next_check_at
        looks.append(at)
    assert looks == [NOW + 120 * MINUTE, NOW + timedelta(days=1)]


def test_money_found_by_a_late_look_is_money() -> None:
    attempt = an_open_attempt(front=A_FORM)
    attempt.apply(a_report(Verdict.NEVER_PAID), AFTER_WATCH, signals_seen=0)
    attempt.apply(a_whole_report(), NOW + 120 * MINUTE, signals_seen=0)
    assert (attempt.status, attempt.next_check_at) == (AttemptStatus.CAPTURED, None)


def test_doubt_never_ends_an_attempt() -> None:
    attempt = an_open_attempt()
    later = NOW
    for _ in range(300):
        assert attempt.next_check_at is not None
        later = attempt.next_check_at
        attempt.apply(a_report(Verdict.UNKNOWN), later, signals_seen=0)
    assert attempt.status is AttemptStatus.PENDING
    assert later > NOW + timedelta(days=2)


def test_two_captures_of_one_checkout_are_both_kept() -> None:
    attempt = an_open_attempt()
    rows = (a_transaction("t1"), a_transaction("t2"))
    events = attempt.apply(a_report(Verdict.CAPTURED, *rows), NOW, signals_seen=0)
    assert [capture.transaction_id for capture in attempt.captured] == ["t1", "t2"]
    assert attempt.captured_minor == 2 * PRICE.minor
    assert len(events) == 2


def test_the_same_capture_told_twice_is_one() -> None:
    attempt = a_paid_attempt()
    attempt.signal(NOW)
    assert attempt.apply(a_report(), NOW, signals_seen=1) == ()
    assert attempt.captured_minor == PRICE.minor


def test_a_capture_found_after_a_whole_refund_is_kept_too() -> None:
    attempt = a_paid_attempt()
    attempt.reserve_refund("t1", PRICE)
    attempt.refund_done("t1", PRICE)
    events = attempt.apply(a_report(Verdict.CAPTURED, a_transaction("t9")), NOW, signals_seen=0)
    assert [event.transaction_id for event in events] == ["t9"]
    assert attempt.captured[1].refundable == PRICE


def test_an_attempt_whose_opening_was_never_recorded_still_takes_money_that_is_found() -> None:
    attempt = an_attempt()
    attempt.apply(a_report(), NOW, signals_seen=0)
    assert attempt.status is AttemptStatus.CAPTURED


def test_an_authorisation_is_not_a_capture() -> None:
    attempt = an_open_attempt()
    row = a_transaction("a1", kind=TransactionKind.AUTHORIZATION)
    attempt.apply(a_report(Verdict.PENDING, row), NOW, signals_seen=0)
    assert attempt.status is AttemptStatus.AUTHORIZED
    assert attempt.captured == ()


def test_without_a_signal_it_is_asked_at_the_six_moments() -> None:
    attempt = an_open_attempt()
    asked = []
    while attempt.next_check_at is not None:
        asked.append((attempt.next_check_at - NOW).total_seconds())
        verdict = Verdict.NEVER_PAID if asked[-1] >= POLLS_S[-1] else Verdict.UNPAID
        attempt.apply(a_report(verdict), attempt.next_check_at, signals_seen=0)
    assert asked == [90, 240, 480, 900, 1800, 2700]


def test_a_signal_wants_a_check_now_and_a_few_soon_after_while_the_answer_is_unclear() -> None:
    attempt = an_open_attempt()
    attempt.signal(NOW, "p1")
    assert attempt.next_check_at == NOW
    assert attempt.payment_ids == ("p1",)
    attempt.apply(a_report(Verdict.UNKNOWN), NOW, signals_seen=1)
    assert attempt.next_check_at == NOW + timedelta(seconds=5)


def test_news_during_a_check_want_another_one() -> None:
    attempt = an_open_attempt()
    attempt.signal(NOW)
    seen = attempt.signals
    attempt.signal(NOW)
    attempt.apply(a_report(Verdict.DECLINED), NOW, signals_seen=seen)
    assert attempt.next_check_at == NOW


def test_once_paid_only_news_of_another_transaction_want_another_check() -> None:
    attempt = an_open_attempt()
    attempt.signal(NOW, "t1")
    attempt.apply(a_report(), NOW, signals_seen=0)
    assert attempt.next_check_at == attempt.watch_until
    attempt.signal(NOW, "t2")
    attempt.apply(a_report(), NOW, signals_seen=1)
    assert attempt.next_check_at == NOW


def test_money_is_looked_at_once_more_when_nobody_can_pay_the_checkout_any_more() -> None:
    attempt = a_paid_attempt()
    assert attempt.next_check_at == attempt.watch_until
    second = a_whole_report(a_transaction("t1"), a_transaction("t2"))
    events = attempt.apply(second, attempt.watch_until, signals_seen=0)
    assert [event.transaction_id for event in events] == ["t2"]
    assert attempt.next_check_at is None


def test_the_last_look_is_repeated_for_a_day_until_the_whole_list_was_seen() -> None:
    attempt = a_paid_attempt()
    moments = []
    while attempt.next_check_at is not None:
        moments.append(attempt.next_check_at)
        attempt.apply(a_report(Verdict.UNKNOWN), attempt.next_check_at, signals_seen=0)
    assert moments[1] - moments[0] == 15 * MINUTE
    assert timedelta(hours=23) < moments[-1] - NOW <= timedelta(hours=25)
    attempt = a_paid_attempt()
    attempt.apply(a_report(Verdict.UNKNOWN), AFTER_WATCH, signals_seen=0)
    attempt.apply(a_whole_report(), AFTER_WATCH + 15 * MINUTE, signals_seen=0)
    assert attempt.next_check_at is None


def test_a_whole_list_before_the_end_of_the_watch_is_not_the_last_word() -> None:
    attempt = an_open_attempt()
    attempt.apply(a_whole_report(), NOW, signals_seen=0)
    assert attempt.next_check_at == attempt.watch_until


def test_a_payment_that_was_heard_of_and_not_found_is_soon_asked_for_again() -> None:
    """The list runs late: what a message named is not forgotten because the other money is known."""
    attempt = a_paid_attempt()
    attempt.signal(NOW, "t2")
    attempt.apply(a_report(), NOW, signals_seen=1)
    assert attempt.next_check_at == NOW + timedelta(seconds=5)
    attempt.apply(a_whole_report(a_transaction("t1"), a_transaction("t2")), NOW, signals_seen=1)
    assert attempt.next_check_at == attempt.watch_until


def test_news_that_were_seen_do_not() -> None:
    """The twin: without the count, news during a check would look answered."""
    attempt = an_open_attempt()
    attempt.signal(NOW)
    attempt.signal(NOW)
    attempt.apply(a_report(Verdict.DECLINED), NOW, signals_seen=attempt.signals)
    assert attempt.next_check_at != NOW


def test_a_spent_budget_is_waited_for() -> None:
    attempt = an_open_attempt()
    attempt.signal(NOW)
    attempt.apply(a_report(Verdict.UNKNOWN, retry_after_s=60), NOW, signals_seen=1)
    assert attempt.next_check_at == NOW + MINUTE


def test_a_question_that_is_put_off_forgets_nothing_that_is_known() -> None:
    attempt = an_open_attempt()
    attempt.apply(a_report(Verdict.DECLINED), NOW, signals_seen=0)
    attempt.apply(a_report(Verdict.UNKNOWN, retry_after_s=60), NOW, signals_seen=0)
    assert attempt.last_verdict is Verdict.DECLINED
    attempt.signal(NOW)
    attempt.apply(a_report(Verdict.UNKNOWN, retry_after_s=60), NOW, signals_seen=1)
    assert attempt.last_verdict is Verdict.UNKNOWN, "somebody waits for an answer"


def test_word_of_a_card_whose_end_is_open_wants_a_look_later() -> None:
    attempt = an_open_attempt()
    attempt.apply(a_report(Verdict.DECLINED), NOW, signals_seen=0)
    attempt.announce(NOW, "p1")
    assert attempt.next_check_at == NOW + timedelta(seconds=30)
    assert (attempt.last_verdict, attempt.payment_ids) == (Verdict.UNKNOWN, ("d1", "p1"))
    assert (attempt.unanswered, attempt.news) == (False, False)


def test_word_of_an_open_end_takes_nothing_from_news_that_came_before() -> None:
    attempt = an_open_attempt()
    attempt.signal(NOW)
    attempt.announce(NOW + MINUTE, "p1")
    assert (attempt.next_check_at, attempt.unanswered, attempt.news) == (NOW, True, True)


def test_word_of_an_open_end_starts_a_watch_that_was_over() -> None:
    attempt = an_open_attempt()
    attempt.apply(a_report(Verdict.NEVER_PAID), AFTER_WATCH, signals_seen=0)
    attempt.announce(AFTER_WATCH, "p1")
    assert attempt.next_check_at == AFTER_WATCH + timedelta(seconds=30)


@pytest.mark.parametrize(
    ("ids", "wanted"),
    [(("d1",), False), (("d2",), True), (("",), True), (("d1", ""), True), (("d1", "d2"), True)],
    ids=["the answer's", "another's", "a visit", "the answer's and a visit", "the answer's and another's"],
)
def test_a_decline_told_during_a_check_that_tells_it_too_wants_no_other(
    ids: tuple[str, ...],
    wanted: bool,  # noqa: FBT001
) -> None:
    attempt = an_open_attempt()
    attempt.signal(NOW)
    attempt.take_lease(NOW, 15)
    for payment_id in ids:
        attempt.signal(NOW, payment_id, declined=bool(payment_id))
    attempt.apply(a_report(Verdict.DECLINED), NOW, signals_seen=1, heard=())
    assert (attempt.next_check_at == NOW) is wanted


@pytest.mark.parametrize("during", [True, False])
def test_a_message_that_says_more_than_was_fetched_is_news(
    during: bool,  # noqa: FBT001
) -> None:
    """Declined, says the gateway when it is asked; a message says something else of the same transaction."""
    attempt = an_open_attempt()
    if during:
        attempt.take_lease(NOW, 15)
        attempt.signal(NOW, "d1")
    attempt.apply(a_report(Verdict.DECLINED), NOW, signals_seen=0, heard=())
    assert (attempt.next_check_at == NOW) is during
    assert attempt.knows("d1", declined=True)
    assert not attempt.knows("d1")


def test_news_of_a_payment_during_a_check_that_leaves_it_open_want_another() -> None:
    attempt = an_open_attempt()
    attempt.signal(NOW, "p1")
    pending = a_report(Verdict.PENDING, a_transaction("p1", Verdict.PENDING))
    attempt.apply(pending, NOW, signals_seen=0, heard=())
    assert attempt.next_check_at == NOW


def test_one_lease_at_a_time() -> None:
    attempt = an_open_attempt()
    assert attempt.take_lease(NOW, 30)
    assert not attempt.take_lease(NOW + timedelta(seconds=29), 30)
    assert attempt.take_lease(NOW + timedelta(seconds=30), 30)
    attempt.apply(a_report(Verdict.UNPAID), NOW, signals_seen=0)
    assert attempt.take_lease(NOW, 30)


def test_a_second_pay_meets_the_same_checkout_only_while_it_is_open_in_time_and_for_the_same_amount() -> None:
    attempt = an_open_attempt()
    assert attempt.usable(NOW, PRICE)
    assert not attempt.usable(NOW, Money(1))
    assert not attempt.usable(attempt.pay_by, PRICE)
    attempt.apply(a_report(Verdict.DECLINED), NOW, signals_seen=0)
    assert not attempt.usable(NOW, PRICE)


def test_cards_are_taken_until_a_minute_before_the_order_dies_and_for_25_minutes() -> None:
    assert payable_until(NOW + 10 * MINUTE, NOW) == NOW + 9 * MINUTE
    assert payable_until(NOW + 60 * MINUTE, NOW) == NOW + 25 * MINUTE


def test_a_checkout_that_never_opened_fails() -> None:
    attempt = an_attempt()
    attempt.not_opened(NOW, "200.300.404")
    assert attempt.status is AttemptStatus.FAILED
    assert attempt.next_check_at is None


def test_refunds_never_exceed_the_capture() -> None:
    attempt = a_paid_attempt()
    attempt.reserve_refund("t1", Money(5000))
    with pytest.raises(RefundExceedsCapture):
        attempt.reserve_refund("t1", Money(PRICE.minor - 5000 + 1))
    attempt.reserve_refund("t1", Money(PRICE.minor - 5000))
    with pytest.raises(RefundExceedsCapture):
        attempt.reserve_refund("t2", Money(1))


def test_without_the_reservation_two_refunds_would_exceed_the_capture() -> None:
    """The twin: each refund alone fits the money taken."""
    capture = a_paid_attempt().captured[0]
    alone = [capture.reserve(PRICE), capture.reserve(PRICE)]
    assert sum(one.reserved_minor for one in alone) > PRICE.minor


@pytest.mark.parametrize(("minor", "status"), [(1, "PARTIALLY_REFUNDED"), (PRICE.minor, "REFUNDED")])
def test_money_gone_back_shows_in_the_status(minor: int, status: str) -> None:
    attempt = a_paid_attempt()
    attempt.reserve_refund("t1", Money(minor))
    attempt.refund_done("t1", Money(minor))
    assert attempt.status == status


class AttemptMachine(RuleBasedStateMachine):
    """Any order of reports, signals, refunds and clock moves keeps money and leaves legal states."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.attempt = an_open_attempt()
        self.taken: set[str] = set()
        self.seen = [self.attempt.status]

    @rule(verdict=st.sampled_from(list(Verdict)), retry=st.none() | st.floats(0, 100), stale=st.booleans())
    def report(self, *, verdict: Verdict, retry: float | None, stale: bool) -> None:
        report = a_report(verdict, retry_after_s=retry)
        self.taken |= {row.id for row in report.captures}
        seen = self.attempt.signals - (1 if stale and self.attempt.signals else 0)
        self.attempt.apply(report, self.now, signals_seen=seen)

    @rule(name=st.sampled_from(["t1", "t2", "t3"]))
    def capture(self, name: str) -> None:
        self.taken.add(name)
        self.attempt.apply(a_report(Verdict.CAPTURED, a_transaction(name)), self.now, signals_seen=0)

    @rule()
    def signal(self) -> None:
        self.attempt.signal(self.now)
        assert self.attempt.next_check_at is not None
        assert self.attempt.next_check_at <= self.now

    @rule(seconds=st.integers(1, 4000))
    def wait(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(minor=st.integers(1, PRICE.minor), done=st.booleans())
    def refund(self, *, minor: int, done: bool) -> None:
        for capture in self.attempt.captured:
            if capture.refundable.minor >= minor:
                self.attempt.reserve_refund(capture.transaction_id, Money(minor))
                if done:
                    self.attempt.refund_done(capture.transaction_id, Money(minor))
                return

    @invariant()
    def money_is_kept(self) -> None:
        assert {capture.transaction_id for capture in self.attempt.captured} == self.taken
        assert bool(self.taken) == (self.attempt.status in PAID)
        for capture in self.attempt.captured:
            assert 0 <= capture.refunded_minor <= capture.reserved_minor <= capture.amount.minor

    @invariant()
    def states_are_legal(self) -> None:
        before, after = self.seen[-1], self.attempt.status
        if before is not after:
            ways = TRANSITIONS[before]
            assert after in ways or any(after in TRANSITIONS[way] for way in ways)
        self.seen.append(after)

    @invariant()
    def an_unpaid_attempt_is_watched_to_the_end_of_its_watch(self) -> None:
        if self.attempt.status not in PAID and self.now < self.attempt.watch_until:
            assert self.attempt.next_check_at is not None


TestAttemptMachine = AttemptMachine.TestCase
TestAttemptMachine.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)


def refused_form() -> PaymentAttempt:
    """The gateway took the form no more, and a visit said so."""
    attempt = an_open_attempt(front=A_FORM)
    attempt.last_code = USED_UP
    attempt.signal(NOW)
    return attempt


ON_PAGE = replace(a_report(Verdict.PENDING), page_only=True)


@pytest.mark.parametrize(
    ("report", "another"),
    [
        (a_report(Verdict.UNPAID), True),
        (ON_PAGE, True),
        (a_report(Verdict.PENDING), False),
        (a_report(Verdict.UNKNOWN), False),
        (a_report(Verdict.UNKNOWN, retry_after_s=60), False),
        (a_report(Verdict.CAPTURED), False),
    ],
)
def test_a_form_is_replaced_once_nothing_was_taken_by_it(
    report: PaymentReport,
    another: bool,  # noqa: FBT001
) -> None:
    attempt = refused_form()
    attempt.apply(report, NOW, signals_seen=attempt.signals)
    assert (attempt.pay_by == NOW) is another


def test_an_unclear_answer_leaves_that_to_the_next_one() -> None:
    attempt = refused_form()
    attempt.apply(a_report(Verdict.UNKNOWN), NOW, signals_seen=1)
    attempt.apply(a_report(Verdict.UNPAID), NOW, signals_seen=1)
    assert (attempt.pay_by, attempt.last_code) == (NOW, "unpaid")


def test_an_answer_to_a_question_of_before_the_visit_replaces_no_form() -> None:
    attempt = refused_form()
    attempt.apply(a_report(Verdict.UNPAID), NOW, signals_seen=0)
    assert (attempt.pay_by > NOW, attempt.last_code) == (True, USED_UP)


def test_a_form_that_was_not_refused_stays() -> None:
    """The twin."""
    attempt = an_open_attempt(front=A_FORM)
    attempt.apply(a_report(Verdict.UNPAID), NOW, signals_seen=0)
    assert attempt.pay_by > NOW


@pytest.mark.parametrize(
    "rows", [(), (a_transaction(kind=TransactionKind.AUTHORIZATION),)], ids=["another's", "reserved"]
)
def test_money_that_cannot_be_kept_is_in_doubt(rows: tuple[ReportedTransaction, ...]) -> None:
    """A row that another attempt holds is left out; what is only reserved may never be taken."""
    attempt = an_open_attempt()
    told = PaymentReport(verdict=Verdict.CAPTURED, transactions=rows)
    late = attempt.watch_until + timedelta(seconds=DOUBT_S)
    attempt.apply(told, late - timedelta(minutes=1), signals_seen=0)
    assert (attempt.is_paid, attempt.last_verdict) == (False, Verdict.UNKNOWN)
    assert in_doubt(attempt, late)
