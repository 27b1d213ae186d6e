"""SendGrid's v3 Mail Send: `POST /v3/mail/send`, 202 when taken (vendor's OpenAPI document).

There is no idempotency key at this partner. The reference travels as a custom argument, so that its event
stream shows a letter that was posted twice. Links and openings are not tracked: the ticket's link stays ours.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec
from typing_extensions import override

from muvi.adapters.kit.http_client import VendorHttp, VendorReply
from muvi.adapters.kit.vendor_calls import operations
from muvi.ports.errors import OutcomeUnknown, Refused, Unavailable
from muvi.ports.notifications.email import Email, EmailSender

SYSTEM: Final = "email"
SENDER_NAME: Final = "Muvi Cinemas"
CATEGORY: Final = "order-confirmation"
_TOO_MANY: Final = 429
_SERVER_ERROR: Final = 500
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]+")
_UNTRACKED: Final = {
    "click_tracking": {"enable": False, "enable_text": False},
    "open_tracking": {"enable": False},
}


class _Fault(msgspec.Struct):
    field: str | None = None


class _Faults(msgspec.Struct):
    errors: list[_Fault] = []


def sendgrid_http(base_url: str, *, api_key: str) -> VendorHttp:
    """Connections to SendGrid (`https://api.sendgrid.com`; the European region has a host of its own)."""
    return VendorHttp(
        SYSTEM,
        base_url,
        headers=(("Authorization", f"Bearer {api_key}"),),
        total_s=15,
        max_bytes=64_000,
    )


@operations("sendgrid")
class SendgridEmail(EmailSender):
    """Posts from one verified sender."""

    def __init__(self, http: VendorHttp, *, sender: str) -> None:
        self._http = http
        self._sender = sender

    @override
    async def send(self, email: Email) -> None:
        reply = await self._http.post_json("/v3/mail/send", self._body(email))
        if reply.is_ok:
            return
        if reply.status == _TOO_MANY:
            raise Unavailable("too many requests", system=SYSTEM, retry_after_s=30)
        if reply.status >= _SERVER_ERROR:
            raise OutcomeUnknown(f"status {reply.status}", system=SYSTEM)
        reason = f"{reply.status} {_fields(reply)}".strip()
        raise Refused(f"the letter was refused: {reason}", reason=reason, system=SYSTEM)

    def _body(self, email: Email) -> dict[str, object]:
        to = {"email": email.to}
        if name := _CONTROL.sub(" ", email.to_name).strip():
            to["name"] = name
        return {
            "personalizations": [{"to": [to], "custom_args": {"reference": email.reference}}],
            "from": {"email": self._sender, "name": SENDER_NAME},
            "subject": _CONTROL.sub(" ", email.letter.subject),
            "content": [
                {"type": "text/plain", "value": email.letter.text},
                {"type": "text/html", "value": email.letter.html},
            ],
            "categories": [CATEGORY],
            "tracking_settings": _UNTRACKED,
        }


def _fields(reply: VendorReply) -> str:
    """Names of the fields complained of. The messages stay out: they may repeat the address."""
    try:
        faults = msgspec.json.decode(reply.body, type=_Faults).errors
    except msgspec.DecodeError:
        return ""
    return " ".join(sorted({fault.field for fault in faults if fault.field}))[:200]
