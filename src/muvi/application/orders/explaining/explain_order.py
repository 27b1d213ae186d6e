"""Explain an order to support staff: what happened, how it stands, what will happen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from muvi.application.orders.attendance import require_attendant
from muvi.application.orders.explaining.conclusion import Conclusion, conclude
from muvi.application.orders.explaining.happenings import Happening, happenings
from muvi.application.orders.explaining.next_steps import NextStep, next_steps
from muvi.application.orders.explaining.vendors import VendorWord, ask_vendors
from muvi.domain.identity.phone import InvalidPhoneNumber
from muvi.domain.orders.errors import OrderNotFound
from muvi.domain.orders.order import BuyerDetails
from muvi.domain.shared.actor import Actor
from muvi.domain.shared.ids import to_wire
from muvi.domain.tickets.errors import TicketTokenMalformed
from muvi.domain.tickets.token import take_apart
from muvi.ports.clock import Clock
from muvi.ports.identity.phones import PhoneNumbers
from muvi.ports.orders.dossier import Dossier, Dossiers
from muvi.ports.payments.gateway import PaymentGateways
from muvi.ports.seating.box_office import BoxOffice

SHOWN_OF_PHONE = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class FindOrdersCommand:
    """Who looks, by which id, reference or code."""

    actor: Actor
    clue: str


@dataclass(frozen=True, slots=True)
class FindOrders:
    """For staff and the system. Raises `Forbidden`."""

    dossiers: Dossiers
    phones: PhoneNumbers

    async def __call__(self, command: FindOrdersCommand) -> tuple[UUID, ...]:
        """Orders that the clue may mean, newest first; empty when there is none."""
        require_attendant(command.actor)
        clue = command.clue.strip().replace("\0", "")
        if not clue:
            return ()
        return await self.dossiers.find(_order_of_token(clue) or clue, phone=self._phone(clue))

    def _phone(self, clue: str) -> str:
        try:
            return self.phones.read(clue).e164
        except InvalidPhoneNumber:
            return ""


def _order_of_token(clue: str) -> str:
    """The order that a ticket's QR code names; empty for any other text. Whether it is genuine is for the
    door to judge: here it only leads to what is kept.
    """
    try:
        return to_wire(take_apart(clue.upper()).claims.order_id)
    except TicketTokenMalformed:
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainOrderCommand:
    """Who asks about which order. `ask`: the vendors too, now. `show_buyer`: name and addresses unmasked."""

    actor: Actor
    order_id: UUID
    ask: bool = False
    show_buyer: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Everything as of `now`. `words` is empty when the vendors were not asked."""

    now: datetime
    dossier: Dossier
    happenings: tuple[Happening, ...]
    next_steps: tuple[NextStep, ...]
    words: tuple[VendorWord, ...]
    conclusion: Conclusion


@dataclass(frozen=True, slots=True)
class ExplainOrder:
    """For staff and the system. Changes nothing. Raises `Forbidden`, `OrderNotFound`."""

    dossiers: Dossiers
    gateways: PaymentGateways
    box_office: BoxOffice
    clock: Clock

    async def __call__(self, command: ExplainOrderCommand) -> Explanation:
        """Read once, ask if wanted, and conclude from what is kept."""
        require_attendant(command.actor)
        dossier = await self.dossiers.of(command.order_id)
        if dossier is None:
            raise OrderNotFound
        now = self.clock.now()
        words = await ask_vendors(dossier, self.gateways, self.box_office) if command.ask else ()
        steps, conclusion = next_steps(dossier, now), conclude(dossier, now)
        if not command.show_buyer:
            dossier = replace(dossier, order=replace(dossier.order, buyer=masked(dossier.order.buyer)))
        return Explanation(
            now=now,
            dossier=dossier,
            happenings=happenings(dossier),
            next_steps=steps,
            words=words,
            conclusion=conclusion,
        )


def masked(buyer: BuyerDetails) -> BuyerDetails:
    """Enough to recognise somebody who is asked, too little to find them."""
    mailbox, at, host = buyer.email.partition("@")
    return BuyerDetails(
        name=" ".join(f"{word[0]}***" for word in buyer.name.split()),
        email=f"{mailbox[:1]}***{at}{host}" if buyer.email else "",
        phone=f"***{buyer.phone[-SHOWN_OF_PHONE:]}" if buyer.phone else "",
    )
