"""`POST /verify.php`: one address sends a code and, with `activeKey`, checks it; after public integrations.

A JSON array with one object goes in. What comes out has been seen in several shapes, so a knob chooses.
"""

import codecs
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any, Literal

import msgspec
from litestar import Request, Router, get, post

from muvi_sandbox.config import SandboxConfig
from muvi_sandbox.faults import Faults, Reply
from muvi_sandbox.inbox import InboxSandbox
from muvi_sandbox.knobs import BadControl
from muvi_sandbox.reply import VendorResponse, answer
from muvi_sandbox.truth import Truth

SYSTEM = "taqnyat"
_NUMBER = re.compile(r"[1-9][0-9]{7,14}")
_TEXTS = {"en": "Your activation code is {code}", "ar": "رمز التفعيل الخاص بك هو {code}"}


class Result(IntEnum):
    """The vendor's numbers, the same for sending and checking."""

    BAD_KEY = 1
    BAD_NUMBER = 3
    NO_BALANCE = 4
    SENT = 5
    UNKNOWN = 6
    ALREADY_SENT = 7
    VERIFIED = 10
    WRONG = 11
    ATTEMPTS_EXHAUSTED = 12
    ALREADY_VERIFIED = 13


_GOOD = {Result.SENT, Result.VERIFIED}


@dataclass
class Knobs:
    """Numbers that the vendor does not publish, the shape of an answer, and help for a test.

    `resend_after_s`: how long a number that got a text waits for the next one, whatever the request id. Of
    the shapes `texts` has numbers as texts and a byte order mark before it, `empties` has lists for null.
    """

    code_length: int = 4
    code_life_s: int = 600
    max_attempts: int = 5
    balance: bool = True
    fixed_code: str = ""
    resend_after_s: int = 0
    shape: Literal["envelope", "flat", "list", "texts", "empties"] = "envelope"


class Ask(msgspec.Struct, kw_only=True, rename="camel"):
    """One request. `numbers` are international without a plus."""

    api_key: str = ""
    numbers: list[str] = []
    method: str = "sms"
    sender: str = ""
    lang: str = "ar"
    request_id: str = ""
    return_json: int = 0
    note: str = ""
    active_key: str | None = None


@dataclass(slots=True)
class _Code:
    code: str
    expires_at: datetime
    attempts: int = 0
    verified: bool = False


class TaqnyatSandbox:
    """Codes are keyed by number and request id: a new id is a new code beside the former."""

    def __init__(self, config: SandboxConfig, truth: Truth, faults: Faults, inbox: InboxSandbox) -> None:
        self._config = config
        self._truth = truth
        self._faults = faults
        self._inbox = inbox
        self._open: dict[tuple[str, str], _Code] = {}
        self._texted: dict[str, datetime] = {}
        self.knobs = Knobs()

        @post("/verify.php", status_code=200)
        async def verify(request: Request[Any, Any, Any]) -> VendorResponse:
            return await self._called(request)

        @get("/account/balance")
        async def balance(request: Request[Any, Any, Any]) -> VendorResponse:
            if request.headers.get("authorization") != f"Bearer {self._config.taqnyat_key}":
                return answer(Reply(401, {"statusCode": 401, "message": "Invalid token"}))
            left = "100" if self.knobs.balance else "0"
            told = {"statusCode": 200, "accountStatus": "active", "balance": left, "currency": "SAR"}
            return answer(Reply(200, told))

        self.router = Router(path="/taqnyat", route_handlers=[verify, balance])

    def act(self, action: str, facts: Mapping[str, Any]) -> dict[str, Any]:
        """Nothing happens at this vendor by itself."""
        raise BadControl(f"taqnyat knows no act {action} {sorted(facts)}")

    async def _called(self, request: Request[Any, Any, Any]) -> VendorResponse:
        try:
            (ask,) = msgspec.json.decode(await request.body(), type=list[Ask])
        except (msgspec.MsgspecError, ValueError):
            return answer(self._said(Result.UNKNOWN))
        bearer = request.headers.get("authorization")
        if ask.api_key != self._config.taqnyat_key or bearer not in {None, f"Bearer {ask.api_key}"}:
            return answer(self._said(Result.BAD_KEY))
        if len(ask.numbers) != 1 or not _NUMBER.fullmatch(ask.numbers[0]):
            return answer(self._said(Result.BAD_NUMBER))
        call, work = ("send", self._send) if ask.active_key is None else ("check", self._check)
        return await self._faults.apply(
            SYSTEM,
            f"verify/{call}",
            lambda: self._said(work(ask)),
            key=ask.numbers[0],
            coded=lambda code: self._said(int(code)),
        )

    def _send(self, ask: Ask) -> Result:
        place = ask.numbers[0], ask.request_id
        known = self._open.get(place)
        if known is not None:
            return Result.ALREADY_VERIFIED if known.verified else Result.ALREADY_SENT
        if not ask.request_id or not ask.sender or ask.method != "sms" or ask.lang not in _TEXTS:
            return Result.UNKNOWN
        if not self.knobs.balance:
            return Result.NO_BALANCE
        now, to = self._config.clock.now(), ask.numbers[0]
        wait = timedelta(seconds=self.knobs.resend_after_s)
        if to in self._texted and now < self._texted[to] + wait:
            return Result.ALREADY_SENT
        length = self.knobs.code_length
        code = self.knobs.fixed_code or "".join(secrets.choice("0123456789") for _ in range(length))
        self._texted[to] = now
        self._open[place] = _Code(code, now + timedelta(seconds=self.knobs.code_life_s))
        text = "\n".join(filter(None, (_TEXTS[ask.lang].format(code=code), ask.note)))
        self._inbox.put("sms", f"+{to}", text, subject=ask.sender, code=code)
        self._truth.record(SYSTEM, "sent", to=to, request=ask.request_id, lang=ask.lang)
        return Result.SENT

    def _check(self, ask: Ask) -> Result:
        known = self._open.get((ask.numbers[0], ask.request_id))
        result = Result.WRONG if known is None else self._judge(known, ask.active_key or "")
        self._truth.record(SYSTEM, "checked", to=ask.numbers[0], request=ask.request_id, result=int(result))
        return result

    def _judge(self, known: _Code, code: str) -> Result:
        """No number is published for a code that ran out; it is answered as a wrong one."""
        if known.verified:
            return Result.ALREADY_VERIFIED
        if known.attempts >= self.knobs.max_attempts:
            return Result.ATTEMPTS_EXHAUSTED
        if self._config.clock.now() < known.expires_at and secrets.compare_digest(
            code.encode(), known.code.encode()
        ):
            known.verified = True
            return Result.VERIFIED
        known.attempts += 1
        return Result.WRONG

    def _said(self, result: int) -> Reply:
        text = f"result {result}"
        shape, flat = self.knobs.shape, {"code": result, "message": text}
        if shape in {"flat", "list"}:
            return Reply(200, [flat] if shape == "list" else flat)
        number = str(result) if shape == "texts" else result
        nothing: list[Any] | None = [] if shape == "empties" else None
        told = {"MessageAr": text, "MessageEn": text}
        good = result in _GOOD
        envelope = {
            "status": 1,
            "ResponseStatus": "success" if good else "fail",
            "Data": {"id": "", "result": number, **told} if good else nothing,
            "Error": nothing if good else {"ErrorCode": number, **told},
        }
        return Reply(200, codecs.BOM_UTF8 + msgspec.json.encode(envelope) if shape == "texts" else envelope)


def create(config: SandboxConfig, truth: Truth, faults: Faults, inbox: InboxSandbox) -> TaqnyatSandbox:
    """Return the vendor with its route."""
    return TaqnyatSandbox(config, truth, faults, inbox)
