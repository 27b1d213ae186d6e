"""The unit of work: one block is one atomic phase."""

from __future__ import annotations

from abc import abstractmethod
from contextlib import AbstractAsyncContextManager
from typing import Protocol, TypeVar

Tx = TypeVar("Tx", covariant=True)  # noqa: PLC0105  (a Protocol's variance, not a name)


class UnitOfWork(Protocol[Tx]):
    """Opens an atomic phase on the primary database.

    Leaving the block commits, raising rolls back. Nothing foreign is awaited inside. Raises `Unavailable`
    when the database cannot be reached or a lock is not to be had in time.
    """

    @abstractmethod
    def __call__(self) -> AbstractAsyncContextManager[Tx]:
        """Begin; the value of the block is the capability's own narrow view of the transaction."""
        raise NotImplementedError

    @abstractmethod
    def alone(self) -> AbstractAsyncContextManager[Tx]:
        """Begin a phase in which each call stands alone: one atomic change, or looks that decide nothing.

        It costs one round trip to the database where a whole phase costs three. Two changes would not be
        atomic here.
        """
        raise NotImplementedError
