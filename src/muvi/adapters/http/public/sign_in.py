"""What signing in as a guest and as a customer share."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from litestar import Request, post
from litestar.datastructures import CacheControlHeader
from litestar.exceptions import ValidationException

from muvi.adapters.http.auth import platform_of
from muvi.adapters.http.problems import BODY, problems
from muvi.adapters.http.wire import Answer, Body, language_of, wire_id
from muvi.application.identity.send_otp import SendOtp, SendOtpCommand
from muvi.application.identity.verify_otp import VerifyOtp, VerifyOtpCommand
from muvi.domain.identity.challenge import (
    OtpAskedTooOften,
    OtpExpired,
    OtpLocked,
    OtpPurpose,
    OtpUnconfirmed,
    WrongOtp,
)
from muvi.domain.identity.phone import InvalidPhoneNumber
from muvi.domain.identity.user import NextStep, User
from muvi.ports.identity.phones import PhoneNumbers

Req = Request[Any, Any, Any]
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
code_route = partial(
    post,
    status_code=200,
    responses=problems(*BODY, InvalidPhoneNumber, OtpLocked, OtpAskedTooOften, 502, 503),
    cache_control=NO_STORE,
)
"""Customers and guests ask for a code, and bring it back, under different paths."""
proof_route = partial(
    post,
    status_code=200,
    responses=problems(
        *BODY, WrongOtp, OtpExpired, OtpUnconfirmed, InvalidPhoneNumber, OtpLocked, OtpAskedTooOften, 502, 503
    ),
    cache_control=NO_STORE,
)


@dataclass(frozen=True, slots=True)
class SignIn:
    """One-time codes by text, and who they prove."""

    phones: PhoneNumbers
    sending: SendOtp
    verifying: VerifyOtp

    async def send(self, request: Req, data: PhoneBody, purpose: OtpPurpose) -> CodeSent:
        """Text a code."""
        phone, language = self.phones.read(data.phone_number), language_of(request.headers)
        await self.sending(SendOtpCommand(phone=phone, purpose=purpose, language=language))
        return CODE_SENT

    async def verify(
        self, request: Req, data: VerifyBody, purpose: OtpPurpose, *, then: NextStep | None = None
    ) -> SignedInAnswer:
        """Take a code; the person's own next step unless another is named."""
        signed_in = await self.verifying(
            VerifyOtpCommand(
                phone=self.phones.read(data.phone_number),
                code=data.typed,
                purpose=purpose,
                platform=platform_of(request),
            )
        )
        return SignedInAnswer(
            user=UserShown.of(signed_in.user),
            token=signed_in.tokens.access,
            refresh_token=signed_in.tokens.refresh,
            next_step=then or signed_in.user.next_step,
        )
