"""Guests prove their phone and get a token for their orders."""

from __future__ import annotations

from typing import Any

from dishka.integrations.litestar import FromDishka, inject
from litestar import Controller, Request
from litestar.params import JSONBody

from muvi.adapters.http.public.sign_in import (
    CodeSent,
    PhoneBody,
    SignedInAnswer,
    SignIn,
    VerifyBody,
    code_route,
    proof_route,
)
from muvi.domain.identity.challenge import OtpPurpose
from muvi.domain.identity.user import NextStep

Req = Request[Any, Any, Any]


class GuestUsers(Controller):
    """`/guest-users`: buying without an account."""

    path = "/guest-users"
    tags = ("sign-in",)

    @code_route("/phone-number", operation_id="guestSendOtp")
    @inject
    async def phone_number(
        self, request: Req, data: JSONBody[PhoneBody], sign_in: FromDishka[SignIn]
    ) -> CodeSent:
        """Text a one-time code to a guest's mobile number.

        422 `invalid-phone-number`; 429 `otp-locked` with `retryAfterS` after five wrong codes in a row;
        429 `otp-asked-too-often` with `retryAfterS`: no text went out, the last code is still good.
        """
        return await sign_in.send(request, data, OtpPurpose.GUEST)

    @proof_route("/verify", operation_id="guestVerifyOtp")
    @inject
    async def verify(
        self, request: Req, data: JSONBody[VerifyBody], sign_in: FromDishka[SignIn]
    ) -> SignedInAnswer:
        """Turn the code into a guest's token.

        401 `wrong-otp` with `attemptsLeft`, and `retryAfterS` once none is left; 410 `otp-expired`
        or `otp-unconfirmed`: ask for a new code; 429 `otp-locked` with `scope` and `retryAfterS`.
        """
        return await sign_in.verify(request, data, OtpPurpose.GUEST, then=NextStep.HOME)
