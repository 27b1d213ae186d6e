"""A hook for test clients: whatever a test asks for, the answer's media type is well formed."""

from collections import Counter

import httpx


async def once_each(response: httpx.Response) -> None:
    """Hook of an `httpx.AsyncClient`: no media type names a parameter twice."""
    told = response.headers.get("content-type", "")
    assert repeated(told) == [], f"{response.request.method} {response.request.url.path}: {told}"


def repeated(media_type: str) -> list[str]:
    """Parameters that a media type names more than once."""
    _, *parameters = media_type.split(";")
    names = Counter(one.partition("=")[0].strip().lower() for one in parameters)
    return [name for name, times in names.items() if times > 1]
