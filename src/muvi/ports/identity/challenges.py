"""Where challenges live."""

from __future__ import annotations

from abc import abstractmethod
from typing import Protocol

from muvi.domain.identity.challenge import OtpChallenge
from muvi.domain.identity.phone import PhoneNumber


class OtpChallenges(Protocol):
    """The challenge of each number, within a transaction. A number is locked until the transaction ends,
    so that tries are counted one after another. Raises `Busy` of the database when the wait is too long.
    """

    @abstractmethod
    async def lock(self, phone: PhoneNumber) -> OtpChallenge | None:
        """The challenge of a number, None when it never asked for a code."""
        raise NotImplementedError

    @abstractmethod
    async def lock_or_open(self, phone: PhoneNumber) -> OtpChallenge:
        """The challenge of a number, made empty when there is none."""
        raise NotImplementedError

    @abstractmethod
    async def save(self, challenge: OtpChallenge) -> None:
        """Keep a challenge that was locked in this transaction."""
        raise NotImplementedError
