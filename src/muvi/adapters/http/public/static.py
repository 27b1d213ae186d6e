"""Pictures of our own: banners to try the service with, and what stands in for a picture that is missing."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from litestar import Router
from litestar.datastructures import CacheControlHeader
from litestar.static_files import create_static_files_router

PATH = "/static"
DAY_S = 86_400


def static_files() -> Router:
    """Files of the package, for a day in a browser's cache."""
    return create_static_files_router(
        path=PATH,
        directories=[Path(str(files("muvi.adapters.http") / "static"))],
        cache_control=CacheControlHeader(max_age=DAY_S, public=True),
        include_in_schema=False,
    )
