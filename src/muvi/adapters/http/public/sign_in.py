"""Bodies that signing in as a guest and as a customer share."""

from __future__ import annotations

from typing import Final

from litestar.datastructures import CacheControlHeader
from litestar.exceptions import ValidationException

from muvi.adapters.http.wire import Answer, Body, wire_id
from muvi.domain.identity.user import NextStep, User

NO_STORE: Final = CacheControlHeader(no_store=True)


class PhoneBody(Body, frozen=True):
    """A number as its owner types it: `05…`, `9665…`, `+9665…`."""

    phone_number: str


class VerifyBody(Body, frozen=True):
    """The code under either of its names."""

    phone_number: str
    code: str | None = None
    otp: str | None = None

    @property
    def typed(self) -> str:
        """The code. Raises `ValidationException` when there is none."""
        typed = (self.code or self.otp or "").strip()
        if not typed:
            missing = {"key": "code", "message": "code (or otp) is required", "source": "body"}
            raise ValidationException(detail="a field is missing", extra=[missing])
        return typed


class CodeSent(Answer, frozen=True):
    """A text is on its way."""

    message: str
    next_step: NextStep


class UserShown(Answer, frozen=True):
    """A person as clients know them; what nobody gave is an empty text."""

    id: str
    phone_number: str
    first_name: str
    last_name: str
    email: str
    avatar: str

    @classmethod
    def of(cls, user: User) -> UserShown:
        """Show a person to themselves."""
        return cls(
            id=wire_id(user.id),
            phone_number=user.phone.e164,
            first_name=user.first_name,
            last_name=user.last_name,
            email=user.email,
            avatar=user.avatar,
        )


class SignedInAnswer(Answer, frozen=True):
    """The person, a bearer token, the token that renews it, and where the client goes next."""

    user: UserShown
    token: str
    refresh_token: str
    next_step: NextStep


class Renewed(Answer, frozen=True):
    """The next pair of tokens; the refresh token sent is used up."""

    token: str
    refresh_token: str


class Me(Answer, frozen=True):
    """The signed-in person."""

    user: UserShown


CODE_SENT: Final = CodeSent(message="OTP sent", next_step=NextStep.VERIFY_OTP)
