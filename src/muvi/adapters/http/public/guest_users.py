"""Guests prove their phone and get a token for their orders."""

from __future__ import annotations

from typing import Any

from dishka.integrations.litestar import FromDishka, inject
from litestar import Controller, Request, post
from litestar.params import JSONBody

from muvi.adapters.http.auth import platform_of
from muvi.adapters.http.problems import BODY, problems
from muvi.adapters.http.public.sign_in import (
    CODE_SENT,
    NO_STORE,
    CodeSent,
    PhoneBody,
    SignedInAnswer,
    UserShown,
    VerifyBody,
)
from muvi.adapters.http.wire import language_of
from muvi.application.identity.send_otp import SendOtp, SendOtpCommand
from muvi.application.identity.verify_otp import VerifyOtp, VerifyOtpCommand
from muvi.domain.identity.challenge import OtpExpired, OtpLocked, OtpPurpose, OtpUnconfirmed, WrongOtp
from muvi.domain.identity.phone import InvalidPhoneNumber
from muvi.domain.identity.user import NextStep
from muvi.ports.identity.phones import PhoneNumbers

Req = Request[Any, Any, Any]


class GuestUsers(Controller):
    """`/guest-users`: buying without an account."""

    path = "/guest-users"
    tags = ("sign-in",)

    @post(
        "/phone-number",
        operation_id="guestSendOtp",
        status_code=200,
        responses=problems(*BODY, InvalidPhoneNumber, OtpLocked, 502, 503),
        cache_control=NO_STORE,
    )
    @inject
    async def phone_number(
        self,
        request: Req,
        data: JSONBody[PhoneBody],
        phones: FromDishka[PhoneNumbers],
        send: FromDishka[SendOtp],
    ) -> CodeSent:
        """Text a one-time code to a guest's mobile number.

        422 `invalid-phone-number`; 429 `otp-locked` with `retryAfterS` after five wrong codes in a row.
        """
        phone, language = phones.read(data.phone_number), language_of(request.headers)
        await send(SendOtpCommand(phone=phone, purpose=OtpPurpose.GUEST, language=language))
        return CODE_SENT

    @post(
        "/verify",
        operation_id="guestVerifyOtp",
        status_code=200,
        responses=problems(
            *BODY, WrongOtp, OtpExpired, OtpUnconfirmed, InvalidPhoneNumber, OtpLocked, 502, 503
        ),
        cache_control=NO_STORE,
    )
    @inject
    async def verify(
        self,
        request: Req,
        data: JSONBody[VerifyBody],
        phones: FromDishka[PhoneNumbers],
        verify: FromDishka[VerifyOtp],
    ) -> SignedInAnswer:
        """Turn the code into a guest's token.

        401 `wrong-otp` with `attemptsLeft`, and `retryAfterS` once none is left; 410 `otp-expired`
        or `otp-unconfirmed`: ask for a new code; 429 `otp-locked` with `scope` and `retryAfterS`.
        """
        signed_in = await verify(
            VerifyOtpCommand(
                phone=phones.read(data.phone_number),
                code=data.typed,
                purpose=OtpPurpose.GUEST,
                platform=platform_of(request),
            )
        )
        return SignedInAnswer(
            user=UserShown.of(signed_in.user),
            token=signed_in.tokens.access,
            refresh_token=signed_in.tokens.refresh,
            next_step=NextStep.HOME,
        )
