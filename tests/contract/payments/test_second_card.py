"""Cards one after the other on one form of HyperPay: whoever has paid is told so at once, although the
gateway may be asked twice a minute.

The sandbox with its knobs untouched and its own clock, the use cases around the real adapter. Each guard has
a twin without it, in which the buyer waits.
"""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime

import pytest
from tests.contract.payments.gateways import HyperPayScene
from tests.unit.payments.test_hyperpay_webhook import sealed
from tests.unit.payments.world import PaymentsWorld

from muvi.adapters.kit.gateways import FixedGateways
from muvi.adapters.payments.hyperpay import checking
from muvi.adapters.payments.hyperpay.reports import Reports
from muvi.application.payments.check_payment import CheckPayment
from muvi.application.payments.due_work import ClaimDueAttempts
from muvi.application.payments.note_return import NoteReturn, NoteReturnCommand
from muvi.application.payments.receive_webhook import ReceiveWebhook, ReceiveWebhookCommand
from muvi.domain.payments.attempt import PaymentAttempt
from muvi.domain.payments.attempt_status import AttemptStatus
from muvi.domain.payments.report import PaymentReport, Verdict
from muvi.ports.payments.gateway import PaymentToCheck
from muvi_sandbox.config import WEBHOOK_KEY

ONE_CARD = ("pending", "refused", "debit")
LAG_S = 10
"""A buyer whose card is the third within a minute waits for the gateway's report; seconds of the sandbox."""


class Form(PaymentsWorld):
    """The use cases around HyperPay, one form and its buyer."""

    def __init__(self, scene: HyperPayScene) -> None:
        super().__init__()
        self.scene = scene
        self.clock = scene.clock  # type: ignore[assignment]
        self.gateway = scene.gateway  # type: ignore[assignment]
        gateways = FixedGateways(scene.gateway)
        self.receive = ReceiveWebhook(self.begin, gateways, self.clock, self.ids)
        self.note_return = NoteReturn(self.begin, gateways, self.clock)
        self.check = CheckPayment(self.begin, gateways, self.clock)
        self._due_attempts = ClaimDueAttempts(self.begin, self.clock)
        self.form: PaymentAttempt

    async def start(self) -> Form:
        self.form = await self.opened(gateway="hyperpay")
        return self

    async def now(self) -> PaymentAttempt:
        return await self.attempt(self.form.id)

    async def submit(self, act: Callable[[str], Awaitable[None]]) -> None:
        await act(self.form.checkout_id)

    async def told(self) -> None:
        """The message about what happened last."""
        row = (await self.scene.truth(*ONE_CARD))[-1]
        named = ("id", "paymentType", "merchantTransactionId")
        payload = {name: row[name] for name in named} | {"result": {"code": row["code"]}}
        headers, body = sealed({"type": "PAYMENT", "payload": payload}, WEBHOOK_KEY)
        await self.receive(ReceiveWebhookCommand(gateway="hyperpay", headers=headers, body=body))

    async def comes_back(self) -> None:
        await self.note_return(NoteReturnCommand(gateway="hyperpay", attempt_id=self.form.id))

    async def passes(self, seconds: int) -> None:
        for _ in range(seconds):
            await self.scene.wait(seconds=1)
            await self.work()

    async def card(self, act: Callable[[str], Awaitable[None]]) -> None:
        """A card that needs no bank: the buyer is back before the message, as a browser is."""
        await self.submit(act)
        await self._end()

    async def challenged(self, *, yes: bool, seconds: int) -> None:
        """A card whose bank asks, and the buyer's answer after a while."""
        await self.submit(self.scene.challenge)
        await self.told()
        await self.work()
        await self.passes(seconds)
        result = "Y" if yes else "N"
        path = f"/hyperpay/3ds/{self.form.checkout_id}"
        assert (await self.scene.http.get(path, params={"result": result})).status_code == 303
        await self._end()

    async def _end(self) -> None:
        await self.comes_back()
        await self.work()
        await self.told()
        await self.work()

    async def waits(self, at_most: int) -> int:
        """Seconds until the buyer is told that the money was taken."""
        for second in itertools.count():
            if (await self.now()).is_paid:
                return second
            if second == at_most:
                return 10 * at_most
            await self.passes(1)
        raise AssertionError


@pytest.fixture
async def form(hyperpay: HyperPayScene) -> Form:
    return await Form(hyperpay).start()


Twin = Callable[[pytest.MonkeyPatch], None]


def hears_what_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PaymentAttempt, "knows", lambda *_, **__: False)


def asks_of_open_ends_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PaymentAttempt, "announce", PaymentAttempt.signal)


def keeps_no_call_for_news(monkeypatch: pytest.MonkeyPatch) -> None:
    real = checking.Checks.payment

    async def payment(checks: checking.Checks, asked: PaymentToCheck) -> PaymentReport:
        return await real(checks, replace(asked, news=True))

    monkeypatch.setattr(checking.Checks, "payment", payment)


def takes_an_answer_for_news(monkeypatch: pytest.MonkeyPatch) -> None:
    real = PaymentAttempt.signal

    def signal(attempt: PaymentAttempt, now: datetime, payment_id: str = "", **_: bool) -> None:
        real(attempt, now, payment_id)

    monkeypatch.setattr(PaymentAttempt, "signal", signal)


def asks_the_report_twice_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    real = Reports._wait_s

    async def wait_s(reports: Reports, key: str, entity: str, **_: bool) -> float:
        return await real(reports, key, entity, apart=False)

    monkeypatch.setattr(Reports, "_wait_s", wait_s)


def waits_for_the_last_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    waiting = property(lambda gathered: max(gathered.waits, default=None))
    monkeypatch.setattr(checking._Gathered, "wait_s", waiting)


async def declined_and_agreed(form: Form) -> int:
    await form.card(form.scene.decline)
    await form.passes(10)
    await form.challenged(yes=True, seconds=8)
    return await form.waits(60)


async def a_long_challenge(form: Form) -> int:
    await form.challenged(yes=True, seconds=48)
    return await form.waits(60)


async def told_while_asked(form: Form) -> int:
    """The message about a declined card comes while the gateway is asked because the buyer is back."""
    gateway, ask = form.scene.gateway, form.scene.gateway.check

    async def check(asked: PaymentToCheck) -> PaymentReport:
        report = await ask(asked)
        await form.told()
        return report

    gateway.check = check  # type: ignore[method-assign]
    await form.submit(form.scene.decline)
    await form.comes_back()
    await form.work()
    gateway.check = ask  # type: ignore[method-assign]
    await form.work()
    await form.passes(10)
    await form.card(form.scene.pay)
    return await form.waits(60)


async def three_cards(form: Form) -> int:
    await form.card(form.scene.decline)
    await form.passes(3)
    await form.challenged(yes=False, seconds=5)
    assert (await form.now()).last_verdict is Verdict.DECLINED
    await form.passes(4)
    await form.challenged(yes=True, seconds=5)
    return await form.waits(60)


STORIES = {
    declined_and_agreed: (hears_what_is_known, asks_of_open_ends_at_once),
    a_long_challenge: (keeps_no_call_for_news,),
    told_while_asked: (takes_an_answer_for_news,),
}
Story = Callable[[Form], Awaitable[int]]


@pytest.mark.parametrize("story", STORIES)
async def test_a_card_that_pays_is_known_with_its_buyers_return(form: Form, story: Story) -> None:
    assert await story(form) == 0
    assert len((await form.now()).captured) == 1


@pytest.mark.parametrize(("story", "twin"), [(story, twin) for story in STORIES for twin in STORIES[story]])
async def test_without_that_its_buyer_waits(
    form: Form, story: Story, twin: Twin, monkeypatch: pytest.MonkeyPatch
) -> None:
    twin(monkeypatch)
    assert await story(form) > 0


async def test_the_third_card_of_a_minute_is_known_as_soon_as_the_report_knows_it(form: Form) -> None:
    assert await three_cards(form) <= LAG_S


@pytest.mark.parametrize("twin", [asks_the_report_twice_at_once, waits_for_the_last_budget])
async def test_without_that_the_third_waits_for_the_next_minute(
    form: Form, twin: Twin, monkeypatch: pytest.MonkeyPatch
) -> None:
    twin(monkeypatch)
    assert await three_cards(form) > LAG_S


async def third_card_paid(form: Form) -> PaymentAttempt:
    """Two declined cards have used up the status; the third has paid a moment ago, without a message."""
    for _ in range(2):
        await form.card(form.scene.decline)
        await form.passes(4)
    await form.submit(form.scene.pay)
    await form.comes_back()
    await form.work()
    return await form.now()


async def test_a_card_that_the_report_lacks_is_not_taken_for_the_one_before(form: Form) -> None:
    """The page waits: a buyer who has paid is not asked for another card."""
    assert (await third_card_paid(form)).last_verdict is Verdict.UNKNOWN
    assert await form.waits(LAG_S) <= LAG_S


async def test_without_that_a_buyer_who_has_paid_is_asked_for_another_card(
    form: Form, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin."""
    monkeypatch.setattr(checking.Checks, "_tells_news", lambda *_: True)
    paid = await third_card_paid(form)
    assert (paid.status, paid.last_verdict) == (AttemptStatus.FAILED, Verdict.DECLINED)


async def test_a_third_card_that_is_declined_is_known_as_such(form: Form) -> None:
    for _ in range(2):
        await form.card(form.scene.decline)
        await form.passes(4)
    await form.card(form.scene.decline)
    await form.passes(LAG_S)
    found = await form.now()
    assert (found.last_verdict, len(found.declined_ids), found.unanswered) == (Verdict.DECLINED, 3, False)


async def test_money_of_two_tabs_is_found_though_every_message_is_lost(form: Form) -> None:
    await form.scene.knobs(paid_once=False)
    for act in (form.scene.decline, form.scene.pay, form.scene.pay):
        await form.submit(act)
        await form.comes_back()
        await form.work()
    await form.passes(46 * 60)
    assert len((await form.now()).captured) == 2
    assert await form.scene.taken_minor() == (await form.now()).captured_minor


async def test_an_announced_card_is_found_though_its_end_is_never_told(form: Form) -> None:
    """Neither message nor buyer: what was announced is looked for all the same."""
    await form.submit(form.scene.challenge)
    await form.told()
    path = f"/hyperpay/3ds/{form.form.checkout_id}"
    await form.scene.http.get(path, params={"result": "Y"})
    await form.work()
    assert (await form.now()).polls == 0
    await form.passes(31)
    assert (await form.now()).is_paid
