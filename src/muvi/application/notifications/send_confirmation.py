"""Send the email that confirms an order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar
from uuid import UUID

from muvi.domain.notifications.notice import Channel, NoticeKey, NoticeKind, NoticeState
from muvi.domain.shared.errors import Invalid, NotFound
from muvi.domain.shared.ids import from_wire
from muvi.ports.clock import Clock
from muvi.ports.errors import OutcomeUnknown, Refused, Unavailable
from muvi.ports.messaging.outbox import Message
from muvi.ports.notifications.confirmations import ConfirmationView, ConfirmationViews
from muvi.ports.notifications.email import ConfirmationLetters, Email, EmailSender
from muvi.ports.notifications.notices import NotificationsTx, Turn
from muvi.ports.transaction import UnitOfWork

TURN = timedelta(seconds=60)
NO_ADDRESS = "no address"


@dataclass(frozen=True, slots=True)
class SendConfirmation:
    """The system acts on `order_confirmed.v1` (payload: `order_id`).

    One letter per order: a row says whose turn it is, so that two workers with the same message send one.
    Only when a worker dies, or the partner's answer is lost, between the post and its record can there be a
    second letter; a missing ticket would be worse. Raises what the partner raises, `NotFound` for an order
    that is not confirmed, `Unavailable` while another worker is at it.
    """

    name: ClassVar[str] = "confirmation-email"

    begin: UnitOfWork[NotificationsTx]
    views: ConfirmationViews
    letters: ConfirmationLetters
    sender: EmailSender
    clock: Clock

    async def __call__(self, message: Message) -> None:
        """Send, once."""
        key = NoticeKey(subject_id=_order_id(message), kind=NoticeKind.ORDER_CONFIRMED, channel=Channel.EMAIL)
        view = await self.views.of(key.subject_id)
        if view is None:
            raise NotFound("no such confirmed order")
        if await self._begin(key, view, message):
            await self._send(key, view)
            await self._finish(key, message, NoticeState.SENT)

    async def _begin(self, key: NoticeKey, view: ConfirmationView, message: Message) -> bool:
        """Whether the letter is ours to send now."""
        now = self.clock.now()
        async with self.begin.alone() as tx:
            turn = await tx.notices.take_turn(key, now=now, until=now + TURN)
        if turn is Turn.ANOTHERS:
            raise Unavailable("another worker is sending", system="email", retry_after_s=TURN.total_seconds())
        if turn is Turn.MINE and view.email:
            return True
        await self._finish(key, message, None if turn is Turn.OVER else NoticeState.SKIPPED, NO_ADDRESS)
        return False

    async def _send(self, key: NoticeKey, view: ConfirmationView) -> None:
        email = Email(
            to=view.email, to_name=view.buyer_name, letter=self.letters.write(view), reference=view.code
        )
        try:
            await self.sender.send(email)
        except Refused as error:
            await self._fail(key, error.reason or "refused")
            raise
        except (Unavailable, OutcomeUnknown):
            async with self.begin() as tx:
                await tx.notices.give_turn_back(key, now=self.clock.now())
            raise

    async def _fail(self, key: NoticeKey, reason: str) -> None:
        async with self.begin() as tx:
            await tx.notices.finish(key, NoticeState.FAILED, reason=reason, now=self.clock.now())

    async def _finish(
        self, key: NoticeKey, message: Message, state: NoticeState | None, reason: str = ""
    ) -> None:
        """The message is done; the letter too, unless it was before."""
        now = self.clock.now()
        async with self.begin() as tx:
            await tx.inbox.first_time(self.name, message.id, now)
            if state is not None:
                await tx.notices.finish(key, state, reason=reason, now=now)
            await tx.outbox.done(message, now)


def _order_id(message: Message) -> UUID:
    try:
        return from_wire(str(message.payload.get("order_id")))
    except ValueError:
        raise Invalid("the message names no order") from None
