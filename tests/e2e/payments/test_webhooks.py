"""The sandbox's own messages arrive at our API: whatever happens to them, the same end."""

import pytest
from tests.builders_payments import PRICE
from tests.e2e.payments.conftest import House

from muvi.adapters.payments.hyperpay.webhook import WebhookReader
from muvi.domain.payments.attempt_status import AttemptStatus
from muvi.ports.payments.gateway import PaymentGateways

CHALLENGED, DECLINED = "4000000000003220", "4000000000000002"


@pytest.mark.parametrize("wrapper", ["hex", "json"])
@pytest.mark.parametrize("ndc", ["checkout", "entity"])
async def test_a_message_alone_settles_in_both_wrappers(house: House, wrapper: str, ndc: str) -> None:
    await house.knobs(webhook_wrapper=wrapper, webhook_ndc=ndc)
    attempt = await house.opened()
    await house.pay(attempt)
    assert house.heard == [200]
    assert (await house.attempt(attempt.id)).status is AttemptStatus.PENDING
    await house.work()
    found = await house.attempt(attempt.id)
    assert (found.status, found.captured_minor) == (AttemptStatus.CAPTURED, PRICE.minor)
    (row,) = await house.rows("gateway_transactions")
    assert (row["attempt_id"], row["card_masked"]) == (attempt.id, "411111******1111")


async def test_repeated_messages_are_kept_once(house: House) -> None:
    await house.knobs(webhook_copies=3)
    attempt = await house.opened()
    await house.pay(attempt)
    await house.act("webhook-resend", checkout_id=attempt.checkout_id)
    assert house.heard == [200] * 4
    assert len(await house.rows("webhook_events")) == 1
    assert (await house.attempt(attempt.id)).signals == 1
    await house.work()
    assert len((await house.attempt(attempt.id)).captured) == 1


@pytest.mark.parametrize("reorder", [False, True], ids=["in-order", "reordered"])
async def test_pending_before_or_after_success_ends_the_same(
    house: House,
    reorder: bool,  # noqa: FBT001
) -> None:
    await house.knobs(webhook_pending_first=True, webhook_reorder=reorder)
    attempt = await house.opened()
    await house.pay(attempt)
    await house.work()
    assert (await house.attempt(attempt.id)).status is AttemptStatus.CAPTURED
    assert len(await house.rows("webhook_events")) == 2


async def test_a_second_tabs_money_is_found_though_its_message_is_lost(house: House) -> None:
    """Both tabs of one checkout are charged; each is a transaction of its own here."""
    attempt = await house.opened()
    await house.pay(attempt)
    await house.work()
    await house.knobs(webhooks_on=False, paid_once=False)
    await house.pay(attempt)
    await house.make_due()
    await house.work()
    found = await house.attempt(attempt.id)
    assert (len(found.captured), found.captured_minor) == (2, 2 * PRICE.minor)
    assert len(await house.rows("gateway_transactions")) == 2
    assert found.next_check_at == found.watch_until


async def test_a_lost_message_leaves_it_to_the_poll(house: House) -> None:
    await house.knobs(webhooks_on=False)
    attempt = await house.opened()
    await house.pay(attempt)
    await house.work()
    assert (await house.attempt(attempt.id)).status is AttemptStatus.PENDING
    await house.make_due()
    await house.work()
    assert (await house.attempt(attempt.id)).status is AttemptStatus.CAPTURED


async def test_a_forged_message_is_refused_and_leaves_no_trace(house: House) -> None:
    attempt = await house.opened()
    await house.act("webhook-forged", checkout_id=attempt.checkout_id)
    assert house.heard == [401]
    assert await house.rows("webhook_events") == []
    assert (await house.attempt(attempt.id)).signals == 0


async def test_under_the_forgers_key_the_same_message_would_be_believed(house: House) -> None:
    """The twin: the guard off. A check follows, and even then only what the gateway says counts."""
    attempt = await house.opened()
    gateway = (await house.container.get(PaymentGateways)).of("hyperpay")
    gateway._webhooks = WebhookReader(["ff" * 32])
    await house.act("webhook-forged", checkout_id=attempt.checkout_id)
    assert house.heard == [200]
    assert (await house.attempt(attempt.id)).signals == 1
    await house.work()
    assert (await house.attempt(attempt.id)).status is AttemptStatus.PENDING


async def test_a_malformed_message_is_refused(house: House) -> None:
    await house.act("webhook-malformed", body="not hex")
    assert house.heard == [400]
    assert await house.rows("webhook_events") == []


async def test_unknown_references_and_the_portals_test_are_answered(house: House) -> None:
    await house.act("webhook-unknown")
    await house.act("webhook-test")
    assert house.heard == [200, 200]
    (event,) = await house.rows("webhook_events")
    assert event["quarantined"]


async def test_a_wrong_key_is_healed_by_the_gateways_repetition(house: House) -> None:
    attempt = await house.opened()
    await house.knobs(webhook_key="ee" * 32)
    await house.pay(attempt)
    assert house.heard == [401]
    await house.knobs(webhook_key="")
    await house.act("webhook-resend", checkout_id=attempt.checkout_id)
    await house.work()
    assert (await house.attempt(attempt.id)).status is AttemptStatus.CAPTURED


async def test_declined_then_paid(house: House) -> None:
    attempt = await house.opened()
    await house.pay(attempt, DECLINED)
    await house.work()
    assert (await house.attempt(attempt.id)).status is AttemptStatus.FAILED
    await house.pay(attempt)
    await house.work()
    assert (await house.attempt(attempt.id)).status is AttemptStatus.CAPTURED


async def test_a_challenge_keeps_it_pending(house: House) -> None:
    attempt = await house.opened()
    await house.pay(attempt, CHALLENGED)
    await house.work()
    assert (await house.attempt(attempt.id)).status is AttemptStatus.PENDING
    await house.gateway.get(f"/hyperpay/3ds/{attempt.checkout_id}", params={"result": "Y"})
    await house.quiet()
    await house.act("forget-throttle")
    await house.make_due()
    await house.work()
    assert (await house.attempt(attempt.id)).status is AttemptStatus.CAPTURED
