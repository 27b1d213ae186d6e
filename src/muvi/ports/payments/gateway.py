"""A payment gateway with a hosted card form."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from muvi.domain.payments.report import PaymentReport, RefundReport
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
    """An open checkout. `entity` is the account that must be used for everything that follows."""

    id: str
    entity: str
    script_url: str = ""
    integrity: str = ""
    brands: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentToCheck:
    """What we know of a checkout when we ask for its state. `payment_ids`: transactions heard of so far;
    `paid`: money of it is known, the question is what else it led to; `denied`: accounts that have denied any
    transaction already and need not be asked again.
    """

    reference: str
    checkout_id: str
    entity: str
    amount: Money
    opened_at: datetime
    payment_ids: tuple[str, ...] = ()
    paid: bool = False
    denied: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundRequest:
    """Money to give back. `reference` is the refund's own id; `payment_id` the capture; `entity` the
    capture's. `payment_reference` is the reference of the attempt, `transaction_id` the refund's own
    transaction once it is known, `sent_at` when the call was last made.
    """

    reference: str
    payment_id: str
    entity: str
    amount: Money
    sent_at: datetime
    payment_reference: str = ""
    transaction_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookNotice:
    """A verified message. It is only a hint which payment to ask about; `digest` tells duplicates apart.

    `reference` is an attempt's or a refund's; `payment_id` is empty unless the message is about a payment.
    """

    digest: str
    kind: str
    reference: str = ""
    checkout_id: str = ""
    payment_id: str = ""
    is_test: bool = False


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

        `Unavailable` when the call surely had no effect. A refusal is the verdict DECLINED.
        """
        raise NotImplementedError

    @abstractmethod
    async def check_refund(self, request: RefundRequest) -> RefundReport:
        """Ask what became of a refund. NEVER_PAID: the gateway surely knows of none, so it may be sent again.

        A network that fails is UNKNOWN.
        """
        raise NotImplementedError

    @abstractmethod
    def read_webhook(self, headers: Mapping[str, str], body: bytes) -> WebhookNotice:
        """Verify and read a message on its raw bytes. Raises `WebhookForged`, `WebhookMalformed`."""
        raise NotImplementedError


class PaymentGateways(Protocol):
    """The gateways that are configured."""

    @property
    @abstractmethod
    def default(self) -> str:
        """The gateway used when the buyer names none."""
        raise NotImplementedError

    @abstractmethod
    def of(self, name: str) -> PaymentGateway | None:
        """The gateway of that name, or None when it is not offered."""
        raise NotImplementedError
