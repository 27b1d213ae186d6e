"""The description of the API, and the page that shows it without asking anybody else's server."""

from __future__ import annotations

import json

from litestar import Litestar
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import SwaggerRenderPlugin
from litestar.openapi.spec import Components, Reference, SecurityScheme

ASSETS = "/swagger-assets"

SCHEMES: dict[str, SecurityScheme | Reference] = {
    "bearer": SecurityScheme(
        type="http",
        scheme="bearer",
        bearer_format="JWT",
        description="The `token` of `guest-users/verify` or `auth/verify-otp`.",
    ),
    "scheduler": SecurityScheme(type="http", scheme="bearer", description="`SCHEDULER_TOKEN`."),
}


def openapi_config() -> OpenAPIConfig:
    """What is said about the whole; each route says the rest."""
    return OpenAPIConfig(
        title="Muvi",
        version="1",
        description=(
            "Cinemas, films, showtimes, seats, orders, payments and tickets.\n\n"
            "Errors are problem documents (RFC 9457): branch on `code`, which `/problems/{code}` explains. "
            "`accept-language` (en, ar) chooses the language, `x-device-platform` the sales platform. "
            "An empty query parameter counts as left out."
        ),
        path="/swagger",
        use_handler_docstrings=True,
        components=Components(security_schemes=SCHEMES),
        render_plugins=[
            SwaggerRenderPlugin(
                path="/",
                js_url=f"{ASSETS}/swagger-ui-bundle.js",
                css_url=f"{ASSETS}/swagger-ui.css",
                standalone_preset_js_url=f"{ASSETS}/swagger-ui-standalone-preset.js",
                favicon="",
            )
        ],
    )


def document(app: Litestar) -> str:
    """The description as a file: the same routes make the same bytes."""
    schema = app.openapi_schema.to_schema()
    return json.dumps(schema, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
