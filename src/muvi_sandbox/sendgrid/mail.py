"""`POST /v3/mail/send` after the vendor's OpenAPI document: 202 and `X-Message-Id`, or a list of errors."""

import gzip
import re
import secrets
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from litestar import Request, Router, post

from muvi_sandbox.config import SandboxConfig
from muvi_sandbox.faults import Faults, Reply
from muvi_sandbox.inbox import InboxSandbox
from muvi_sandbox.knobs import BadControl
from muvi_sandbox.reply import VendorResponse, answer
from muvi_sandbox.sendgrid.wire import Letter, Personalization
from muvi_sandbox.truth import Truth

SYSTEM = "sendgrid"
_TAG = re.compile(r"<(style|script|head).*?</\1>|<[^>]+>", re.DOTALL | re.IGNORECASE)
_PATH = re.compile(r"^(?P<message>.*?)(?: - at `\$\.?(?P<path>[^`]*)`)?$", re.DOTALL)


@dataclass
class Knobs:
    """SendGrid has none beyond the fault rules."""


class SendgridSandbox:
    """Accepts, numbers and delivers at once, unless the sender asked for the vendor's own sandbox mode."""

    def __init__(self, config: SandboxConfig, truth: Truth, faults: Faults, inbox: InboxSandbox) -> None:
        self._config = config
        self._truth = truth
        self._faults = faults
        self._inbox = inbox
        self.knobs = Knobs()

        @post("/mail/send", status_code=202)
        async def send(request: Request[Any, Any, Any]) -> VendorResponse:
            return await self._called(request)

        self.router = Router(path="/sendgrid/v3", route_handlers=[send])

    def act(self, action: str, facts: Mapping[str, Any]) -> dict[str, Any]:
        """Nothing happens at this vendor by itself."""
        raise BadControl(f"sendgrid knows no act {action} {sorted(facts)}")

    async def _called(self, request: Request[Any, Any, Any]) -> VendorResponse:
        if request.headers.get("authorization") != f"Bearer {self._config.sendgrid_key}":
            refusal = "The provided authorization grant is invalid, expired, or revoked"
            return answer(_errors(401, refusal))
        body = await request.body()
        try:
            if request.headers.get("content-encoding") == "gzip":
                body = gzip.decompress(body)
            letter = msgspec.json.decode(body, type=Letter)
        except msgspec.ValidationError as error:
            return answer(_invalid(error))
        except (msgspec.DecodeError, OSError, EOFError, zlib.error, UnicodeDecodeError):
            return answer(_errors(400, "Bad Request"))
        key = letter.personalizations[0].to[0].email
        return await self._faults.apply(SYSTEM, "mail/send", lambda: self._send(letter), key=key)

    def _send(self, letter: Letter) -> Reply:
        verified = self._config.sendgrid_from
        if verified and letter.sender.email.casefold() != verified.casefold():
            return _errors(403, "The from address does not match a verified Sender Identity.", "from")
        for index, personal in enumerate(letter.personalizations):
            if refused := _incomplete(letter, personal, index):
                return refused
        message_id = secrets.token_urlsafe(16)
        if not letter.sandboxed:
            for personal in letter.personalizations:
                self._deliver(letter, personal, message_id)
        return Reply(202, b"", {"x-message-id": message_id}, "text/plain")

    def _deliver(self, letter: Letter, personal: Personalization, message_id: str) -> None:
        text, html = letter.part("text/plain"), letter.part("text/html")
        subject = personal.subject or letter.subject or letter.template_id or ""
        body = text or _TAG.sub("", html or "").strip()
        if letter.template_id:
            body = msgspec.json.encode(personal.dynamic_template_data or {}).decode()
        for receiver in (*personal.to, *personal.cc, *personal.bcc):
            self._inbox.put("email", receiver.email, body, subject=subject, html=html)
            self._truth.record(SYSTEM, "mail", id=message_id, to=receiver.email, subject=subject)


def _incomplete(letter: Letter, personal: Personalization, index: int) -> Reply | None:
    """Check what the document says in prose only. Returns the refusal, or None."""
    if letter.template_id:
        return None
    if not (personal.subject or letter.subject):
        return _errors(400, "The subject is required.", "subject")
    if not letter.content:
        return _errors(400, "The content value must be a list with at least one part.", "content")
    seen = [receiver.email.casefold() for receiver in (*personal.to, *personal.cc, *personal.bcc)]
    if len(seen) != len(set(seen)):
        field = f"personalizations.{index}"
        return _errors(400, "Each email address must be unique between to, cc, and bcc.", field)
    return None


def _errors(status: int, message: str, field: str | None = None) -> Reply:
    return Reply(status, {"errors": [{"message": message, "field": field, "help": None}]})


def _invalid(error: msgspec.ValidationError) -> Reply:
    found = _PATH.match(str(error))
    path = (found["path"] or "") if found else ""
    message = found["message"] if found else str(error)
    return _errors(400, message, re.sub(r"\[(\d+)\]", r".\1", path) or None)


def create(config: SandboxConfig, truth: Truth, faults: Faults, inbox: InboxSandbox) -> SendgridSandbox:
    """Return the vendor with its route."""
    return SendgridSandbox(config, truth, faults, inbox)
