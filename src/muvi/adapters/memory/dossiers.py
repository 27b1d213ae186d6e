"""Everything about one order, from the tables of a memory database."""

from __future__ import annotations

import copy
from contextlib import suppress
from datetime import datetime
from uuid import UUID

from typing_extensions import override

from muvi.adapters.memory.database import MemoryDatabase
from muvi.adapters.memory.messaging import Row
from muvi.adapters.memory.notifications import Notice
from muvi.adapters.memory.orders import MemoryOrders, MemoryOrderViews
from muvi.adapters.memory.payments import MemoryPaymentAttempts, MemoryRefunds
from muvi.adapters.memory.seating import Claim, ClaimState
from muvi.domain.identity.phone import PhoneNumber
from muvi.domain.identity.user import User
from muvi.domain.ledger.journal import Journal
from muvi.domain.notifications.notice import NoticeKey
from muvi.domain.orders.order import Order
from muvi.domain.payments.attempt import PaymentAttempt
from muvi.domain.payments.refund import Refund
from muvi.domain.shared.ids import from_wire, to_wire
from muvi.domain.tickets.ticket import Ticket
from muvi.ports.orders.dossier import (
    MOST_FOUND,
    ClaimChange,
    ClaimNow,
    Dossier,
    Dossiers,
    KeptMessage,
    KeptNotice,
    KeptWebhook,
    SeenTransaction,
)
from muvi.ports.payments.webhooks import WebhookEvent


class MemoryDossiers(Dossiers):
    """Looks through whole tables. Who caused a piece of work is not kept here."""

    def __init__(self, database: MemoryDatabase) -> None:
        self._database = database

    @override
    async def find(self, clue: str, *, phone: str = "") -> tuple[UUID, ...]:
        either = {clue, clue.upper(), clue.lower()}
        users: dict[PhoneNumber, User] = self._database.table("users")
        owners = {user.id for number, user in users.items() if number.e164 == phone}
        found: set[UUID] = set()
        orders: dict[UUID, Order] = self._database.table("orders")
        for order in orders.values():
            refs = {record.ref for record in order.box_office_orders}
            bookings = {order.booking_id, order.booking_number} - {""}
            if order.id == _id(clue) or either & (refs | bookings) or order.owner_id in owners:
                found.add(order.id)
        attempts: dict[UUID, PaymentAttempt] = self._database.table("payment_attempts")
        for attempt in attempts.values():
            if attempt.id == _id(clue) or (attempt.checkout_id and attempt.checkout_id == clue):
                found.add(attempt.order_id)
        for (_, transaction), (owner, *_) in self._database.table("gateway_transactions").items():
            if transaction == clue:
                found.add(attempts[owner].order_id)
        refunds: dict[UUID, Refund] = self._database.table("refunds")
        found |= {refund.order_id for refund in refunds.values() if refund.id == _id(clue)}
        tickets: dict[UUID, Ticket] = self._database.table("tickets")
        found |= {ticket.order_id for ticket in tickets.values() if ticket.code in either}
        return tuple(sorted(found, reverse=True)[:MOST_FOUND])

    @override
    async def of(self, order_id: UUID) -> Dossier | None:
        order = await MemoryOrders(self._database).get(order_id)
        view = await MemoryOrderViews(self._database).find(order_id)
        checkout = self._database.table("checkouts").get(order_id)
        if order is None or view is None or checkout is None:
            return None
        attempts = await MemoryPaymentAttempts(self._database).of_order(order_id)
        return Dossier(
            order=order,
            show=view.show,
            tickets=view.tickets,
            timeline=view.timeline,
            checkout=copy.copy(checkout),
            attempts=attempts,
            transactions=self._transactions({attempt.id for attempt in attempts}),
            refunds=await MemoryRefunds(self._database).of_order(order_id),
            claims=self._claims(order_id),
            claim_changes=self._changes(order_id),
            webhooks=self._webhooks({attempt.id for attempt in attempts}),
            messages=self._messages(order_id),
            notices=self._notices(order_id),
            journals=self._journals(order_id),
        )

    def _transactions(self, attempts: set[UUID]) -> tuple[SeenTransaction, ...]:
        rows = self._database.table("gateway_transactions").values()
        seen = [
            SeenTransaction(attempt_id=owner, seen_at=at, transaction=found)
            for owner, found, at in rows
            if owner in attempts
        ]
        return tuple(sorted(seen, key=lambda one: (one.seen_at, one.transaction.id)))

    def _claims(self, order_id: UUID) -> tuple[ClaimNow, ...]:
        rows: dict[tuple[UUID, str], Claim] = self._database.table("seat_claims")
        return tuple(
            ClaimNow(seat=seat, state=claim.state.value, expires_at=_until(claim))
            for (_, seat), claim in sorted(rows.items())
            if claim.order_id == order_id
        )

    def _changes(self, order_id: UUID) -> tuple[ClaimChange, ...]:
        rows = self._database.table("seat_claim_events").values()
        return tuple(
            ClaimChange(at=at, seat=seat, state=claim.state.value)
            for _, seat, claim, at in rows
            if claim.order_id == order_id
        )

    def _webhooks(self, attempts: set[UUID]) -> tuple[KeptWebhook, ...]:
        rows: dict[object, WebhookEvent] = self._database.table("webhook_events")
        ours = [event for event in rows.values() if event.attempt_id in attempts]
        return tuple(
            KeptWebhook(kind=event.kind, received_at=event.received_at, payment_id=event.payment_id)
            for event in sorted(ours, key=lambda event: (event.received_at, event.id))
        )

    def _messages(self, order_id: UUID) -> tuple[KeptMessage, ...]:
        rows: dict[UUID, Row] = self._database.table("outbox")
        ours = [row for row in rows.values() if row.event.payload.get("order_id") == to_wire(order_id)]
        return tuple(
            KeptMessage(
                type=row.event.type,
                occurred_at=row.event.occurred_at,
                available_at=row.available_at,
                attempts=row.attempts,
                last_error=row.last_error,
                done_at=row.done_at,
                dead_at=row.dead_at,
            )
            for row in sorted(ours, key=lambda row: (row.event.occurred_at, row.event.id))
        )

    def _notices(self, order_id: UUID) -> tuple[KeptNotice, ...]:
        rows: dict[NoticeKey, Notice] = self._database.table("notifications")
        return tuple(
            KeptNotice(
                kind=key.kind.value,
                channel=key.channel.value,
                state=notice.state.value,
                tries=notice.tries,
                reason=notice.reason,
                finished_at=notice.finished_at,
            )
            for key, notice in rows.items()
            if key.subject_id == order_id
        )

    def _journals(self, order_id: UUID) -> tuple[Journal, ...]:
        rows: dict[object, Journal] = self._database.table("ledger_journals")
        return tuple(journal for journal in rows.values() if journal.order_id == order_id)


def _until(claim: Claim) -> datetime | None:
    return claim.expires_at if claim.state is ClaimState.HELD else None


def _id(clue: str) -> UUID | None:
    for read in (from_wire, UUID):
        with suppress(ValueError):
            return read(clue)
    return None
