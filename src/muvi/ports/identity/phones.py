"""Reading what people type as their number."""

from __future__ import annotations

from abc import abstractmethod
from typing import Protocol

from muvi.domain.identity.phone import PhoneNumber


class PhoneNumbers(Protocol):
    """Turns typed text into a number. Pure."""

    @abstractmethod
    def read(self, typed: str) -> PhoneNumber:
        """The mobile number meant by `typed`: `05…`, `9665…`, `+9665…`, or another country's with `+`.

        Raises `InvalidPhoneNumber` when it is malformed or no mobile number.
        """
        raise NotImplementedError
