"""The whole application in this process, on a database of its own, with every line of its log at hand."""

import json
import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from litestar import Litestar
from litestar.testing import AsyncTestClient
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import create_async_engine

from muvi.adapters.db.tables import metadata
from muvi.adapters.http.edge import at_the_edge
from muvi.domain.shared.actor import ActorKind
from muvi.entrypoints.settings import read_settings
from muvi.entrypoints.web import application
from muvi.ports.clock import Clock
from muvi.ports.identity.tokens import SessionTokens, TokenSubject


@dataclass
class Edge:
    """The application seen from outside."""

    app: Litestar
    client: AsyncTestClient[Any]
    database_url: str
    token: str
    lines: list[dict[str, Any]] = field(default_factory=list)

    @property
    def signed_in(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}"}

    def routes(self) -> list[tuple[str, str, dict[str, Any]]]:
        """Method, path template and description of every route."""
        described = json.loads(json.dumps(self.app.openapi_schema.to_schema()))
        return [
            (method.upper(), path, operation)
            for path, methods in described["paths"].items()
            for method, operation in methods.items()
        ]

    async def send(self, method: str, path: str, **how: Any) -> httpx.Response:  # noqa: ANN401
        return await self.client.request(method, path, follow_redirects=False, **how)

    async def rows(self) -> dict[str, int]:
        """How many rows each table has."""
        engine = create_async_engine(self.database_url)
        try:
            async with engine.connect() as connection:
                return {
                    table.name: (
                        await connection.execute(select(func.count()).select_from(table))
                    ).scalar_one()
                    for table in metadata.sorted_tables
                }
        finally:
            await engine.dispose()


@asynccontextmanager
async def an_edge(database_url: str, home: Path, **more: str) -> AsyncGenerator[Edge]:
    """Vendors' addresses lead nowhere unless `more` names them."""
    place = {
        "DATABASE_URL": database_url,
        "REDIS_URL": os.environ.get("REDIS_URL", "redis://127.0.0.1:1/0"),
        "MUVI_HOME": str(home),
        "SANDBOX_PORT": "1",
        **more,
    }
    settings = read_settings(place)
    app = application(settings)
    lines: list[dict[str, Any]] = []
    edged = at_the_edge(
        app, origins=settings.allowed_origins, write=lambda line: lines.append(json.loads(line))
    )
    async with AsyncTestClient(edged, raise_server_exceptions=False) as client:
        container = app.state.dishka_container
        subject = TokenSubject(
            kind=ActorKind.GUEST,
            user_id=UUID(int=5),
            session_id=UUID(int=5),
            generation=1,
            issued_at=(await container.get(Clock)).now(),
        )
        token = (await container.get(SessionTokens)).issue(subject).access
        yield Edge(app, client, database_url, token, lines)
