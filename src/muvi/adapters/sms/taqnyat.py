"""Taqnyat Verify: it makes, sends and compares the code; we never see one.

Wire facts from public integrations: one address for both calls, a JSON array with one object, `activeKey` in
it makes it a check, numbers without a plus. The result is a number: 5 sent; 7 already sent, 8 sent too often;
10 right, 11 wrong, 12 attempts used up, 13 and 19 right before; 0 no connection, 1 key, 3 number, 4 balance,
6 unknown. It was seen as `code`, in `Data.result` and in `Error.ErrorCode`, in an object and in a list. A
number is read from text too, and [] and "" as nothing, as programs in PHP write them.
Only 10 is a login. On sending 13 and 19 mean that no text goes to this number; another sender may do it.
The check goes by `requestId`, which must be a new one for each code: with the number in its place, 13 and 19
would come for somebody else's sign-in.
"""

from __future__ import annotations

import re
from typing import Final
from uuid import UUID

from typing_extensions import override

from muvi.adapters.kit.http_client import VendorHttp
from muvi.adapters.kit.vendor_calls import operations
from muvi.adapters.sms.answers import MAX_BYTES, SYSTEM, TOTAL_S, read, too_often
from muvi.domain.identity.phone import PhoneNumber
from muvi.domain.shared.text import Language
from muvi.ports.errors import OutcomeUnknown, PortError, Refused, Unavailable
from muvi.ports.identity.sms_otp import CodeCheck, SmsOtp

_SENT: Final = 5
_NOTHING_DONE: Final = {0, 1, 4}
_WAIT: Final = {7, 8, 12}
_NOT_HERE: Final = {13, 19}
_BAD_NUMBER: Final = 3
_NOTHING: Final[tuple[object, ...]] = (None, "", [], {})
_UNREADABLE: Final = "?"
_NUMERAL: Final = re.compile(r"0|[1-9][0-9]{0,2}")
_VERDICTS: Final = {
    8: CodeCheck.EXCEEDED,
    10: CodeCheck.CORRECT,
    11: CodeCheck.WRONG,
    12: CodeCheck.EXCEEDED,
    13: CodeCheck.ALREADY,
    19: CodeCheck.ALREADY,
}


def _results(answer: object) -> set[int | None]:
    """Every number that an answer gives as its result; None for one that is no number."""
    if not isinstance(answer, dict):
        return {None}
    places = (
        answer.get("code"),
        _within(answer.get("Data"), "result"),
        _within(answer.get("Error"), "ErrorCode"),
    )
    return {_whole(place) for place in places if place not in _NOTHING}


def _within(part: object, name: str) -> object:
    """A member of a part that may be an object, a list with one, or one of the vendor's ways to say none."""
    if isinstance(part, list) and len(part) == 1:
        part = part[0]
    if isinstance(part, dict):
        return part.get(name)
    return None if part in _NOTHING else _UNREADABLE


def _whole(value: object) -> int | None:
    """A result as a number or as text. Nothing is made of what only looks like one (`10.0`, `010`, true)."""
    if isinstance(value, str) and _NUMERAL.fullmatch(value):
        return int(value)
    return value if type(value) is int else None


def taqnyat_http(base_url: str, *, api_key: str) -> VendorHttp:
    """Connections to Taqnyat with our key. `base_url` is what stands before `/verify.php`."""
    return VendorHttp(
        SYSTEM,
        base_url,
        headers=(("Authorization", f"Bearer {api_key}"),),
        total_s=TOTAL_S,
        max_bytes=MAX_BYTES,
    )


@operations("taqnyat")
class TaqnyatOtp(SmsOtp):
    """Codes by text from `sender`, whose length the vendor's account decides: a code of another than `length`
    is wrong without a call. `note` is put into each text (the hash by which Android fills a code in).
    """

    def __init__(
        self, http: VendorHttp, *, api_key: str, sender: str, note: str = "", length: int | None = None
    ) -> None:
        self._http = http
        self._length = length
        self._said = {"apiKey": api_key, "method": "sms", "sender": sender, "returnJson": 1}
        self._note = {"note": note} if note else {}

    @override
    async def start(self, phone: PhoneNumber, language: Language, request: UUID) -> None:
        result = await self._ask(phone, request, {"lang": language.value, **self._note})
        if result != _SENT:
            raise _trouble(result)

    @override
    async def check(self, phone: PhoneNumber, code: str, request: UUID) -> CodeCheck:
        if self._length not in {None, len(code)}:
            return CodeCheck.WRONG
        result = await self._ask(phone, request, {"lang": Language.EN.value, "activeKey": code})
        verdict = _VERDICTS.get(result)
        if verdict is None:
            raise _trouble(result)
        return verdict

    async def _ask(self, phone: PhoneNumber, request: UUID, more: dict[str, str]) -> int:
        ask = {"numbers": [phone.e164.removeprefix("+")], "requestId": request.hex}
        reply = await self._http.post_json("/verify.php", [{**self._said, **ask, **more}])
        said = read(reply, object, "taqnyat")
        answers = said if isinstance(said, list) else [said]
        results = set[int | None]().union(*(_results(answer) for answer in answers))
        result = results.pop() if len(results) == 1 else None
        if result is None:
            raise OutcomeUnknown("an answer without one result", system=SYSTEM, answered=True)
        return result


def _trouble(result: int) -> PortError:
    """Why nothing came of a call. What is said of one number, or is not listed, says nothing about others."""
    said = f"result {result}"
    if result in _NOTHING_DONE:
        return Unavailable(said, system=SYSTEM)
    if result in _NOT_HERE:
        return Unavailable(said, system=SYSTEM, answered=True)
    if result in _WAIT:
        return too_often(said, str(result))
    if result == _BAD_NUMBER:
        return Refused(said, reason=str(result), system=SYSTEM)
    return OutcomeUnknown(said, system=SYSTEM, answered=True)
