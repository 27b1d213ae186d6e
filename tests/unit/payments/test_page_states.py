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
from muvi.domain.payments.attempt_status import AttemptStatus
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


async def shown(**facts: object) -> PageState:
    database = MemoryDatabase()
    attempt = an_open_attempt()
    database.table("payment_attempts")[attempt.id] = attempt
    view = await MemoryPaymentViews(database).of(attempt.id)
    assert view is not None
    view = replace(view, **{"next_check_at": LATER, **facts})  # type: ignore[arg-type]
    page = ShowPaymentPage(OneView(view), FakeClock(NOW))
    return (await page(attempt.id)).state


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
