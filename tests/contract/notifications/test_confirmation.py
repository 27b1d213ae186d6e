"""A confirmed order is told once, from outbox to mailbox, on both kinds of storage."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from tests.builders_notifications import ORDER, a_confirmation
from tests.contract.worlds import World

from muvi.adapters.jobs.delivery import Delivery, HereAndNow
from muvi.adapters.memory.clock import FakeClock
from muvi.adapters.memory.messaging import MemoryCourier
from muvi.adapters.memory.notifications import MemoryConfirmationViews, MemoryEmailSender, PlainLetters
from muvi.application.messaging.relay import RelayMessages
from muvi.application.notifications.send_confirmation import SendConfirmation
from muvi.domain.notifications.notice import Channel, NoticeKey, NoticeKind, NoticeState
from muvi.domain.shared.ids import to_wire
from muvi.ports.errors import OutcomeUnknown, Refused, Unavailable
from muvi.ports.messaging.lease import LEASE
from muvi.ports.messaging.outbox import Event, Message
from muvi.ports.messaging.post import PostOffice
from muvi.ports.notifications.notices import Turn

KEY = NoticeKey(subject_id=ORDER, kind=NoticeKind.ORDER_CONFIRMED, channel=Channel.EMAIL)
MESSAGE = UUID(int=5)


class Office:
    """Relay, courier and consumer over one world."""

    def __init__(self, world: World) -> None:
        self.world, self.clock, self.courier = world, FakeClock(), MemoryCourier()
        self.views = MemoryConfirmationViews(a_confirmation())
        self.sender = MemoryEmailSender()
        self.deliver = self.delivery(self.sender)
        self.relay = RelayMessages(world.post, self.courier, HereAndNow(self.deliver), self.clock)

    def delivery(self, sender: MemoryEmailSender) -> Delivery:
        consumer = SendConfirmation(self.world.begin, self.views, PlainLetters(), sender, self.clock)
        return Delivery(self.world.post, {"order_confirmed.v1": (consumer,)}, self.clock)

    async def confirm(self, event_id: UUID = MESSAGE, **payload: str) -> None:
        facts = payload or {"order_id": to_wire(ORDER)}
        event = Event(id=event_id, type="order_confirmed.v1", payload=facts, occurred_at=self.clock.now())
        async with self.world.begin() as tx:
            await tx.outbox.put(event)

    async def round(self) -> None:
        """Relay what is due and act on everything that was handed over."""
        await self.relay()
        for message_id in self.courier.take():
            await self.deliver(message_id)

    async def ended(self) -> bool:
        return await self.world.post.find(MESSAGE) is None


@pytest.fixture
def office(world: World) -> Office:
    return Office(world)


async def test_one_letter(office: Office) -> None:
    await office.confirm()
    await office.round()
    [email] = office.sender.posted
    assert (email.to, email.reference) == ("noura@example.com", "WK7Q2MD")
    assert await office.ended()


async def test_without_an_address_nothing_is_sent_and_it_is_remembered(office: Office) -> None:
    office.views.views[ORDER] = a_confirmation(email="")
    await office.confirm()
    await office.round()
    assert office.sender.posted == []
    assert await office.ended()
    now = office.clock.now()
    async with office.world.begin() as tx:
        assert await tx.notices.take_turn(KEY, now=now, until=now) is Turn.OVER


async def test_the_same_message_twice_and_a_second_message_of_the_same_order(office: Office) -> None:
    await office.confirm()
    await office.confirm(UUID(int=6))
    await office.round()
    await office.deliver(MESSAGE)
    assert len(office.sender.posted) == 1
    assert await office.world.post.find(UUID(int=6)) is None


async def delivered_at_once(office: Office, monkeypatch: pytest.MonkeyPatch, workers: int = 4) -> None:
    """Every worker has the message in hand before any of them acts on it."""
    all_there = asyncio.Barrier(workers)
    kind = type(office.world.post)
    find = kind.find

    async def find_together(post: PostOffice, message_id: UUID) -> Message | None:
        found = await find(post, message_id)
        await all_there.wait()
        return found

    await office.confirm()
    await office.relay()
    with monkeypatch.context() as patch:
        patch.setattr(kind, "find", find_together)
        async with asyncio.TaskGroup() as group:
            for _ in range(workers):
                group.create_task(office.deliver(MESSAGE))


async def test_two_workers_with_the_same_message_send_one(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    await delivered_at_once(office, monkeypatch)
    assert len(office.sender.posted) == 1
    assert await office.ended()


async def test_twin_without_turns_every_worker_sends(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    async def always_mine(*_: object, **__: object) -> Turn:
        return Turn.MINE

    async with office.world.begin() as tx:
        monkeypatch.setattr(type(tx.notices), "take_turn", always_mine)
    await delivered_at_once(office, monkeypatch)
    assert len(office.sender.posted) == 4


@pytest.mark.parametrize("error", [Unavailable("429", system="email"), OutcomeUnknown("500", system="email")])
async def test_a_partner_that_fails_is_tried_again_later(office: Office, error: Exception) -> None:
    office.sender.fail_with = [error, error]
    await office.confirm()
    await office.round()
    assert not await office.ended()
    await office.round()  # not yet
    assert office.sender.fail_with == [error]
    for pause_s in (5, 10):
        office.clock.advance(seconds=pause_s)
        await office.round()
    assert len(office.sender.posted) == 1
    assert await office.ended()


async def test_a_refused_letter_is_a_dead_letter_with_its_reason_and_a_person_may_retry(
    office: Office,
) -> None:
    office.sender.fail_with = [Refused("refused: 400", reason="400 email", system="email")]
    await office.confirm()
    await office.round()
    [letter] = await office.world.dead.listing(10)
    assert letter.reason == "confirmation-email: Refused: refused: 400"
    assert await office.world.dead.retry(MESSAGE, office.clock.now())
    await office.round()
    assert len(office.sender.posted) == 1
    assert await office.ended()


@pytest.mark.parametrize("payload", [{"order_id": to_wire(UUID(int=1))}, {"order_id": "?"}, {"cup": "tea"}])
async def test_a_message_that_makes_no_sense_dies_at_once(office: Office, payload: dict[str, str]) -> None:
    await office.confirm(**payload)
    await office.round()
    assert len(await office.world.dead.listing(10)) == 1


class Killed(BaseException):
    """The worker is gone between two lines."""


@pytest.mark.parametrize("letters", [1, 2])
async def test_a_killed_worker_is_replaced_when_its_turn_lapses(office: Office, letters: int) -> None:
    """Killed before the post: one letter. Between the post and its record: two, as the decision says."""

    class Dying(MemoryEmailSender):
        async def send(self, email: object) -> None:
            if letters == 2:
                office.sender.posted.append(email)
            raise Killed

    await office.confirm()
    await office.relay()
    with pytest.raises(Killed):
        await office.delivery(Dying())(MESSAGE)
    office.courier.flush()
    office.clock.advance(seconds=LEASE.total_seconds())
    await office.round()  # the dead worker's turn still runs
    assert len(office.sender.posted) == letters - 1
    office.clock.advance(seconds=120)
    await office.round()
    assert len(office.sender.posted) == letters
    assert await office.ended()


async def test_what_was_said_stays_said(office: Office) -> None:
    now = office.clock.now()
    async with office.world.begin() as tx:
        assert await tx.notices.take_turn(KEY, now=now, until=now + timedelta(minutes=1)) is Turn.MINE
        assert await tx.notices.take_turn(KEY, now=now, until=now) is Turn.ANOTHERS
        await tx.notices.finish(KEY, NoticeState.SENT, reason="", now=now)
        await tx.notices.finish(KEY, NoticeState.FAILED, reason="late", now=now)
        await tx.notices.give_turn_back(KEY, now=now)
        assert await tx.notices.take_turn(KEY, now=now, until=now) is Turn.OVER
