"""Unifonic Authenticate: it makes, sends and compares the code; we never see one.

Wire facts from the vendor's OpenAPI 2.0.0: form-urlencoded bodies, headers `x-authenticate-app-id` and
`Authorization: Bearer`; `error_code` 101 correct, 107 incorrect, 108 attempts exceeded, 109 expired,
110 already verified; a wrong code is answered with HTTP 200 too. The check goes by number, so `request` is
not sent.
Only `correct` together with 101 is a login. The document's own examples leave `error_code` out of an answer
to `start`, so there any 2xx that carries an `id` counts.
"""

from __future__ import annotations

from typing import Final
from uuid import UUID

import msgspec
from typing_extensions import override

from muvi.adapters.kit.http_client import VendorHttp
from muvi.adapters.kit.vendor_calls import operations
from muvi.adapters.sms.answers import MAX_BYTES, SYSTEM, TOTAL_S, read
from muvi.domain.identity.phone import PhoneNumber
from muvi.domain.shared.text import Language
from muvi.ports.errors import OutcomeUnknown
from muvi.ports.identity.sms_otp import CodeCheck, SmsOtp

_VERDICTS: Final = {
    107: CodeCheck.WRONG,
    108: CodeCheck.EXCEEDED,
    109: CodeCheck.EXPIRED,
    110: CodeCheck.ALREADY,
}


class _Verification(msgspec.Struct):
    id: str = ""
    response_status: str = ""
    error_code: int | None = None


def unifonic_http(base_url: str, *, app_id: str, token: str) -> VendorHttp:
    """Connections to Unifonic with our credentials. `base_url` ends in `/services/api/v2`."""
    return VendorHttp(
        SYSTEM,
        base_url,
        headers=(("x-authenticate-app-id", app_id), ("Authorization", f"Bearer {token}")),
        total_s=TOTAL_S,
        max_bytes=MAX_BYTES,
    )


@operations("unifonic")
class UnifonicOtp(SmsOtp):
    """Codes of `length` digits over one `channel` (`sms`, `voice` or `whatsapp`)."""

    def __init__(self, http: VendorHttp, *, channel: str = "sms", length: int = 6) -> None:
        self._http = http
        self._channel = channel
        self._length = length

    @override
    async def start(self, phone: PhoneNumber, language: Language, request: UUID) -> None:
        reply = await self._http.post_form(
            "/verifications/start",
            (
                ("to", phone.e164),
                ("channel", self._channel),
                ("locale", language.value),
                ("length", str(self._length)),
            ),
        )
        if not read(reply, _Verification, "unifonic").id:
            raise OutcomeUnknown("an answer without an id", system=SYSTEM, answered=True)

    @override
    async def check(self, phone: PhoneNumber, code: str, request: UUID) -> CodeCheck:
        reply = await self._http.post_form(
            "/verifications/check",
            (("to", phone.e164), ("channel", self._channel), ("code", code)),
        )
        answer = read(reply, _Verification, "unifonic")
        if answer.error_code == 101 and answer.response_status == "correct":  # noqa: PLR2004  (the vendor's ok)
            return CodeCheck.CORRECT
        verdict = _VERDICTS.get(answer.error_code or 0)
        if verdict is None:
            said = f"error_code {answer.error_code}"
            raise OutcomeUnknown(said, system=SYSTEM, answered=True)
        return verdict
