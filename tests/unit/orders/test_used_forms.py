"""A form that its gateway takes no second time: replaced once it is known that nothing was taken by it."""

import pytest
from tests.shop import Shop

from muvi.adapters.memory.gateway import Trouble
from muvi.application.payments.note_return import NoteReturn, NoteReturnCommand
from muvi.ports.payments.gateway import WebhookNotice


async def paid_again(monkeypatch: pytest.MonkeyPatch, *, taken: bool, unclear: int) -> bool:
    """The browser's back button posts the form again, the gateway sends the buyer back: whether the next
    `pay` brings another form. The gateway says nothing clear to so many questions.
    """
    shop = Shop()
    order_id, first = await shop.at_the_gateway()
    if taken:
        shop.gateway.pay(first.checkout_id)
    notice = WebhookNotice(digest="d", kind="PURCHASE", checkout_id=first.checkout_id, is_used_up=True)
    monkeypatch.setattr(shop.gateway, "read_webhook", lambda *_: notice)
    shop.gateway.fail("check", *[Trouble.LOST] * unclear)
    command = NoteReturnCommand(gateway="memory", posted=b"signed")
    await NoteReturn(shop.begin, shop.gateways, shop.clock)(command)
    await shop.work()
    return (await shop.pay(order_id)).attempt.id != first.id


async def test_while_money_may_have_been_taken_no_other_form_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not await paid_again(monkeypatch, taken=True, unclear=3)


async def test_once_nothing_was_taken_there_is_another_form(monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin."""
    assert await paid_again(monkeypatch, taken=False, unclear=0)
