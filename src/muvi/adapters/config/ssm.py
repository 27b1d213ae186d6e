"""Parameters of AWS's Systems Manager, read once before a process starts.

Facts of `GetParametersByPath`: at most ten a page; a page may be empty and still have a token for the next;
`Recursive` gives sub-paths too; `WithDecryption` needs `kms:Decrypt`; it is throttled early when many
processes start at once, which the client meets with waits of random length.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import Any, Final

from muvi.adapters.kit.aws import FAILURES, told

PAGE: Final = 10
MOST_PAGES: Final = 100
TRIES: Final = 3
TOTAL_S: Final = 20.0
"""No page is begun after that; the last one may take its tries."""
_NAME: Final = re.compile(r"[A-Z][A-Z0-9_]*")


class ParametersNotRead(Exception):
    """They are not there whole; the message says why and quotes no value."""


def parameters(client: Any, path: str, *, total_s: float = TOTAL_S) -> dict[str, str]:  # noqa: ANN401  AWS's client has no type
    """Every parameter below `path` (`/production/`) by its last segment, decrypted. Blocks.

    Names that no environment variable has are left out. Raises `ParametersNotRead`: not reached, not allowed,
    not done in time, none there, or two that end in the same segment.
    """
    places: dict[str, str] = {}
    values: dict[str, str] = {}
    for place, value in _all(client, path, time.monotonic() + total_s):
        name = place.rsplit("/", 1)[-1]
        if _NAME.fullmatch(name) is None:
            continue
        if name in places:
            raise ParametersNotRead(f"{places[name]} and {place} end in the same name")
        places[name], values[name] = place, value
    if not values:
        raise ParametersNotRead("there are none")
    return values


def _all(client: Any, path: str, end: float) -> Iterator[tuple[str, str]]:  # noqa: ANN401  as above
    asked = {"Path": path, "Recursive": True, "WithDecryption": True, "MaxResults": PAGE}
    for _ in range(MOST_PAGES):
        if time.monotonic() > end:
            raise ParametersNotRead("it takes too long")
        try:
            page = client.get_parameters_by_path(**asked)
        except FAILURES as failure:
            raise ParametersNotRead(told(failure)) from None
        yield from ((one["Name"], one["Value"]) for one in page["Parameters"])
        if not page.get("NextToken"):
            return
        asked["NextToken"] = page["NextToken"]
    raise ParametersNotRead(f"there are more than {MOST_PAGES} pages")
