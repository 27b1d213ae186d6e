"""Shapes that the whole API shares: times, answers of success and failure, and the refusals behind them."""

from datetime import datetime, timedelta
from typing import Any, TypeVar

import msgspec

from muvi_sandbox.chain import WALL
from muvi_sandbox.reply import Reply

UNEXPECTED = 1
UNEXPECTED_TEXT = "An unexpected error occurred"
JSON = "application/json; charset=utf-8"

S = TypeVar("S", bound=msgspec.Struct)


class Refused(Exception):
    """A V2 call that is turned down. Only `SeatsUnavailable` is a published name; the others are ours."""

    def __init__(self, status: int, kind: str, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.kind = kind


class Failed(Exception):
    """A V1 call that fails: status 200 with a code in the body."""

    def __init__(self, code: int, text: str, extended: int = 0) -> None:
        super().__init__(text)
        self.code = code
        self.extended = extended


def utc(moment: datetime) -> str:
    """Seven fractional digits and a Z."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond:06d}7Z"


def naive(moment: datetime) -> str:
    """Cinema wall time without an offset."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S")


def with_offset(moment: datetime) -> str:
    """Cinema wall time with its offset."""
    return moment.replace(tzinfo=WALL).isoformat()


def from_utc(text: str) -> datetime:
    """Read what `utc` wrote."""
    return datetime.fromisoformat(f"{text[:26]}+00:00")


def after(moment: datetime, seconds: float) -> datetime:
    """Return the moment so many seconds later."""
    return moment + timedelta(seconds=seconds)


def ok(body: bytes | dict[str, Any]) -> Reply:
    """Answer 200 with JSON."""
    return Reply(200, body, media_type=JSON)


def refusal(error: Refused) -> Reply:
    """Render a refused V2 call: camel case, the HTTP status tells."""
    body = {"exceptionType": error.kind, "errorDescription": str(error)}
    return Reply(error.status, body, media_type=JSON)


def failure(field: str, error: Failed, **more: Any) -> Reply:  # noqa: ANN401 - plain JSON values
    """Render a failed V1 call under the code field of its service."""
    body: dict[str, Any] = {field: error.code, "ErrorDescription": str(error)}
    if field == "Result":
        body["ExtendedResultCode"] = error.extended
    return ok({**body, **more})


def v2_body(raw: bytes, shape: type[S]) -> S:
    """Decode a V2 request. Raises Refused with 400."""
    try:
        return msgspec.json.decode(raw or b"{}", type=shape)
    except msgspec.MsgspecError as error:
        raise Refused(400, "InvalidRequest", str(error)) from error


def v1_body(raw: bytes, shape: type[S]) -> S:
    """Decode a V1 request. Raises Failed: a malformed body gets the general failure."""
    try:
        return msgspec.json.decode(raw or b"{}", type=shape)
    except msgspec.MsgspecError as error:
        raise Failed(UNEXPECTED, f"{UNEXPECTED_TEXT}: {error}") from error
