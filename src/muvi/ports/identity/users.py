"""Where people and their sessions live."""

from __future__ import annotations

from abc import abstractmethod
from typing import Protocol
from uuid import UUID

from muvi.domain.identity.phone import PhoneNumber
from muvi.domain.identity.session import AuthSession
from muvi.domain.identity.user import User


class Users(Protocol):
    """People, within a transaction."""

    @abstractmethod
    async def of_phone(self, phone: PhoneNumber) -> User | None:
        """The person of a verified phone, locked; None for a new one."""
        raise NotImplementedError

    @abstractmethod
    async def add(self, user: User) -> User:
        """Keep a new person; when somebody added the same phone meanwhile, that one is returned, locked."""
        raise NotImplementedError

    @abstractmethod
    async def save(self, user: User) -> None:
        """Keep changes of a person."""
        raise NotImplementedError


class AuthSessions(Protocol):
    """Sessions, within a transaction."""

    @abstractmethod
    async def add(self, session: AuthSession) -> None:
        """Keep a new session."""
        raise NotImplementedError

    @abstractmethod
    async def lock(self, session_id: UUID) -> AuthSession | None:
        """A session, locked until the transaction ends; None when unknown."""
        raise NotImplementedError

    @abstractmethod
    async def save(self, session: AuthSession) -> None:
        """Keep a session that was locked in this transaction."""
        raise NotImplementedError


class Profiles(Protocol):
    """Reads people for showing, without a transaction. Raises `Unavailable`."""

    @abstractmethod
    async def of(self, user_id: UUID) -> User | None:
        """A person, None when unknown."""
        raise NotImplementedError
