"""`POST /services/api/v2/verifications/{start,check}`, form-urlencoded, after the vendor's document."""

import re
import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

from litestar import Request, Router, post

from muvi_sandbox.config import SandboxConfig
from muvi_sandbox.faults import Faults, Reply
from muvi_sandbox.inbox import InboxSandbox
from muvi_sandbox.knobs import BadControl
from muvi_sandbox.reply import VendorResponse, answer
from muvi_sandbox.truth import Truth

SYSTEM = "unifonic"
CORRECT, INCORRECT, ATTEMPTS_EXCEEDED, EXPIRED, ALREADY_VERIFIED = 101, 107, 108, 109, 110
_NUMBER = re.compile(r"\+[1-9][0-9]{7,14}")
_CHANNELS = {"sms", "voice", "whatsapp"}
_TEXTS = {
    "en": "Your verification code is {code}. It is valid for {minutes} minutes.",
    "ar": "رمز التحقق الخاص بك هو {code}. الرمز صالح لمدة {minutes} دقائق.",
}


@dataclass
class Knobs:
    """Numbers that the vendor does not publish, and help for a test."""

    code_life_s: int = 300
    max_attempts: int = 5
    fixed_code: str = ""


@dataclass(slots=True)
class _Verification:
    id: str
    to: str
    channel: str
    locale: str
    code: str
    expires_at: datetime
    attempts: int = 0
    verified: bool = False

    def shown(self, **more: object) -> dict[str, Any]:
        return {
            "id": self.id,
            "to": self.to,
            "length": len(self.code),
            "channel": self.channel,
            "locale": self.locale,
            "code_type": "numeric",
            **more,
        }


class UnifonicSandbox:
    """Codes are keyed by number and channel; a new start replaces the former code."""

    def __init__(self, config: SandboxConfig, truth: Truth, faults: Faults, inbox: InboxSandbox) -> None:
        self._config = config
        self._truth = truth
        self._faults = faults
        self._inbox = inbox
        self._open: dict[tuple[str, str], _Verification] = {}
        self.knobs = Knobs()
        self.router = Router(path="/unifonic/services/api/v2/verifications", route_handlers=self._routes())

    def act(self, action: str, facts: Mapping[str, Any]) -> dict[str, Any]:
        """`expire` lets every open code of number `to` run out now."""
        if action != "expire" or "to" not in facts:
            raise BadControl("unifonic knows one act: expire, with `to`")
        found = [known for known in self._open.values() if known.to == facts["to"]]
        for known in found:
            known.expires_at = self._config.clock.now()
        return {"expired": len(found)}

    def _routes(self) -> list[Any]:
        @post("/start", status_code=200)
        async def start(request: Request[Any, Any, Any]) -> VendorResponse:
            return await self._called(request, "verifications/start")

        @post("/check", status_code=200)
        async def check(request: Request[Any, Any, Any]) -> VendorResponse:
            return await self._called(request, "verifications/check")

        return [start, check]

    async def _called(self, request: Request[Any, Any, Any], call: str) -> VendorResponse:
        config = self._config
        if (
            request.headers.get("x-authenticate-app-id") != config.unifonic_app_id
            or request.headers.get("authorization") != f"Bearer {config.unifonic_token}"
        ):
            return answer(Reply(401, {"message": "Unauthorized"}))
        if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            return answer(Reply(415, {"message": "Unsupported Media Type"}))
        form = dict(parse_qsl((await request.body()).decode(errors="replace")))
        work = self._start if call.endswith("start") else self._check
        return await self._faults.apply(SYSTEM, call, lambda: work(form), key=form.get("to", ""))

    def _start(self, form: Mapping[str, str]) -> Reply:
        to, channel, locale = form.get("to", ""), form.get("channel", "sms").lower(), form.get("locale", "en")
        length = form.get("length", "4")
        if refused := _refused(to, channel):
            return refused
        if locale not in _TEXTS or not length.isdigit() or not 4 <= int(length) <= 10:  # noqa: PLR2004
            return Reply(400, {"message": "locale must be en or ar, length 4 to 10"})
        code = self.knobs.fixed_code or "".join(secrets.choice("0123456789") for _ in range(int(length)))
        expires_at = self._config.clock.now() + timedelta(seconds=self.knobs.code_life_s)
        made = _Verification(str(uuid.uuid4()), to, channel, locale, code, expires_at)
        self._open[to, channel] = made
        text = _TEXTS[locale].format(code=code, minutes=max(1, self.knobs.code_life_s // 60))
        self._inbox.put(channel, to, text, code=code)
        self._truth.record(SYSTEM, "started", id=made.id, to=to, channel=channel, locale=locale)
        return Reply(200, made.shown(response_status="correct"))

    def _check(self, form: Mapping[str, str]) -> Reply:
        to, channel, code = form.get("to", ""), form.get("channel", "").lower(), form.get("code", "")
        if refused := _refused(to, channel):
            return refused
        if not code:
            return Reply(400, {"message": "code is required"})
        known = self._open.get((to, channel))
        outcome = INCORRECT if known is None else self._judge(known, code)
        self._truth.record(SYSTEM, "checked", id=known.id if known else None, to=to, error_code=outcome)
        status = "correct" if outcome == CORRECT else "incorrect"
        unknown = {"id": str(uuid.uuid4()), "to": to, "channel": channel}
        shown = known.shown() if known else unknown
        return Reply(200, {**shown, "response_status": status, "error_code": outcome})

    def _judge(self, known: _Verification, code: str) -> int:
        """Order of the answers: used up beats old, old beats wrong."""
        if known.verified:
            return ALREADY_VERIFIED
        if known.attempts >= self.knobs.max_attempts:
            return ATTEMPTS_EXCEEDED
        if self._config.clock.now() >= known.expires_at:
            return EXPIRED
        if secrets.compare_digest(code.encode(), known.code.encode()):
            known.verified = True
            return CORRECT
        known.attempts += 1
        return INCORRECT


def _refused(to: str, channel: str) -> Reply | None:
    if not _NUMBER.fullmatch(to):
        return Reply(400, {"message": "to must be a number in international format"})
    if channel not in _CHANNELS:
        return Reply(400, {"message": "channel must be sms, whatsapp or voice"})
    return None


def create(config: SandboxConfig, truth: Truth, faults: Faults, inbox: InboxSandbox) -> UnifonicSandbox:
    """Return the vendor with its routes."""
    return UnifonicSandbox(config, truth, faults, inbox)
