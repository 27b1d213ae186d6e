"""What the page is about after a declined card, and when its time is up."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from tests.builders_payments import A_FORM, NOW, an_open_attempt
from typing_extensions import override

from muvi.adapters.memory.clock import FakeClock
from muvi.adapters.memory.database import MemoryDatabase
from muvi.adapters.memory.payments import MemoryPaymentViews
from muvi.application.payments.show_payment_page import PageState, ShowPaymentPage
from muvi.domain.orders.order import OrderStatus
from muvi.domain.payments.attempt_status import AttemptStatus
from muvi.domain.payments.front_end import DirectCharge
from muvi.domain.payments.report import Verdict
from muvi.ports.payments.views import PaymentPageView, PaymentViews

LATER = NOW + timedelta(seconds=90)


class OneView(PaymentViews):
    """Always the same page."""

    def __init__(self, view: PaymentPageView) -> None:
        self._view = view

    @override
    async def of(self, attempt_id: UUID) -> PaymentPageView | None:
        return self._view


async def state(**changes: object) -> PageState:
    """Of an attempt that was declined a moment ago, the next poll far away."""
    declined = {"status": AttemptStatus.FAILED, "last_verdict": Verdict.DECLINED, "another_card": True}
    return await shown(**{**declined, **changes})


async def at_its_end(**changes: object) -> PageState:
    """Of an attempt whose time is up, and of which nobody has said anything."""
    return await shown(**{"pay_by": NOW, "last_verdict": Verdict.UNPAID, **changes})


async def in_time(**changes: object) -> PageState:
    """Of an attempt that somebody told of, whose time is not up."""
    return await shown(
        **{"was_heard_of": True, "another_card": True, "order": OrderStatus.PENDING, **changes}
    )


async def shown(*, another: bool = False, **facts: object) -> PageState:
    database = MemoryDatabase()
    attempt = an_open_attempt()
    database.table("payment_attempts")[attempt.id] = attempt
    view = await MemoryPaymentViews(database).of(attempt.id)
    assert view is not None
    view = replace(view, **{"next_check_at": LATER, **facts})  # type: ignore[arg-type]
    page = ShowPaymentPage(OneView(view), FakeClock(NOW))
    return (await page(attempt.id, another=another)).state


async def test_a_declined_card_may_be_followed_by_another() -> None:
    assert await state() is PageState.DECLINED


async def test_not_where_another_card_would_pay_for_nothing() -> None:
    assert await state(another_card=False) is PageState.FAILED
    assert await state(pay_by=NOW) is PageState.FAILED
    assert await state(front=None) is PageState.FAILED


async def test_a_page_of_the_gateways_own_takes_no_card_after_its_last() -> None:
    """The reference is used up there: the form would be refused."""
    assert await state(front=A_FORM) is PageState.FAILED
    assert await state(front=A_FORM, next_check_at=NOW) is PageState.WAITING
    assert await state(front=A_FORM, status=AttemptStatus.PENDING) is PageState.PAYABLE


async def test_while_a_second_card_is_being_looked_at_none_is_asked_for() -> None:
    assert await state(next_check_at=NOW) is PageState.WAITING


@pytest.mark.parametrize("verdict", [Verdict.UNKNOWN, Verdict.PENDING, Verdict.UNPAID])
async def test_nor_while_the_gateways_answer_is_unclear(verdict: Verdict) -> None:
    assert await state(last_verdict=verdict) is PageState.WAITING


async def test_nobody_who_sent_no_card_waits_for_news_of_one() -> None:
    assert await at_its_end() is PageState.OVER
    assert await at_its_end(last_verdict=None) is PageState.OVER


@pytest.mark.parametrize("verdict", [None, *Verdict])
async def test_a_card_that_was_sent_is_waited_for_after_the_end_of_time(verdict: Verdict | None) -> None:
    """Whatever was answered so far: as long as the attempt is open, its end is not known."""
    assert await at_its_end(was_heard_of=True, last_verdict=verdict) is PageState.WAITING


@pytest.mark.parametrize("verdict", [Verdict.UNKNOWN, Verdict.PENDING])
async def test_so_is_one_that_a_poll_found(verdict: Verdict) -> None:
    assert await at_its_end(last_verdict=verdict) is PageState.WAITING


async def test_what_every_account_denies_is_over() -> None:
    denied = {"status": AttemptStatus.EXPIRED, "last_verdict": Verdict.NEVER_PAID}
    assert await at_its_end(was_heard_of=True, **denied) is PageState.OVER


OPEN_ENDS: tuple[dict[str, object], ...] = (
    {"next_check_at": NOW},
    {"last_verdict": Verdict.UNKNOWN},
    {"last_verdict": Verdict.PENDING},
)


@pytest.mark.parametrize("facts", OPEN_ENDS)
async def test_no_form_is_shown_in_time_while_the_end_of_a_card_is_open(facts: dict[str, object]) -> None:
    assert await in_time(**facts) is PageState.WAITING


@pytest.mark.parametrize("facts", OPEN_ENDS[:2])
async def test_a_poll_alone_keeps_nobody_from_paying(facts: dict[str, object]) -> None:
    """The twin of having heard: no card was told of, and a gateway that cannot answer says nothing of one."""
    assert await in_time(was_heard_of=False, **facts) is PageState.PAYABLE


async def test_a_card_that_a_poll_finds_at_the_bank_does() -> None:
    assert await in_time(was_heard_of=False, last_verdict=Verdict.PENDING) is PageState.WAITING


async def test_a_page_of_the_gateways_own_is_pending_as_soon_as_it_is_opened() -> None:
    """Whoever left it unpaid may go there again."""
    facts = {"front": A_FORM, "last_verdict": Verdict.PENDING}
    assert await in_time(was_heard_of=False, **facts) is PageState.PAYABLE
    assert await in_time(**facts) is PageState.WAITING


@pytest.mark.parametrize("verdict", [None, Verdict.UNPAID])
async def test_a_visit_without_a_card_does_not_take_the_form_away(verdict: Verdict | None) -> None:
    assert await in_time(last_verdict=verdict) is PageState.PAYABLE


@pytest.mark.parametrize("facts", OPEN_ENDS)
async def test_who_knows_of_the_first_card_may_choose_to_send_another(facts: dict[str, object]) -> None:
    assert await in_time(another=True, **facts) is PageState.ANOTHER
    assert await in_time(another=True, status=AttemptStatus.FAILED, **facts) is PageState.ANOTHER
    assert await in_time(another=True, front=A_FORM, **facts) is PageState.ANOTHER


@pytest.mark.parametrize(
    "facts",
    [
        {"another_card": False},
        {"pay_by": NOW},
        {"front": DirectCharge()},
        {"front": A_FORM, "status": AttemptStatus.FAILED},
    ],
)
async def test_but_not_where_another_would_pay_for_nothing(facts: dict[str, object]) -> None:
    assert await in_time(another=True, last_verdict=Verdict.UNKNOWN, **facts) is PageState.WAITING


async def test_the_choice_is_heard_before_the_server_knows_of_the_first_card() -> None:
    """The browser that sent it knows."""
    assert await in_time(another=True, was_heard_of=False) is PageState.ANOTHER


async def test_the_choice_changes_nothing_else() -> None:
    assert await state(another=True) is PageState.DECLINED
    assert await shown(another=True, status=AttemptStatus.CAPTURED) is PageState.PAID
    assert await at_its_end(another=True) is PageState.OVER


@pytest.mark.parametrize("status", [OrderStatus.EXPIRED, OrderStatus.CANCELLED])
async def test_an_order_that_is_gone_is_paid_for_by_nobody(status: OrderStatus) -> None:
    """Whoever sent a card that nobody heard of is told that no money came; the twins are the tests above,
    where the order waits.
    """
    assert await at_its_end(order=status) is PageState.ENDED
    assert await at_its_end(order=status, was_heard_of=True) is PageState.ENDED
    assert await shown(order=status) is PageState.ENDED
    assert await state(order=status, another_card=False) is PageState.ENDED


@pytest.mark.parametrize("facts", OPEN_ENDS)
async def test_but_a_card_under_way_is_waited_for_even_then(facts: dict[str, object]) -> None:
    assert await in_time(order=OrderStatus.EXPIRED, another_card=False, **facts) is PageState.WAITING
    assert await at_its_end(order=OrderStatus.EXPIRED, **facts) is PageState.WAITING


@pytest.mark.parametrize("status", [OrderStatus.CONFIRMED, OrderStatus.COMPLETED])
async def test_what_another_payment_bought_is_not_asked_for_again(status: OrderStatus) -> None:
    assert await shown(order=status) is PageState.PAID
    assert await state(order=status, another_card=False) is PageState.PAID


async def test_nobody_is_promised_tickets_for_an_order_that_is_gone() -> None:
    paid = {"status": AttemptStatus.CAPTURED}
    assert await shown(order=OrderStatus.EXPIRED, **paid) is PageState.WAITING
    assert await shown(order=OrderStatus.CANCELLED, **paid) is PageState.RETURNING
    assert await shown(order=OrderStatus.PENDING, **paid) is PageState.PAID


@pytest.mark.parametrize("order", [OrderStatus.PENDING, OrderStatus.EXPIRED, OrderStatus.CONFIRMED])
async def test_nor_for_money_that_goes_back(order: OrderStatus) -> None:
    """The twin is the test above, where no refund has claimed it."""
    paid = {"status": AttemptStatus.CAPTURED, "goes_back": True, "order": order}
    assert await shown(**paid) is PageState.RETURNING
    assert await shown(**{**paid, "status": AttemptStatus.REFUNDED}) is PageState.REFUNDED
