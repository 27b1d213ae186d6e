"""Who calls: the token, the sales channel behind it and its rights."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from muvi_sandbox.vista.wire import Refused

CHANNELS = {"website": "WWW", "android": "CELL", "ios": "CELL", "huawei": "CELL", "kiosk": "KIOSK"}
_SPELLINGS = frozenset({b"connectApiToken", b"connectapitoken"})


class Client(NamedTuple):
    """The caller as Vista sees it."""

    platform: str
    channel: str


class Clients:
    """Every token that this site issued."""

    def __init__(self, tokens: Mapping[str, str]) -> None:
        self._by_token = {
            token.encode(): Client(platform, CHANNELS.get(platform, "WWW"))
            for platform, token in tokens.items()
        }

    def recognise(self, headers: Iterable[tuple[bytes, bytes]]) -> Client:
        """Find the caller by the headers as they were sent.

        Raises Refused: 401 for a missing or unknown token, 403 for a header spelt otherwise, as one gateway
        answered a client that title-cased the name.
        """
        for name, value in headers:
            if name.lower() != b"connectapitoken":
                continue
            if name not in _SPELLINGS:
                raise Refused(403, "Forbidden", "The API token header is not spelt as expected")
            client = self._by_token.get(value)
            if client is not None:
                return client
        raise Refused(401, "Unauthorized", "The API token is missing or not valid")
