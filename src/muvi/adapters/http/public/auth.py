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
    NO_STORE,
    CodeSent,
    Me,
    PhoneBody,
    Renewed,
    SignedInAnswer,
    SignIn,
    UserShown,
    VerifyBody,
    code_route,
    proof_route,
)
from muvi.adapters.http.wire import Body
from muvi.application.identity.read_profile import ReadProfile
from muvi.application.identity.refresh_session import RefreshCommand, RefreshSession
from muvi.domain.identity.challenge import OtpPurpose
from muvi.domain.identity.session import SessionEnded
from muvi.ports.identity.tokens import AccessTokens

Req = Request[Any, Any, Any]


class RefreshBody(Body, frozen=True):
    """The refresh token, when it is not sent as the bearer."""

    refresh_token: str = ""


class Auth(Controller):
    """`/auth`: customers."""

    path = "/auth"
    tags = ("sign-in",)

    @code_route("/send-otp", operation_id="sendOtp")
    @inject
    async def send_otp(
        self, request: Req, data: JSONBody[PhoneBody], sign_in: FromDishka[SignIn]
    ) -> CodeSent:
        """Text a one-time code to a mobile number. The answer is the same whether the number is known here.

        422 `invalid-phone-number`; 429 `otp-locked` with `retryAfterS` after five wrong codes in a row;
        429 `otp-asked-too-often` with `retryAfterS`: no text went out, the last code is still good.
        """
        return await sign_in.send(request, data, OtpPurpose.CUSTOMER)

    @proof_route("/verify-otp", operation_id="verifyOtp")
    @inject
    async def verify_otp(
        self, request: Req, data: JSONBody[VerifyBody], sign_in: FromDishka[SignIn]
    ) -> SignedInAnswer:
        """Sign in with the code that was texted.

        401 `wrong-otp` with `attemptsLeft`, and `retryAfterS` once none is left; 410 `otp-expired`
        or `otp-unconfirmed`: ask for a new code; 429 `otp-locked` with `scope` and `retryAfterS`.
        """
        return await sign_in.verify(request, data, OtpPurpose.CUSTOMER)

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
