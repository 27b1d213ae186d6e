"""Webhooks, return visits and polls end in the same state, whatever is lost, doubled or out of order."""

import itertools
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from tests.builders_payments import PRICE, an_attempt, an_id
from tests.unit.payments.world import Killed, PaymentsWorld

from muvi.adapters.memory.gateway import Trouble
from muvi.application.payments.check_payment import CheckPaymentCommand
from muvi.application.payments.note_return import NoteReturnCommand
from muvi.application.payments.receive_webhook import ReceiveWebhookCommand, WebhookFate
from muvi.application.payments.show_payment_page import PageState, PaymentNotFound
from muvi.domain.payments.attempt_status import AttemptStatus
from muvi.domain.shared.errors import NotFound
from muvi.ports.payments.gateway import WebhookForged, WebhookMalformed, WebhookNotice

World = PaymentsWorld


async def test_a_webhook_alone_settles(world: World) -> None:
    attempt = await world.opened()
    payment = world.gateway.pay(attempt.checkout_id)
    assert await world.hear(attempt.checkout_id, payment) is WebhookFate.KEPT
    assert (await world.attempt(attempt.id)).status is AttemptStatus.PENDING, "a message decides nothing"
    await world.work()
    assert (await world.attempt(attempt.id)).captured_minor == PRICE.minor
    assert attempt.order_id in world.table("woken")


async def test_a_return_visit_alone_settles(world: World) -> None:
    attempt = await world.opened()
    world.gateway.pay(attempt.checkout_id)
    noted = await world.note_return(NoteReturnCommand(gateway="memory", attempt_id=attempt.id))
    assert noted is not None
    assert noted.url == "https://shop.example/paid"
    assert (await world.attempt(attempt.id)).status is AttemptStatus.PENDING, "a visit decides nothing"
    await world.work()
    assert (await world.attempt(attempt.id)).is_paid


async def test_with_both_missing_the_poll_settles(world: World) -> None:
    attempt = await world.opened()
    world.gateway.pay(attempt.checkout_id)
    await world.later(85)
    assert not (await world.attempt(attempt.id)).is_paid
    await world.later(10)
    assert (await world.attempt(attempt.id)).is_paid


async def test_without_any_poll_the_money_would_be_forgotten(world: World) -> None:
    """The twin: nobody works, nobody knows."""
    attempt = await world.opened()
    world.gateway.pay(attempt.checkout_id)
    world.clock.advance(hours=2)
    assert not (await world.attempt(attempt.id)).is_paid


async def test_a_message_sent_twice_is_kept_once_and_wants_one_check(world: World) -> None:
    attempt = await world.opened()
    payment = world.gateway.pay(attempt.checkout_id)
    fates = [await world.hear(attempt.checkout_id, payment) for _ in range(3)]
    assert fates == [WebhookFate.KEPT, WebhookFate.DUPLICATE, WebhookFate.DUPLICATE]
    assert (await world.attempt(attempt.id)).signals == 1
    await world.work()
    assert len((await world.attempt(attempt.id)).captured) == 1


async def test_any_order_of_signals_ends_the_same(world: World) -> None:
    async def visit(attempt: object) -> None:
        await world.note_return(NoteReturnCommand(gateway="memory", attempt_id=attempt.id))

    async def message(attempt: object) -> None:
        await world.hear(attempt.checkout_id, payment)

    async def work(_: object) -> None:
        await world.work()

    steps: list[Callable[[object], Awaitable[None]]] = [visit, message, work]
    for number, order in enumerate(itertools.permutations(steps), start=1):
        attempt = await world.opened(number)
        payment = world.gateway.pay(attempt.checkout_id)
        for step in order:
            await step(attempt)
        await world.later(120)
        found = await world.attempt(attempt.id)
        assert (found.status, len(found.captured)) == (AttemptStatus.CAPTURED, 1)


async def test_declined_then_paid_on_one_checkout(world: World) -> None:
    attempt = await world.opened()
    await world.hear(attempt.checkout_id, world.gateway.decline(attempt.checkout_id))
    await world.work()
    assert (await world.attempt(attempt.id)).status is AttemptStatus.FAILED
    await world.hear(attempt.checkout_id, world.gateway.pay(attempt.checkout_id))
    await world.work()
    assert (await world.attempt(attempt.id)).status is AttemptStatus.CAPTURED


async def test_the_same_checkout_captured_twice_shows_both(world: World) -> None:
    attempt = await world.opened()
    await world.hear(attempt.checkout_id, world.gateway.pay(attempt.checkout_id))
    await world.work()
    world.table("woken").clear()
    await world.hear(attempt.checkout_id, world.gateway.capture_again(attempt.checkout_id))
    await world.later(30)
    assert len((await world.attempt(attempt.id)).captured) == 2
    assert attempt.order_id in world.table("woken")


async def test_an_unpaid_attempt_expires_after_the_watch(world: World) -> None:
    attempt = await world.opened()
    await world.later(46 * 60, step=30)
    found = await world.attempt(attempt.id)
    assert (found.status, found.next_check_at) == (AttemptStatus.EXPIRED, None)


async def test_an_unpaid_attempt_expires_though_there_are_more_accounts_than_questions(world: World) -> None:
    world.gateway.accounts = ("entity", "mada-entity", "wallet-entity")
    attempt = await world.opened()
    await world.later(47 * 60, step=30)
    found = await world.attempt(attempt.id)
    assert (found.status, found.next_check_at) == (AttemptStatus.EXPIRED, None)


async def test_an_attempt_that_forgets_who_denied_never_expires(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin."""
    world.gateway.accounts = ("entity", "mada-entity", "wallet-entity")
    ask = world.gateway.check
    monkeypatch.setattr(world.gateway, "check", lambda question: ask(replace(question, denied=())))
    attempt = await world.opened()
    await world.later(3 * 3600, step=60)
    found = await world.attempt(attempt.id)
    assert found.status is AttemptStatus.PENDING
    assert found.next_check_at is not None


async def test_money_after_the_watch_is_seen_by_its_message(world: World) -> None:
    attempt = await world.opened()
    payment = world.gateway.pay(attempt.checkout_id)
    world.gateway.fail("check", *[Trouble.UNAVAILABLE] * 6)
    await world.later(46 * 60, step=30)
    await world.hear(attempt.checkout_id, payment)
    await world.work()
    assert (await world.attempt(attempt.id)).is_paid


async def test_a_gateway_that_fails_leaves_everything_open(world: World) -> None:
    attempt = await world.opened()
    world.gateway.pay(attempt.checkout_id)
    world.gateway.fail("check", Trouble.UNAVAILABLE, Trouble.REFUSED, Trouble.LOST)
    await world.note_return(NoteReturnCommand(gateway="memory", attempt_id=attempt.id))
    await world.later(3)
    assert (await world.attempt(attempt.id)).status is AttemptStatus.PENDING
    await world.later(180)
    assert (await world.attempt(attempt.id)).is_paid


@pytest.mark.parametrize("after_commit", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("phase", range(3))
async def test_killed_anywhere_the_check_is_taken_up_again(
    world: World,
    phase: int,
    after_commit: bool,  # noqa: FBT001
) -> None:
    attempt = await world.opened()
    await world.hear(attempt.checkout_id, world.gateway.pay(attempt.checkout_id))
    world.begin.die_at, world.begin.after_commit = phase, after_commit
    with pytest.raises(Killed):
        await world.work()
    await world.later(180)
    found = await world.attempt(attempt.id)
    assert (found.status, len(found.captured)) == (AttemptStatus.CAPTURED, 1)


async def test_two_workers_ask_once(world: World) -> None:
    attempt = await world.opened()
    await world.hear(attempt.checkout_id)
    assert len(await world.due_attempts()) == 1
    assert await world.due_attempts() == ()
    assert await world.check(CheckPaymentCommand(attempt_id=attempt.id)) is None


async def test_a_check_by_hand_takes_the_lease(world: World) -> None:
    attempt = await world.opened()
    world.gateway.pay(attempt.checkout_id)
    checked = await world.check(CheckPaymentCommand(attempt_id=attempt.id))
    assert checked is not None
    assert checked.status is AttemptStatus.CAPTURED
    assert (await world.attempt(attempt.id)).lease_until is None


async def test_an_opening_never_recorded_fails_by_itself(world: World) -> None:
    attempt = an_attempt()
    async with world.begin() as tx:
        await tx.attempts.add(attempt)
    await world.later(120)
    assert (await world.attempt(attempt.id)).status is AttemptStatus.INITIATED
    await world.later(90)
    assert (await world.attempt(attempt.id)).status is AttemptStatus.FAILED


async def test_a_message_about_nothing_of_ours_is_quarantined(world: World) -> None:
    command = ReceiveWebhookCommand(gateway="memory", headers={"x-proof": "memory"}, body=b"PAYMENT|X|Y|Z")
    assert await world.receive(command) is WebhookFate.QUARANTINED
    (event,) = world.table("webhook_events").values()
    assert event.quarantined


async def test_the_test_message_is_answered_and_not_kept(world: World) -> None:
    command = ReceiveWebhookCommand(gateway="memory", headers={"x-proof": "memory"}, body=b"test|||")
    assert await world.receive(command) is WebhookFate.TEST
    assert not world.table("webhook_events")


@pytest.mark.parametrize(
    ("headers", "body", "error"),
    [({}, b"PAYMENT|a|b|c", WebhookForged), ({"x-proof": "memory"}, b"nonsense", WebhookMalformed)],
)
async def test_an_unproven_message_leaves_no_trace(
    world: World, headers: dict[str, str], body: bytes, error: type[Exception]
) -> None:
    attempt = await world.opened()
    body = body.replace(b"b", attempt.checkout_id.encode())
    with pytest.raises(error):
        await world.receive(ReceiveWebhookCommand(gateway="memory", headers=headers, body=body))
    assert not world.table("webhook_events")
    assert (await world.attempt(attempt.id)).signals == 0


async def test_with_verification_off_a_forged_message_would_want_a_check(world: World) -> None:
    """The twin: the same body with the proof."""
    attempt = await world.opened()
    await world.hear(attempt.checkout_id)
    assert (await world.attempt(attempt.id)).signals == 1


async def test_an_unknown_gateway_is_not_found(world: World) -> None:
    with pytest.raises(NotFound):
        await world.receive(ReceiveWebhookCommand(gateway="other", headers={}, body=b""))


async def test_a_visit_that_names_nothing_of_ours_changes_nothing(world: World) -> None:
    await world.opened()
    for command in (
        NoteReturnCommand(gateway="memory"),
        NoteReturnCommand(gateway="memory", checkout_id="other"),
        NoteReturnCommand(gateway="memory", attempt_id=an_id(99)),
        NoteReturnCommand(gateway="other", attempt_id=an_id(1)),
    ):
        assert await world.note_return(command) is None


async def test_a_visit_is_recognised_by_the_gateways_own_id_too(world: World) -> None:
    attempt = await world.opened()
    noted = await world.note_return(NoteReturnCommand(gateway="memory", checkout_id=attempt.checkout_id))
    assert noted is not None
    assert noted.order_id == attempt.order_id


def returning(world: World, monkeypatch: pytest.MonkeyPatch, checkout_id: str, *, used_up: bool) -> None:
    """The gateway signs the fields that a browser posts back."""
    notice = WebhookNotice(digest="d", kind="PURCHASE", checkout_id=checkout_id, is_used_up=used_up)
    monkeypatch.setattr(world.gateway, "read_webhook", lambda *_: notice)


@pytest.mark.parametrize("used_up", [True, False])
async def test_a_visit_says_that_the_form_was_refused(
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    used_up: bool,  # noqa: FBT001
) -> None:
    """Which ends it only when the check that follows finds nothing taken."""
    attempt = await world.opened()
    returning(world, monkeypatch, attempt.checkout_id, used_up=used_up)
    await world.note_return(NoteReturnCommand(gateway="memory", posted=b"signed"))
    noted = await world.attempt(attempt.id)
    assert (noted.signals, noted.pay_by > world.clock.now()) == (1, True)
    await world.work()
    assert ((await world.attempt(attempt.id)).pay_by > world.clock.now()) is not used_up


async def test_signed_fields_name_the_payment_and_an_address_beside_them_does_not(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    meant, other = await world.opened(1), await world.opened(2)
    returning(world, monkeypatch, meant.checkout_id, used_up=False)
    command = NoteReturnCommand(gateway="memory", posted=b"signed", checkout_id=other.checkout_id)
    noted = await world.note_return(command)
    assert noted is not None
    assert noted.attempt_id == meant.id


async def test_fields_that_nobody_signed_name_nothing(world: World) -> None:
    attempt = await world.opened()
    command = NoteReturnCommand(gateway="memory", posted=b"a|b|c|d", checkout_id=attempt.checkout_id)
    assert await world.note_return(command) is None
    assert (await world.attempt(attempt.id)).signals == 0


async def test_only_a_known_failure_leads_to_the_failure_page(world: World) -> None:
    attempt = await world.opened()
    command = NoteReturnCommand(gateway="memory", attempt_id=attempt.id)
    world.gateway.decline(attempt.checkout_id)
    noted = await world.note_return(command)
    assert noted is not None
    assert noted.url == "https://shop.example/paid"
    await world.work()
    noted = await world.note_return(command)
    assert noted is not None
    assert noted.url == "https://shop.example/failed"


async def test_a_visit_after_the_capture_asks_nobody(world: World) -> None:
    attempt = await world.opened()
    await world.hear(attempt.checkout_id, world.gateway.pay(attempt.checkout_id))
    await world.work()
    calls = len(world.gateway.calls)
    await world.note_return(NoteReturnCommand(gateway="memory", attempt_id=attempt.id))
    await world.later(30)
    assert len(world.gateway.calls) == calls


async def test_a_message_about_money_that_is_known_asks_nobody(world: World) -> None:
    attempt = await world.opened()
    payment = world.gateway.pay(attempt.checkout_id)
    await world.note_return(NoteReturnCommand(gateway="memory", attempt_id=attempt.id))
    await world.work()
    calls = len(world.gateway.calls)
    assert await world.hear(attempt.checkout_id, payment) is WebhookFate.KEPT
    await world.later(30)
    assert len(world.gateway.calls) == calls


async def test_the_page_follows_the_attempt(world: World) -> None:
    attempt = await world.opened()
    page = await world.page(attempt.id)
    assert (page.state, page.seconds_left) == (PageState.PAYABLE, 25 * 60)
    assert page.view.amount == PRICE
    world.clock.advance(minutes=26)
    assert (await world.page(attempt.id)).state is PageState.OVER
    await world.hear(attempt.checkout_id, world.gateway.decline(attempt.checkout_id))
    await world.work()
    assert (await world.page(attempt.id)).state is PageState.FAILED
    await world.hear(attempt.checkout_id, world.gateway.pay(attempt.checkout_id))
    await world.later(60)
    assert (await world.page(attempt.id)).state is PageState.PAID
    with pytest.raises(PaymentNotFound):
        await world.page(an_id(99))
