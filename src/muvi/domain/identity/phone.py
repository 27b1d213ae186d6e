"""A mobile number, which is how this cinema knows a person."""

from __future__ import annotations

import re
from dataclasses import dataclass

from typing_extensions import override

from muvi.domain.shared.errors import Invalid

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_SHOWN_DIGITS = 2


class InvalidPhoneNumber(Invalid):
    """What was typed is not a mobile number that can receive a text."""

    code = "invalid-phone-number"
    title = "This is not a mobile number"
    title_ar = "هذا ليس رقم جوال صحيحًا"


@dataclass(frozen=True, slots=True)
class PhoneNumber:
    """A number in E.164 (`+9665…`), as read by the port `PhoneNumbers`. Raises `InvalidPhoneNumber`.

    It prints itself masked, so that no log, trace or error text can give the number away by accident;
    `e164` is asked for by name where the number itself is meant.
    """

    e164: str

    def __post_init__(self) -> None:
        if _E164.fullmatch(self.e164) is None:
            raise InvalidPhoneNumber

    @property
    def masked(self) -> str:
        """All but the last digits hidden."""
        return "+" + "*" * (len(self.e164) - 1 - _SHOWN_DIGITS) + self.e164[-_SHOWN_DIGITS:]

    @override
    def __str__(self) -> str:
        return self.masked

    @override
    def __repr__(self) -> str:
        return f"PhoneNumber({self.masked})"
