"""A payment gateway that takes the card itself, in our page or in one of its own."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from muvi.domain.payments.attempt import PaymentAttempt
from muvi.domain.payments.front_end import FrontEnd
from muvi.domain.payments.refund import Refund
from muvi.domain.payments.report import PaymentReport, RefundReport, Verdict
from muvi.domain.shared.ids import to_wire
from muvi.domain.shared.money import Money
from muvi.domain.shared.text import Language
from muvi.ports.errors import PortError


class WebhookForged(PortError):
    """The message does not prove that it comes from the gateway: answer 401, keep nothing."""


class WebhookMalformed(PortError):
    """The message cannot be read at all: answer 400, keep nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckoutRequest:
    """What to charge. `reference` is the attempt's id, 26 letters and digits, unique over all attempts.

    `method` is CARD or a brand that has an account of its own, such as MADA or APPLEPAY. What is said of the
    buyer is for the bank's risk check; any of it may be empty, and none prints itself. `phone` is in E.164.
    """

    reference: str
    amount: Money
    language: Language
    method: str = "CARD"
    email: str = field(default="", repr=False)
    given_name: str = field(default="", repr=False)
    surname: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    ip: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayCheckout:
    """An open checkout. `entity` is the account that must be used for everything that follows; `front` is
    what the buyer's browser does next.
    """

    id: str
    entity: str
    front: FrontEnd


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentToCheck:
    """What we know of a checkout when we ask for its state. `payment_ids`: transactions heard of so far, of
    which `captured_ids` took money; `paid`: money of it is known, the question is what else it led to;
    `denied`: accounts that have denied any transaction already and need not be asked again; `declined_ids`:
    transactions fetched as declined already. Without `news` nobody waits for the answer: the last call of a
    budget is not for such a question.
    """

    reference: str
    checkout_id: str
    entity: str
    amount: Money
    opened_at: datetime
    payment_ids: tuple[str, ...] = ()
    captured_ids: tuple[str, ...] = ()
    paid: bool = False
    denied: tuple[str, ...] = ()
    declined_ids: tuple[str, ...] = ()
    news: bool = True

    @classmethod
    def of(cls, attempt: PaymentAttempt) -> PaymentToCheck:
        """What is known of an attempt."""
        return cls(
            reference=to_wire(attempt.id),
            checkout_id=attempt.checkout_id,
            entity=attempt.entity,
            amount=attempt.amount,
            opened_at=attempt.opened_at,
            payment_ids=attempt.payment_ids,
            captured_ids=tuple(capture.transaction_id for capture in attempt.captured),
            paid=attempt.is_paid,
            denied=attempt.denied_by,
            declined_ids=attempt.declined_ids,
            news=attempt.unanswered,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundRequest:
    """Money to give back. `reference` is the refund's own id; `payment_id` the capture; `entity` the
    capture's. `payment_reference` is the reference of the attempt, `transaction_id` the gateway's name of the
    refund since it acknowledged it, `sent_at` when the call was last made. `others_minor` is what other
    refunds of the same capture were ever asked for, in minor units: gateways that list no refunds tell their
    sum.
    """

    reference: str
    payment_id: str
    entity: str
    amount: Money
    sent_at: datetime
    payment_reference: str = ""
    transaction_id: str = ""
    others_minor: int = 0

    @classmethod
    def of(cls, refund: Refund, *, others_minor: int) -> RefundRequest:
        """What is known of a refund."""
        return cls(
            reference=to_wire(refund.id),
            payment_id=refund.payment_id,
            entity=refund.entity,
            amount=refund.amount,
            sent_at=refund.sent_at or refund.requested_at,
            payment_reference=to_wire(refund.attempt_id),
            transaction_id=refund.transaction_id,
            others_minor=others_minor,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookNotice:
    """A verified message. It is only a hint which payment or refund to ask about, and a proof that a refund
    which it names arrived; `digest` tells duplicates apart.

    `reference` is an attempt's or a refund's; `payment_id` is empty unless the message is about a payment.
    `says`: what it says of this payment, UNKNOWN where that is of no use. Said, not fetched: it may tell when
    to ask, never what to believe. PENDING only where another message tells the end, DECLINED only where
    another card is another payment. `is_used_up`: the checkout's front was refused, it leads nowhere now.
    `refund_id` is the gateway's name of the refund that it is about, empty when it refuses it: that refund
    may be sent again; `is_some_refund`: one of that payment's refunds arrived, without saying which.
    """

    digest: str
    kind: str
    reference: str = ""
    checkout_id: str = ""
    payment_id: str = ""
    is_test: bool = False
    is_used_up: bool = False
    is_some_refund: bool = False
    refund_id: str = ""
    says: Verdict = Verdict.UNKNOWN


class CallBudgets(Protocol):
    """Counts calls per key over all processes, so that a gateway's own limit is never met."""

    @abstractmethod
    async def take(self, key: str, *, limit: int, per_s: int) -> float:
        """Take one call of `limit` per `per_s` seconds: 0.0 when granted, else the seconds to wait."""
        raise NotImplementedError


class PaymentGateway(Protocol):
    """One vendor. Network calls raise `Unavailable`, `Refused` or `OutcomeUnknown` and nothing else."""

    @property
    @abstractmethod
    def name(self) -> str:
        """The name kept on attempts, such as "hyperpay"."""
        raise NotImplementedError

    @abstractmethod
    async def open(self, request: CheckoutRequest) -> GatewayCheckout:
        """Open a checkout. A lost reply leaves one that nobody can pay, so it is `Unavailable` as well:
        simply open another. `Refused` when the gateway will not have this payment.
        """
        raise NotImplementedError

    @abstractmethod
    async def check(self, payment: PaymentToCheck) -> PaymentReport:
        """Ask for the state, within the call budget. Ambiguity is a verdict, not an error, and so is a
        network that fails: UNKNOWN. NEVER_PAID is said only when every account of ours denies it.

        Money is told of as soon as it is seen; unless the report is `whole` there may be more of it.
        """
        raise NotImplementedError

    @abstractmethod
    async def refund(self, request: RefundRequest) -> RefundReport:
        """Give money back, once: after `OutcomeUnknown` or a verdict UNKNOWN only `check_refund` may follow.

        `Unavailable` when the call surely had no effect. A refusal is the verdict DECLINED. Whatever else the
        gateway answers acknowledges the refund and names it: the report has a `transaction_id`.
        """
        raise NotImplementedError

    @abstractmethod
    async def check_refund(self, request: RefundRequest) -> RefundReport:
        """Ask what became of a refund. NEVER_PAID: the gateway surely knows of none, so it may be sent again;
        that is never said of one with a `transaction_id`.

        A network that fails is UNKNOWN.
        """
        raise NotImplementedError

    @abstractmethod
    def read_webhook(self, headers: Mapping[str, str], body: bytes) -> WebhookNotice:
        """Verify and read a message on its raw bytes. Raises `WebhookForged`, `WebhookMalformed`."""
        raise NotImplementedError


class PaymentGateways(Protocol):
    """The gateways that are configured. One that is offered no more still answers for its old payments."""

    @property
    @abstractmethod
    def offered(self) -> tuple[str, ...]:
        """Those that take new payments; the first is used when the buyer names none."""
        raise NotImplementedError

    @abstractmethod
    def of(self, name: str) -> PaymentGateway | None:
        """The gateway of that name, or None when it is not configured."""
        raise NotImplementedError
