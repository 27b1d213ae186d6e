"""Everything about an order is found by any id that a caller may have, and it is whole."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from tests.builders_orders import (
    MINUTE,
    NOW,
    OWNER,
    SEATS,
    SHOWTIME,
    a_capture,
    a_checkout,
    a_record,
    a_ticket,
    an_id,
    an_order,
    facts,
    two_seats,
)
from tests.builders_payments import a_refund, a_report, an_open_attempt
from tests.contract.purchase_stores import MemoryStore, PurchaseStore, SqlStore

from muvi.adapters.db.dossiers import SqlDossiers
from muvi.adapters.db.tables.identity import users
from muvi.adapters.kit.request_id import under_request_id
from muvi.adapters.memory.dossiers import MemoryDossiers
from muvi.domain.identity.phone import PhoneNumber
from muvi.domain.identity.user import User
from muvi.domain.notifications.notice import Channel, NoticeKey, NoticeKind, NoticeState
from muvi.domain.orders.order import OrderStatus
from muvi.domain.payments.report import Verdict
from muvi.domain.shared.ids import to_wire
from muvi.ports.messaging.outbox import Event
from muvi.ports.orders.dossier import (
    MOST_FOUND,
    ClaimChange,
    ClaimNow,
    Dossier,
    Dossiers,
    KeptNotice,
    KeptWebhook,
)
from muvi.ports.payments.webhooks import WebhookEvent

ORDER, ATTEMPT, REFUND = an_id(1), an_id(7), an_id(500)
LED_BY = """
    SELECT i.indrelid::regclass::text, a.attname FROM pg_index i
    JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
"""
CLUES = {
    ("orders", "booking_id"),
    ("orders", "booking_number"),
    ("orders", "owner_id"),
    ("users", "phone"),
    ("checkouts", "request_id"),
    ("payment_attempts", "request_id"),
    ("tickets", "code"),
    ("box_office_orders", "ref"),
    ("payment_attempts", "checkout_id"),
    ("gateway_transactions", "transaction_id"),
}
"""What a caller may know of a purchase."""
KEY = NoticeKey(subject_id=ORDER, kind=NoticeKind.ORDER_CONFIRMED, channel=Channel.EMAIL)
WEBHOOK = WebhookEvent(
    id=an_id(800), gateway="memory", digest="d", kind="PAYMENT", received_at=NOW, attempt_id=ATTEMPT
)
EVENT = Event(id=an_id(801), type="order_confirmed.v1", payload={"order_id": to_wire(ORDER)}, occurred_at=NOW)


@pytest.fixture
def dossiers(store: PurchaseStore) -> Dossiers:
    if isinstance(store, MemoryStore):
        return MemoryDossiers(store.database)
    assert isinstance(store, SqlStore)
    return SqlDossiers(store.engine)


PHONE, OTHER_PHONE = "+966512345678", "+966512345679"


async def person(store: PurchaseStore, phone: str, user_id: UUID) -> None:
    user = User(id=user_id, phone=PhoneNumber(phone), created_at=NOW)
    if isinstance(store, MemoryStore):
        store.database.table("users")[user.phone] = user
        return
    assert isinstance(store, SqlStore)
    async with store.engine.begin() as connection:
        row = {"id": user.id, "phone": phone, "created_at": NOW}
        await connection.execute(users.insert(), row)


async def bought(store: PurchaseStore) -> None:
    """An order that was paid twice: booked, told of, and one payment on its way back."""
    order = an_order(lines=two_seats(), box_office_orders=(a_record(active=False),))
    async with store.begin() as tx:
        order.note("order-placed", NOW)
        await tx.orders.add(order)
        await tx.checkouts.add(a_checkout())
        attempt = an_open_attempt(7, order_id=ORDER)
        await tx.attempts.add(attempt)
        report = a_report(Verdict.CAPTURED)
        await tx.attempts.record(attempt, report.transactions, NOW)
        attempt.apply(report, NOW, signals_seen=0)
        refund = a_refund(attempt)
        await tx.refunds.add(refund)
        await tx.attempts.save(attempt)
        await tx.claims.claim(SHOWTIME, SEATS, order_id=ORDER, until=NOW + MINUTE, now=NOW)
        await tx.webhooks.add(WEBHOOK)
        await tx.ledger.post(a_capture())
    async with store.begin() as tx:
        found = await tx.orders.get(ORDER, for_update=True)
        found.become(OrderStatus.CONFIRMED, NOW + MINUTE)
        found.booking_id, found.booking_number = "WB73N5M", "5120077"
        await tx.orders.save(found)
        await tx.claims.sell(SHOWTIME, SEATS[:1], order_id=ORDER, now=NOW + MINUTE)
        await tx.tickets.add((a_ticket(),))
        await tx.outbox.put(EVENT)
        await tx.notices.take_turn(KEY, now=NOW, until=NOW + MINUTE)
        await tx.notices.finish(KEY, NoticeState.SKIPPED, reason="no address", now=NOW + MINUTE)


async def whole(dossiers: Dossiers) -> Dossier:
    found = await dossiers.of(ORDER)
    assert found is not None
    return found


async def test_everything_is_there(store: PurchaseStore, dossiers: Dossiers) -> None:
    await bought(store)
    found = await whole(dossiers)
    assert (found.order.status, found.order.booking_id) == (OrderStatus.CONFIRMED, "WB73N5M")
    assert [record.ref for record in found.order.box_office_orders] == [a_record().ref]
    assert [entry.code for entry in found.timeline] == ["order-placed", "order-confirmed"]
    assert found.show.cinema.en
    assert [ticket.code for ticket in found.tickets] == [a_ticket().code]
    assert facts(found.checkout, without=("version",)) == facts(a_checkout(), without=("version",))
    [attempt], [refund], [seen] = found.attempts, found.refunds, found.transactions
    assert [capture.transaction_id for capture in attempt.captured] == ["t1"]
    assert (refund.id, refund.payment_id) == (REFUND, "t1")
    assert (seen.attempt_id, seen.seen_at, seen.transaction) == (ATTEMPT, NOW, a_report().transactions[0])


async def test_seats_messages_and_money_are_there(store: PurchaseStore, dossiers: Dossiers) -> None:
    await bought(store)
    found = await whole(dossiers)
    first, second = SEATS
    assert found.claims == (
        ClaimNow(seat=first, state="SOLD"),
        ClaimNow(seat=second, state="HELD", expires_at=NOW + MINUTE),
    )
    assert found.claim_changes == (
        ClaimChange(at=NOW, seat=first, state="HELD"),
        ClaimChange(at=NOW, seat=second, state="HELD"),
        ClaimChange(at=NOW + MINUTE, seat=first, state="SOLD"),
    )
    assert found.webhooks == (KeptWebhook(kind="PAYMENT", received_at=NOW),)
    [message] = found.messages
    assert (message.type, message.occurred_at, message.attempts, message.done_at, message.dead_at) == (
        "order_confirmed.v1",
        NOW,
        0,
        None,
        None,
    )
    assert found.notices == (
        KeptNotice(
            kind="order_confirmed",
            channel="email",
            state="skipped",
            tries=1,
            reason="no address",
            finished_at=NOW + MINUTE,
        ),
    )
    assert found.journals == (a_capture(),)


@pytest.mark.parametrize(
    "clue",
    [
        to_wire(ORDER),
        to_wire(ORDER).lower(),
        str(ORDER),
        to_wire(ATTEMPT),
        to_wire(REFUND),
        "WB73N5M",
        "wb73n5m",
        a_ticket().code,
        "checkout-7",
        "t1",
        "5120077",
        a_record().ref,
        a_record().ref.upper(),
        a_record().ref.lower(),
    ],
)
async def test_any_id_finds_it(store: PurchaseStore, dossiers: Dossiers, clue: str) -> None:
    await bought(store)
    async with store.begin() as tx:
        await tx.orders.add(an_order(2))  # without booking, checkout or anything else
        await tx.checkouts.add(a_checkout(2))
    assert await dossiers.find(clue) == (ORDER,)


@pytest.mark.parametrize("clue", ["", "nothing", to_wire(an_id(404)), "T1", "W" * 5000, "'; --"])
async def test_what_names_nothing_finds_nothing(store: PurchaseStore, dossiers: Dossiers, clue: str) -> None:
    await bought(store)
    async with store.begin() as tx:
        await tx.attempts.add(an_open_attempt(8, order_id=ORDER, now=NOW + timedelta(seconds=1)))
    assert await dossiers.find(clue) == ()
    assert await dossiers.of(an_id(404)) is None


async def test_of_many_the_newest_come_first(store: PurchaseStore, dossiers: Dossiers) -> None:
    async with store.begin() as tx:
        for number in range(1, MOST_FOUND + 3):
            await tx.orders.add(an_order(number, booking_id="7"))
    newest = [an_id(number) for number in range(MOST_FOUND + 2, 2, -1)]
    assert await dossiers.find("7") == tuple(newest)


async def test_a_phone_finds_its_owners_orders(store: PurchaseStore, dossiers: Dossiers) -> None:
    await bought(store)
    await person(store, PHONE, OWNER)
    await person(store, OTHER_PHONE, an_id(901))
    async with store.begin() as tx:
        await tx.orders.add(an_order(2, owner_id=an_id(901)))
        await tx.orders.add(an_order(3))
    assert await dossiers.find("0512345678", phone=PHONE) == (an_id(3), ORDER)
    assert await dossiers.find("0512345679", phone=OTHER_PHONE) == (an_id(2),)
    assert await dossiers.find("0512345670", phone="+966512345670") == ()


async def test_the_id_of_a_request_finds_the_order_that_it_left_work_for(sql_store: SqlStore) -> None:
    async with sql_store.begin() as tx:
        await tx.orders.add(an_order())
        await tx.orders.add(an_order(2))
        with under_request_id("of-the-checkout"):
            await tx.checkouts.add(a_checkout())
        with under_request_id("of-the-payment"):
            await tx.attempts.add(an_open_attempt(7, order_id=an_id(2)))
    dossiers = SqlDossiers(sql_store.engine)
    assert await dossiers.find("of-the-checkout") == (ORDER,)
    assert await dossiers.find("of-the-payment") == (an_id(2),)
    assert await dossiers.find("of-nobody") == ()


async def test_a_lone_order_has_nothing_else(store: PurchaseStore, dossiers: Dossiers) -> None:
    async with store.begin() as tx:
        await tx.orders.add(an_order())
        await tx.checkouts.add(a_checkout())
    found = await whole(dossiers)
    rest = (found.attempts, found.transactions, found.refunds, found.claims, found.claim_changes)
    assert (*rest, found.webhooks, found.messages, found.notices, found.journals) == ((),) * 9


async def test_whatever_a_caller_knows_leads_an_index(store: PurchaseStore) -> None:
    """Else a table is read whole, which an index that begins with the gateway does not spare either."""
    if isinstance(store, SqlStore):
        async with store.engine.connect() as connection:
            led = {tuple(row) for row in (await connection.execute(text(LED_BY))).all()}
        assert led >= CLUES
