"""An order is explained as a person would tell it, whatever has happened to it."""

from datetime import datetime, timedelta
from uuid import UUID

import click
import pytest
from tests.builders_orders import GUEST, MINUTE
from tests.killing import KillSignal
from tests.shop import A, B, Shop

from muvi.adapters.memory.dossiers import MemoryDossiers
from muvi.adapters.memory.gateway import PAYS, Trouble
from muvi.adapters.memory.identity import MemoryPhoneNumbers
from muvi.adapters.memory.tickets import MemoryTicketSigner
from muvi.application.orders.explaining.explain_order import (
    ExplainOrder,
    ExplainOrderCommand,
    Explanation,
    FindOrders,
    FindOrdersCommand,
    masked,
)
from muvi.application.payments.receive_webhook import ReceiveWebhook, ReceiveWebhookCommand
from muvi.domain.identity.phone import PhoneNumber
from muvi.domain.identity.user import User
from muvi.domain.orders.errors import OrderNotFound
from muvi.domain.orders.order import BuyerDetails
from muvi.domain.payments.doubt import DOUBT_S
from muvi.domain.payments.refund import RefundStatus
from muvi.domain.payments.watch import WATCH_S
from muvi.domain.shared.actor import SYSTEM
from muvi.domain.shared.errors import Forbidden
from muvi.domain.shared.ids import to_wire
from muvi.domain.tickets.code import ticket_code
from muvi.domain.tickets.token import Admission
from muvi.entrypoints.commands.order_shown import as_wire, shown
from muvi.ports.errors import Unavailable

HOUR = timedelta(hours=1)


@pytest.fixture
def shop() -> Shop:
    return Shop()


def use_case(shop: Shop) -> ExplainOrder:
    return ExplainOrder(MemoryDossiers(shop.database), shop.gateways, shop.box_office, shop.clock)


async def explained(shop: Shop, order_id: UUID, **how: bool) -> Explanation:
    return await use_case(shop)(ExplainOrderCommand(actor=SYSTEM, order_id=order_id, **how))


def both(moment: datetime | None) -> str:
    """The cinema's time, three hours ahead, and UTC beside it."""
    assert moment is not None
    return f"{moment + 3 * HOUR:%Y-%m-%d %H:%M:%S} ({moment:%H:%M:%SZ})"


def told(found: Explanation) -> list[str]:
    return [f"{one.source} {one.what}" for one in found.happenings]


async def test_a_purchase_that_went_well(shop: Shop) -> None:
    order_id, attempt = await shop.at_the_gateway()
    transaction = await shop.paid(attempt)
    await shop.work()
    found = await explained(shop, order_id)
    assert found.conclusion.text == "Paid and booked as W000002: A1, A2. The letter is still to be sent."
    assert not found.conclusion.person
    moments = [one.at for one in found.happenings]
    assert moments == sorted(moments)
    assert {
        "order order-placed",
        "seats held",
        "box office order-opened",
        "payment opened",
        "gateway debit",
        "ledger capture",
        "ledger sale",
        "seats sold",
        "box office booked",
        "order order-confirmed",
        "message put",
    } <= set(told(found))
    [money] = [one for one in found.happenings if one.source == "gateway"]
    assert (money.facts["transaction"], money.facts["amount"]) == (transaction, "115.00 SAR")
    assert {step.who for step in found.next_steps} == {"payment", "message"}


async def test_declined_then_paid(shop: Shop) -> None:
    order_id, first = await shop.at_the_gateway()
    shop.gateway.decline(first.checkout_id)
    await shop.signal(first)
    await shop.work()
    said = (await explained(shop, order_id)).conclusion.text
    assert "the last card was declined at memory (declined), the buyer may pay again" in said
    await shop.paid((await shop.pay(order_id)).attempt)
    await shop.work()
    found = await explained(shop, order_id)
    assert found.conclusion.text.startswith("Paid and booked as ")
    assert told(found).count("payment opened") == 2
    assert [one.facts["verdict"] for one in found.happenings if one.source == "gateway"] == [
        "declined",
        "captured",
    ]


async def test_a_gateway_that_could_not_be_reached_has_declined_nothing(shop: Shop) -> None:
    order_id = await shop.with_seats()
    shop.gateway.fail("charge", Trouble.UNAVAILABLE)
    with pytest.raises(Unavailable):
        await shop.pay(order_id, token=PAYS)
    said = (await explained(shop, order_id)).conclusion.text
    assert "no card was charged at memory (Unavailable), the buyer may pay again" in said


async def test_waiting_for_the_buyer(shop: Shop) -> None:
    order_id = await shop.place()
    assert "Nothing is chosen yet" in (await explained(shop, order_id)).conclusion.text
    await shop.choose(order_id, A, B)
    found = await explained(shop, order_id)
    expires_at = shop.order(order_id).expires_at
    assert found.conclusion.text == (
        f"Seats are held, payment has not begun; without payment it is let go at {both(expires_at)}."
    )
    [step] = found.next_steps
    assert (step.who, step.what, step.at) == (
        "checkout",
        "let the seats go: the time is over",
        expires_at,
    )
    await shop.pay(order_id)
    found = await explained(shop, order_id)
    assert "the buyer is at the payment page of memory" in found.conclusion.text
    [ask] = [step for step in found.next_steps if step.who == "payment"]
    assert (ask.attempt, (ask.at - found.now).total_seconds()) == (1, 90)


async def test_news_of_a_gateway_that_cannot_be_asked(shop: Shop) -> None:
    order_id, attempt = await shop.at_the_gateway()
    transaction = shop.gateway.pay(attempt.checkout_id)
    message = shop.gateway.webhook(attempt.checkout_id, payment_id=transaction)
    hear = ReceiveWebhook(shop.begin, shop.gateways, shop.clock, shop.ids)
    await hear(ReceiveWebhookCommand(gateway="memory", headers=message[0], body=message[1]))
    said = (await explained(shop, order_id)).conclusion.text
    assert f"the buyer may have paid: memory told of {transaction}" in said
    shop.gateway.fail("check", Trouble.UNAVAILABLE)
    await shop.work()
    said = (await explained(shop, order_id)).conclusion.text
    [later] = shop.attempts(order_id)
    again = both(later.next_check_at)
    assert f"memory could not say (unreachable); it is asked again at {again}" in said
    assert "is at the payment page" not in said


async def test_expired(shop: Shop) -> None:
    order_id = await shop.with_seats()
    await shop.settle()
    found = await explained(shop, order_id)
    assert found.conclusion.text == "Expired (not-paid): no money was taken, no seat is held."
    assert found.next_steps == ()
    assert {claim.state for claim in found.dossier.claims} == {"RELEASED"}


async def test_late_money_on_its_way_back_and_back(shop: Shop) -> None:
    order_id, attempt = await shop.at_the_gateway()
    await shop.cancel(order_id)
    shop.gateway.refunds_take_time = True
    transaction = await shop.paid(attempt)
    await shop.work()
    found = await explained(shop, order_id)
    assert f"money was taken at memory (115.00 SAR, {transaction})" in found.conclusion.text
    assert "refund is under way, sent at " in found.conclusion.text
    [asked] = [
        word.said for word in (await explained(shop, order_id, ask=True)).words if "refund" in word.about
    ]
    assert asked.startswith("pending")
    [step] = [step for step in found.next_steps if step.who == "refund"]
    assert step.what.startswith("ask the gateway what became of the refund")
    [refund] = shop.refunds(order_id)
    shop.gateway.settle_refund(to_wire(refund.id))
    await shop.settle()
    found = await explained(shop, order_id)
    assert found.conclusion.text.startswith("Cancelled, and money was taken at memory")
    assert "(order-cancelled): went back at " in found.conclusion.text
    assert {"refund requested", "refund sent", "refund done", "ledger refund"} <= set(told(found))
    assert not found.conclusion.person


async def test_a_payment_that_nobody_can_tell_of(shop: Shop) -> None:
    order_id, attempt = await shop.at_the_gateway()
    shop.gateway.fail("check", *[Trouble.UNAVAILABLE] * 50)
    await shop.until(WATCH_S + DOUBT_S + MINUTE.seconds)
    found = await explained(shop, order_id)
    assert found.conclusion.person
    assert f"memory cannot tell whether payment {to_wire(attempt.id)} was made" in found.conclusion.text


async def test_a_refund_that_waits_for_a_person(shop: Shop) -> None:
    order_id, attempt = await shop.at_the_gateway()
    await shop.cancel(order_id)
    shop.gateway.fail("refund", Trouble.REFUSED)
    shop.gateway.pay(attempt.checkout_id)
    await shop.signal(attempt)
    await shop.settle()
    found = await explained(shop, order_id)
    [refund] = shop.refunds(order_id)
    assert refund.status is RefundStatus.MANUAL
    assert found.conclusion.person
    assert "the refund needs a person" in found.conclusion.text


async def test_a_refund_that_no_gateway_takes(shop: Shop) -> None:
    order_id, attempt = await shop.at_the_gateway()
    await shop.cancel(order_id)
    shop.gateway.fail("refund", *[Trouble.UNAVAILABLE] * 99)
    shop.gateway.pay(attempt.checkout_id)
    await shop.signal(attempt)
    await shop.until(MINUTE.seconds)
    assert not (await explained(shop, order_id)).conclusion.person
    await shop.until(4 * 3600)
    found = await explained(shop, order_id)
    assert found.conclusion.person
    assert "not taken for hours (unreachable; muvi attention list" in found.conclusion.text


async def killed(moment: str) -> tuple[Shop, UUID]:
    """A shop whose worker has just died at that moment of a completion."""
    for number in range(50):
        shop = Shop()
        order_id, attempt = await shop.at_the_gateway()
        await shop.paid(attempt)
        shop.killer.arm(number)
        try:
            await shop.work()
        except KillSignal as kill:
            shop.killer.disarm()
            if str(kill) == moment:
                return shop, order_id
    raise AssertionError(f"nothing died {moment}")


@pytest.mark.parametrize("moment", ["before complete", "after complete"])
async def test_killed_in_the_middle(moment: str) -> None:
    shop, order_id = await killed(moment)
    found = await explained(shop, order_id)
    assert "the box office is being asked whether it is booked" in found.conclusion.text
    assert not found.conclusion.person
    [step] = [step for step in found.next_steps if step.who == "checkout"]
    assert step.what == "ask the box office whether there is a booking"
    assert step.leased_until is not None
    words = {word.vendor: word.said for word in (await explained(shop, order_id, ask=True)).words}
    booked = moment == "after complete"
    assert words["box office"].startswith("booked as W" if booked else "no booking; open until ")
    assert words["memory"].startswith("captured")


def rows(shop: Shop) -> dict[str, str]:
    return {name: repr(table) for name, table in shop.database.tables.items() if table}


async def test_a_vendor_that_does_not_answer_says_so_and_nothing_changes(shop: Shop) -> None:
    order_id, _ = await shop.at_the_gateway()
    before = rows(shop)
    shop.office.fail_next("find_booking", error=Unavailable("away", system="box-office"))
    words = (await explained(shop, order_id, ask=True)).words
    assert [word.said for word in words if word.vendor == "box office"] == ["no answer (Unavailable: away)"]
    assert rows(shop) == before


async def test_the_buyer_is_masked_unless_asked_for(shop: Shop) -> None:
    order_id = await shop.with_seats()
    shop.order(order_id).buyer = BuyerDetails(name="Noura Saleh", email="n.s@e.com", phone="+966512345678")
    shown = (await explained(shop, order_id)).dossier.order.buyer
    assert (shown.name, shown.email, shown.phone) == ("N*** S***", "n***@e.com", "***5678")
    assert (await explained(shop, order_id, show_buyer=True)).dossier.order.buyer.name == "Noura Saleh"
    assert masked(BuyerDetails()) == BuyerDetails()


async def test_who_may_ask_and_for_what(shop: Shop) -> None:
    order_id = await shop.place()
    find = FindOrders(MemoryDossiers(shop.database), MemoryPhoneNumbers())
    clue = f" {to_wire(order_id)}\0"
    assert await find(FindOrdersCommand(actor=SYSTEM, clue=clue)) == (order_id,)
    assert await find(FindOrdersCommand(actor=SYSTEM, clue="  ")) == ()
    with pytest.raises(Forbidden):
        await find(FindOrdersCommand(actor=GUEST, clue=clue))
    with pytest.raises(Forbidden):
        await use_case(shop)(ExplainOrderCommand(actor=GUEST, order_id=order_id))
    with pytest.raises(OrderNotFound):
        await explained(shop, UUID(int=7))


async def test_what_a_ticket_shows_and_who_bought_it_find_an_order(shop: Shop) -> None:
    order_id, attempt = await shop.at_the_gateway()
    await shop.paid(attempt)
    await shop.work()
    other = await shop.place()
    owner = PhoneNumber("+966512345678")
    shop.database.table("users")[owner] = User(
        id=shop.order(order_id).owner_id, phone=owner, created_at=shop.clock.now()
    )
    find = FindOrders(MemoryDossiers(shop.database), MemoryPhoneNumbers())
    admission = Admission(
        order_id=order_id,
        code=ticket_code(b"1234567"),
        showtime_id=order_id,
        starts_at=shop.clock.now(),
        seat="A1",
    )
    token = MemoryTicketSigner().sign(admission)
    for clue in (token, token.lower(), f" {token} "):
        assert await find(FindOrdersCommand(actor=SYSTEM, clue=clue)) == (order_id,)
    assert await find(FindOrdersCommand(actor=SYSTEM, clue=token[:-5])) == ()
    for clue in ("+966512345678", "0512345678", "051 234 5678"):
        assert set(await find(FindOrdersCommand(actor=SYSTEM, clue=clue))) == {order_id, other}


async def test_payments_and_box_office_orders_are_shown_as_they_stand(shop: Shop) -> None:
    order_id, first = await shop.at_the_gateway()
    shop.gateway.decline(first.checkout_id)
    await shop.signal(first)
    await shop.work()
    second = (await shop.pay(order_id)).attempt
    transaction = await shop.paid(second)
    await shop.work()
    found = await explained(shop, order_id)
    wire = as_wire(found)
    declined, paid = wire["attempts"]
    assert (declined["id"], declined["status"], declined["lastVerdict"]) == (
        to_wire(first.id),
        "FAILED",
        "declined",
    )
    assert (paid["status"], paid["amountMinor"], paid["capturedMinor"], paid["refundedMinor"]) == (
        "CAPTURED",
        11500,
        11500,
        0,
    )
    assert [one["id"] for one in paid["transactions"]] == [transaction]
    assert paid["checkedAt"]
    assert paid["watchUntil"]
    [box] = wire["boxOfficeOrders"]
    [record] = shop.order(order_id).box_office_orders
    assert (box["ref"], box["active"]) == (record.ref, False)
    lines = click.unstyle(shown(found))
    for title in ("Payments now", "Box office now"):
        assert f"\n{title}\n" in lines
    assert f"{to_wire(second.id)}  memory CAPTURED  115.00 SAR asked for, 115.00 SAR taken" in lines
    assert f"debit {transaction}  captured" in lines
    assert f"{record.ref}  cinema {record.cinema}, no longer active" in lines
