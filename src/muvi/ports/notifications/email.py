"""Letters by email."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import Protocol

from muvi.ports.notifications.confirmations import ConfirmationView


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A letter in one language: plain text, and HTML that says the same."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Email:
    """A letter with its address. `reference` travels with it, so that a letter sent twice is known by it."""

    to: str
    to_name: str
    letter: Letter
    reference: str


class EmailSender(Protocol):
    """A partner that posts letters."""

    @abstractmethod
    async def send(self, email: Email) -> None:
        """Post one. Never repeated by itself.

        Raises `Unavailable` (not posted), `OutcomeUnknown` (perhaps posted), `Refused` (the partner will
        never post this one; the reason holds no address).
        """
        raise NotImplementedError


class ConfirmationLetters(Protocol):
    """Writes the letter that confirms an order. Pure."""

    @abstractmethod
    def write(self, view: ConfirmationView) -> Letter:
        """The letter in the order's language."""
        raise NotImplementedError
