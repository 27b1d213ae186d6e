"""Vista Connect over HTTP: who we are, how an answer says yes or no, and how its clock differs from ours.

Facts: the token identifies client, channel and rights; its header is accepted byte for byte as
`connectApiToken` and was refused title-cased. V1 services answer HTTP 200 with a code of their own, named
differently by each; V2 tells by status. Only 0 means success; codes and texts are kept verbatim.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TypeVar

import msgspec

from muvi.adapters.kit.bulkhead import Bulkhead
from muvi.adapters.kit.http_client import Header, VendorHttp, VendorReply
from muvi.adapters.kit.request_id import present_request_id
from muvi.domain.shared.actor import Platform
from muvi.ports.clock import Clock
from muvi.ports.errors import OutcomeUnknown, Refused, Unavailable

SYSTEM = "box-office"
CALLS_PER_CINEMA = 8
"""Half of what a worker does at once: a cinema that hangs leaves room for the others."""
_SKEW_NOTICED_S = 2.0  # the Date header has whole seconds, and the answer travelled
_NO_SKEW = timedelta(0)
_MAX_TEXT = 200

T = TypeVar("T")
S = TypeVar("S", bound="Coded")


class Coded(msgspec.Struct, rename="pascal"):
    """An answer of a V1 service. The three names of the code; absent ones stay None."""

    result: int | None = None
    result_code: int | None = None
    response_code: int | None = None
    error_description: str | None = None


class _V2Error(msgspec.Struct, rename="camel"):
    exception_type: str | None = None
    error_description: str | None = None


class CodeRefused(Refused):
    """A V1 service answered with a code of its own other than 0; `reason` is that code."""


class VistaClient:
    """One Vista. `send` gives any whole answer, `v1` and `v2` only successful ones, decoded. A call names the
    cinema whose site has to answer it, and takes one of its places.

    Errors: `Unavailable` when nothing was sent, for reads also when nothing usable came back and for 429;
    `Refused` with Vista's own code as `reason`; `OutcomeUnknown` for a call with effects whose answer is
    missing, unreadable or 5xx.
    """

    def __init__(
        self,
        http: VendorHttp,
        tokens: Mapping[Platform, str],
        clock: Clock,
        bulkhead: Bulkhead | None = None,
    ) -> None:
        """`bulkhead` has the places of each cinema."""
        self._http = http
        self._bulkhead = bulkhead or Bulkhead(SYSTEM, limit=CALLS_PER_CINEMA)
        self._tokens = dict(tokens)
        self._clock = clock
        self._skew = _NO_SKEW
        self._stamp = ""

    @property
    def skew(self) -> timedelta:
        """Vista's clock minus ours, as last measured; zero while the two agree within two seconds."""
        return self._skew

    def our_time(self, theirs: datetime) -> datetime:
        """A moment of Vista's clock on ours."""
        return theirs - self._skew

    async def v1(
        self,
        code_field: str,
        path: str,
        shape: type[S],
        platform: Platform,
        *,
        cinema: str,
        body: object = None,
        safe: bool = False,
        total_s: float | None = None,
    ) -> S:
        """Call a V1 service whose code field is `code_field` ("result", "result_code", "response_code").

        GET without a body. Raises `CodeRefused` for every code but 0.
        """
        method = "GET" if body is None else "POST"
        safe = safe or method == "GET"
        reply = await self.send(method, path, platform, cinema=cinema, body=body, safe=safe, total_s=total_s)
        _check_status(reply, safe=safe)
        answer = _decoded(reply, shape, safe=safe)
        code = getattr(answer, code_field)
        if code is None:
            raise _unreadable(reply, f"no {code_field}", safe=safe)
        if code != 0:
            text = _text(f"{code} {answer.error_description or ''}")
            raise CodeRefused(text, reason=str(code), system=SYSTEM)
        return answer

    async def v2(
        self,
        method: str,
        path: str,
        shape: type[T],
        platform: Platform,
        *,
        cinema: str,
        body: object = None,
    ) -> T:
        """Call a V2 operation. Raises `Refused` for a 4xx, with its exception type or status as reason."""
        safe = method == "GET"
        reply = await self.send(method, path, platform, cinema=cinema, body=body, safe=safe)
        return self.v2_answer(reply, shape, safe=safe)

    def v2_answer(self, reply: VendorReply, shape: type[T], *, safe: bool) -> T:
        """Judge and decode the answer of a V2 operation; raises as `v2`."""
        _check_status(reply, safe=safe)
        return _decoded(reply, shape, safe=safe)

    async def send(
        self,
        method: str,
        path: str,
        platform: Platform,
        *,
        cinema: str,
        body: object = None,
        safe: bool | None = None,
        total_s: float | None = None,
    ) -> VendorReply:
        """Send one request as a platform and take note of Vista's clock."""
        headers = self._headers(platform)
        content = b""
        if body is not None:
            content = msgspec.json.encode(body)
            headers.append(("Content-Type", "application/json"))
        async with self._bulkhead.place(cinema):
            began = self._clock.now()
            reply = await self._http.send(
                method, path, content=content, headers=headers, safe=safe, total_s=total_s
            )
        self._measure(reply, began)
        return reply

    def _headers(self, platform: Platform) -> list[Header]:
        token = self._tokens.get(platform)
        if not token:
            raise Refused(f"no token for {platform}", reason="platform-not-configured", system=SYSTEM)
        headers = [("connectApiToken", token)]
        if request_id := present_request_id():
            headers.append(("correlationId", request_id))
        return headers

    def _measure(self, reply: VendorReply, began: datetime) -> None:
        stamp = reply.header("date")
        if not stamp or stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            theirs = parsedate_to_datetime(stamp)
        except ValueError:
            return
        if theirs.tzinfo is None:
            return
        ours = began + (self._clock.now() - began) / 2
        measured = theirs + timedelta(seconds=0.5) - ours
        if abs((measured - self._skew).total_seconds()) > _SKEW_NOTICED_S:
            self._skew = _NO_SKEW if abs(measured.total_seconds()) <= _SKEW_NOTICED_S else measured


def _check_status(reply: VendorReply, *, safe: bool) -> None:
    if reply.is_ok:
        return
    status = reply.status
    if status == 429:  # noqa: PLR2004
        raise Unavailable(
            "asked too often", system=SYSTEM, retry_after_s=_seconds(reply.header("retry-after"))
        )
    if status >= 500 or status < 400:  # noqa: PLR2004
        raise _unreadable(reply, f"status {status}", safe=safe)
    error = _v2_error(reply.body)
    reason = error.exception_type or str(status)
    raise Refused(_text(f"{status} {reason} {error.error_description or ''}"), reason=reason, system=SYSTEM)


def _v2_error(body: bytes) -> _V2Error:
    try:
        return msgspec.json.decode(body, type=_V2Error)
    except msgspec.MsgspecError:
        return _V2Error()


def _decoded(reply: VendorReply, shape: type[T], *, safe: bool) -> T:
    try:
        return _decoder(shape).decode(reply.body)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise _unreadable(reply, str(error), safe=safe) from error


_decoders: dict[type, msgspec.json.Decoder[object]] = {}


def _decoder(shape: type[T]) -> msgspec.json.Decoder[T]:
    found = _decoders.get(shape)
    if found is None:
        found = _decoders[shape] = msgspec.json.Decoder(shape)
    return found  # type: ignore[return-value]  # the key is the type


def _unreadable(reply: VendorReply, why: str, *, safe: bool) -> Unavailable | OutcomeUnknown:
    text = _text(f"unusable answer: {why}")
    if safe:
        return Unavailable(text, system=SYSTEM, retry_after_s=_seconds(reply.header("retry-after")))
    return OutcomeUnknown(text, system=SYSTEM)


def _seconds(text: str) -> float | None:
    return float(text) if text.isdigit() else None


def _text(text: str) -> str:
    return text.strip()[:_MAX_TEXT]
