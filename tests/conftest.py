"""Fixtures that start real servers, and only when a test asks for one."""

import itertools
import os
from collections.abc import AsyncGenerator, Iterator

import pytest
from hypothesis import HealthCheck, settings
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine
from tests import servers
from tests.e2e.grounds import Grounds

_numbers = itertools.count(1)
SAME_CASES = os.environ.get("MUVI_FUZZ_SEED", "1") == "1"
"""Generated cases are the same at every run unless others are asked for."""
settings.register_profile(
    "muvi",
    derandomize=SAME_CASES,
    deadline=None,  # a busy machine is no defect
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("muvi")


def _own(name: str) -> str:
    return f"muvi_{name}_{os.getpid()}_{servers.worker_number()}"


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """Where databases can be made."""
    with servers.running_postgres() as url:
        yield url


@pytest.fixture(scope="session")
def template_database(postgres_server: str) -> Iterator[str]:
    """The name of a migrated, empty database to clone from; never connect to it."""
    with servers.database(postgres_server, _own("template")) as url:
        servers.migrate(url)
        yield _own("template")


@pytest.fixture(scope="session")
def database_url(postgres_server: str, template_database: str) -> Iterator[str]:
    """A migrated database for all tests of this worker; ask for `clean_database` when you write to it."""
    with servers.database(postgres_server, _own("tests"), template_database) as url:
        yield url


@pytest.fixture
def fresh_database_url(postgres_server: str, template_database: str) -> Iterator[str]:
    """A migrated database for this test alone, for processes that keep connections of their own."""
    with servers.database(postgres_server, _own(f"fresh{next(_numbers)}"), template_database) as url:
        yield url


@pytest.fixture
def empty_database_url(postgres_server: str) -> Iterator[str]:
    """A database without any table, for tests of the migrations."""
    with servers.database(postgres_server, _own(f"empty{next(_numbers)}")) as url:
        yield url


@pytest.fixture
async def engine(database_url: str) -> AsyncGenerator[AsyncEngine]:
    """An engine of this test's event loop; several connections, for races."""
    from muvi.adapters.db.engine import make_engine  # noqa: PLC0415  unit tests never load the driver

    made = make_engine(database_url, application="muvi-test", pool_size=20)
    yield made
    await made.dispose()


@pytest.fixture
async def clean_database(engine: AsyncEngine) -> AsyncGenerator[AsyncEngine]:
    """The engine; afterwards every row is gone."""
    yield engine
    from muvi.adapters.db.tables import metadata  # noqa: PLC0415  unit tests never load the tables

    async with engine.begin() as connection:
        for table in reversed(metadata.sorted_tables):
            await connection.execute(table.delete())


@pytest.fixture(scope="session")
def redis_server() -> Iterator[str]:
    """A Redis for all tests of this worker."""
    with servers.running_redis() as url:
        yield url


@pytest.fixture
async def redis_url(redis_server: str) -> AsyncGenerator[str]:
    """An empty Redis database."""
    async with Redis.from_url(redis_server) as client:
        await client.flushdb()
    yield redis_server
    async with Redis.from_url(redis_server) as client:
        await client.flushdb()


@pytest.fixture(scope="session")
def town_redis() -> Iterator[str]:
    """A Redis for whole towns: their workers take every job they see, and a flush would take theirs."""
    with servers.running_redis(shift=6) as url:
        yield url


@pytest.fixture(scope="session")
def ground(template_database: str, postgres_server: str, town_redis: str) -> Iterator[Grounds]:
    """A filled database to clone towns from."""
    with Grounds.filled(postgres_server, template_database, town_redis, _own("chain")) as made:
        yield made
