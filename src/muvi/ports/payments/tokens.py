"""Charging a card that the buyer's client gave to the gateway before, by the gateway's name for it."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass, field
from typing import Protocol

from muvi.ports.payments.gateway import CheckoutRequest, GatewayCheckout


@dataclass(frozen=True, slots=True)
class CardToken:
    """A gateway's name for a card, and the security code where the buyer typed it again. Neither is kept
    anywhere nor prints itself.
    """

    name: str = field(repr=False)
    cvv: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeAnswer:
    """What the gateway said at once. `challenge_url` is where the buyer's bank asks for more, empty when it
    does not. What became of the money is learned by `PaymentGateway.check` alone.
    """

    challenge_url: str = ""


class TokenCharges(Protocol):
    """A gateway that charges cards by token. Network calls raise `Unavailable`, `Refused` or
    `OutcomeUnknown` and nothing else.
    """

    @property
    @abstractmethod
    def name(self) -> str:
        """The gateway's."""
        raise NotImplementedError

    @abstractmethod
    def named(self, request: CheckoutRequest) -> GatewayCheckout:
        """Under what name and account the charge can be asked about, also when its answer is lost. Asks
        nothing of the gateway.
        """
        raise NotImplementedError

    @abstractmethod
    async def charge(self, request: CheckoutRequest, token: CardToken) -> ChargeAnswer:
        """Charge the card, once for a reference. After `OutcomeUnknown` only `PaymentGateway.check` may
        follow. `Refused` and `Unavailable`: surely nothing was charged and nothing will be.
        """
        raise NotImplementedError


class TokenGateways(Protocol):
    """The gateways of one process that charge tokens."""

    @abstractmethod
    def by_token(self, name: str) -> TokenCharges | None:
        """The gateway of that name, None when it takes no tokens."""
        raise NotImplementedError
