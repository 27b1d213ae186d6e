"""Customers sign in, stay signed in, and look at themselves."""

from __future__ import annotations

from typing import Any

import msgspec
from dishka.integrations.litestar import FromDishka, inject
from litestar import Controller, Request, get, post
from litestar.exceptions import ClientException
from litestar.params import JSONBody

from muvi.adapters.http.auth import BUYER, actor_of, bearer_of, platform_of
from muvi.adapters.http.bodies import RefreshOperation
from muvi.adapters.http.problems import BODY, problems
from muvi.adapters.http.public.sign_in import (
    CODE_SENT,
    NO_STORE,
    CodeSent,
    Me,
    PhoneBody,
    Renewed,
    SignedInAnswer,
    UserShown,
    VerifyBody,
)
from muvi.adapters.http.wire import Body, language_of
from muvi.application.identity.read_profile import ReadProfile
from muvi.application.identity.refresh_session import RefreshCommand, RefreshSession
from muvi.application.identity.send_otp import SendOtp, SendOtpCommand
from muvi.application.identity.verify_otp import VerifyOtp, VerifyOtpCommand
from muvi.domain.identity.challenge import OtpExpired, OtpLocked, OtpPurpose, OtpUnconfirmed, WrongOtp
from muvi.domain.identity.phone import InvalidPhoneNumber
from muvi.domain.identity.session import SessionEnded
from muvi.ports.identity.phones import PhoneNumbers
from muvi.ports.identity.tokens import AccessTokens

Req = Request[Any, Any, Any]


class RefreshBody(Body, frozen=True):
    """The refresh token, when it is not sent as the bearer."""

    refresh_token: str = ""


class Auth(Controller):
    """`/auth`: customers."""

    path = "/auth"
    tags = ("sign-in",)

    @post(
        "/send-otp",
        operation_id="sendOtp",
        status_code=200,
        responses=problems(*BODY, InvalidPhoneNumber, OtpLocked, 502, 503),
        cache_control=NO_STORE,
    )
    @inject
    async def send_otp(
        self,
        request: Req,
        data: JSONBody[PhoneBody],
        phones: FromDishka[PhoneNumbers],
        send: FromDishka[SendOtp],
    ) -> CodeSent:
        """Text a one-time code to a mobile number. The answer is the same whether the number is known here.

        422 `invalid-phone-number`; 429 `otp-locked` with `retryAfterS` after five wrong codes in a row.
        """
        phone, language = phones.read(data.phone_number), language_of(request.headers)
        await send(SendOtpCommand(phone=phone, purpose=OtpPurpose.CUSTOMER, language=language))
        return CODE_SENT

    @post(
        "/verify-otp",
        operation_id="verifyOtp",
        status_code=200,
        responses=problems(
            *BODY, WrongOtp, OtpExpired, OtpUnconfirmed, InvalidPhoneNumber, OtpLocked, 502, 503
        ),
        cache_control=NO_STORE,
    )
    @inject
    async def verify_otp(
        self,
        request: Req,
        data: JSONBody[VerifyBody],
        phones: FromDishka[PhoneNumbers],
        verify: FromDishka[VerifyOtp],
    ) -> SignedInAnswer:
        """Sign in with the code that was texted.

        401 `wrong-otp` with `attemptsLeft`, and `retryAfterS` once none is left; 410 `otp-expired`
        or `otp-unconfirmed`: ask for a new code; 429 `otp-locked` with `scope` and `retryAfterS`.
        """
        signed_in = await verify(
            VerifyOtpCommand(
                phone=phones.read(data.phone_number),
                code=data.typed,
                purpose=OtpPurpose.CUSTOMER,
                platform=platform_of(request),
            )
        )
        return SignedInAnswer(
            user=UserShown.of(signed_in.user),
            token=signed_in.tokens.access,
            refresh_token=signed_in.tokens.refresh,
            next_step=signed_in.user.next_step,
        )

    @post(
        "/auth-refresh",
        operation_id="refreshSession",
        operation_class=RefreshOperation,
        status_code=200,
        responses=problems(*BODY, 401, SessionEnded, 503),
        cache_control=NO_STORE,
    )
    @inject
    async def refresh(self, request: Req, renew: FromDishka[RefreshSession]) -> Renewed:
        """Renew the tokens of a guest or a customer. The refresh token is the bearer, or `refreshToken` in
        the body.

        An old refresh token that comes back ends the session: 401 `session-ended`.
        """
        token = await _refresh_token_of(request)
        pair = await renew(RefreshCommand(token=token, platform=platform_of(request)))
        return Renewed(token=pair.access, refresh_token=pair.refresh)

    @get("/me", operation_id="me", security=BUYER, responses=problems(401, 503), cache_control=NO_STORE)
    @inject
    async def me(self, request: Req, tokens: FromDishka[AccessTokens], read: FromDishka[ReadProfile]) -> Me:
        """The signed-in person."""
        return Me(user=UserShown.of(await read(actor_of(request, tokens))))


async def _refresh_token_of(request: Req) -> str:
    content = await request.body()
    if content.strip():
        try:
            token = msgspec.convert(await request.json(), RefreshBody).refresh_token
        except msgspec.ValidationError:
            raise ClientException("the body is not a JSON object with refreshToken") from None
        if token:
            return token
    return bearer_of(request)
