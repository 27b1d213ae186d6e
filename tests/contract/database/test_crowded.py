"""A server that has no connection left: nothing has happened, ask again later."""

from __future__ import annotations

import os
from collections.abc import Iterator
from urllib.parse import urlsplit, urlunsplit

import pytest
from sqlalchemy import text
from tests import servers

from muvi.adapters.db.engine import make_engine
from muvi.adapters.db.unit_of_work import SqlUnitOfWork
from muvi.entrypoints.doctor import database
from muvi.entrypoints.doctor.checkup import examine
from muvi.entrypoints.doctor.findings import Level
from muvi.entrypoints.doctor.patient import Patient
from muvi.ports.errors import Unavailable

PASSWORD = "of-a-role-of-this-test"


@pytest.fixture
def crowded_url(database_url: str) -> Iterator[str]:
    """The database, for a role that has used up its connections: the server says the same of itself."""
    role = f"muvi_crowded_{os.getpid()}"
    create = f"CREATE ROLE {role} LOGIN PASSWORD '{PASSWORD}' CONNECTION LIMIT 0"
    servers.execute(database_url, f"DROP ROLE IF EXISTS {role}", create)
    parts = urlsplit(database_url)
    place = f"{role}:{PASSWORD}@{parts.netloc.rpartition('@')[2]}"
    yield urlunsplit(parts._replace(netloc=place))
    servers.execute(database_url, f"DROP ROLE {role}")


async def test_a_phase_hears_that_the_database_cannot_serve(crowded_url: str) -> None:
    engine = make_engine(crowded_url, application="tests", pool_size=1)
    begin = SqlUnitOfWork(engine)
    for phase in (begin, begin.alone):
        with pytest.raises(Unavailable) as refused:
            async with phase():
                pass
        assert refused.value.system == "database"
        assert "too many connections" in str(refused.value.__cause__)
    await engine.dispose()


async def test_the_doctor_says_what_to_do(crowded_url: str) -> None:
    places = {"DATABASE_URL": crowded_url, "REDIS_URL": "redis://127.0.0.1:1/0", "SANDBOX_PORT": "1"}
    patient = Patient.of(places)
    ((finding,),) = [one.findings for one in await examine(patient, (database.primary,))]
    assert (finding.about, finding.level) == ("connections", Level.FAILURE)
    assert "DB_POOL_MAX" in finding.remedy
    assert PASSWORD not in repr(finding)


async def test_twin_a_role_without_that_limit_is_served(database_url: str) -> None:
    engine = make_engine(database_url, application="tests", pool_size=1)
    async with engine.connect() as connection:
        assert (await connection.execute(text("SELECT 1"))).scalar_one() == 1
    await engine.dispose()
