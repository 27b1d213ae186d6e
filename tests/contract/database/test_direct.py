"""Statements that go straight to the driver do what they do on the ordinary way."""

from collections.abc import AsyncGenerator
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from muvi.adapters.db.direct import DirectEngine
from muvi.adapters.db.engine import make_engine, single
from muvi.adapters.db.errors import translated
from muvi.adapters.db.rows import Rows
from muvi.adapters.kit.clock import SystemClock, UlidIds
from muvi.ports.errors import Unavailable

IDS = UlidIds(SystemClock())
metadata = sa.MetaData()
things = sa.Table(
    "direct_things",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("number", sa.BigInteger, sa.Identity(), nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("facts", JSONB, nullable=False),
    sa.UniqueConstraint("name", name="uq_direct_things_name"),
)
ADD = things.insert()
PUT = insert(things)
UPSERT = PUT.on_conflict_do_update(index_elements=["id"], set_={"facts": PUT.excluded.facts})
GET = sa.select(things).where(things.c.name == sa.bindparam("name"))
SOME = sa.select(things.c.name).where(things.c.name.in_(("a", "b", "z"))).order_by(things.c.name)
RENAME = sa.update(things).where(things.c.name == sa.bindparam("was")).values(name=sa.bindparam("becomes"))
TEXT = sa.text("SELECT name, facts -> 'n' AS n FROM direct_things WHERE name = ANY(:names) ORDER BY name")
TWO = sa.select(sa.literal(7).label("seven"), sa.bindparam("given", type_=sa.Text).label("given"))


def a_thing(name: str, **facts: object) -> dict[str, object]:
    return {"id": IDS.new(), "name": name, "facts": facts}


@pytest.fixture
async def database(database_url: str) -> AsyncGenerator[DirectEngine]:
    made = make_engine(database_url, application="tests", pool_size=3)
    assert isinstance(made, DirectEngine)
    async with made.begin() as connection:
        await connection.run_sync(metadata.create_all)
    yield made
    async with made.begin() as connection:
        await connection.run_sync(metadata.drop_all)
    await made.dispose()


async def read(
    engine: AsyncEngine, statement: sa.Executable, facts: dict[str, object] | None = None
) -> list[dict[str, object]]:
    async with engine.connect() as connection:
        return [dict(row) for row in (await connection.execute(statement, facts)).mappings()]


@pytest.mark.parametrize(
    ("statement", "facts"),
    [
        (GET, {"name": "a"}),
        (GET, {"name": "nobody"}),
        (SOME, None),
        (TEXT, {"names": ["a", "b"]}),
        (TWO, {"given": "x"}),
    ],
)
async def test_both_ways_read_the_same(
    database: DirectEngine, statement: sa.Executable, facts: dict[str, object] | None
) -> None:
    async with database.begin() as connection:
        await connection.execute(ADD, [a_thing("a", n=1), a_thing("b", n=[2, {"x": None}])])
    ordinary = create_async_engine(database.url)
    expected = await read(ordinary, statement, facts)
    await ordinary.dispose()
    assert [await read(database, statement, facts) for _ in range(4)] == [expected] * 4


async def test_only_statements_that_come_again_are_remembered(database: DirectEngine) -> None:
    async with database.connect() as connection:
        for number in range(50):
            await connection.execute(sa.select(sa.literal(number)))
        first = await connection.execute(TWO, {"given": "x"})
        second = await connection.execute(TWO, {"given": "y"})
    assert not isinstance(first, Rows)
    assert isinstance(second, Rows)
    assert second.one() == (7, "y")
    assert len(database.plans) == 1


async def test_writes_of_one_and_of_many_rows_are_counted(database: DirectEngine) -> None:
    async with database.begin() as connection:
        for letter in "abc":
            await connection.execute(ADD, a_thing(letter, n=1))
        for pair in ("de", "fg", "hi"):
            await connection.execute(ADD, [a_thing(letter, n=2) for letter in pair])
        for was, becomes, count in (("a", "A", 1), ("b", "B", 1), ("nobody", "x", 0)):
            changed = await connection.execute(RENAME, {"was": was, "becomes": becomes})
            assert changed.rowcount == count
    assert len(await read(database, sa.select(things))) == 9


async def test_json_survives_an_upsert(database: DirectEngine) -> None:
    thing = a_thing("a", n=1)
    async with database.begin() as connection:
        for number in range(3):
            await connection.execute(UPSERT, {**thing, "facts": {"n": number, "ar": "مقعد"}})
    assert [row["facts"] for row in await read(database, GET, {"name": "a"})] == [{"n": 2, "ar": "مقعد"}]


async def test_what_is_rolled_back_is_gone_and_what_is_committed_stays(database: DirectEngine) -> None:
    async def fail(number: int) -> None:
        async with database.begin() as connection:
            await connection.execute(ADD, a_thing(f"lost {number}"))
            raise LookupError

    for number in range(3):
        with pytest.raises(LookupError):
            await fail(number)
    async with database.connect() as connection:
        for number in range(3):
            await connection.execute(ADD, a_thing(f"kept {number}"))
        await connection.commit()
        await connection.execute(ADD, a_thing("lost too"))
    async with single(database).connect() as connection:
        await connection.execute(ADD, a_thing("alone"))
    names = {str(row["name"]) for row in await read(database, sa.select(things))}
    assert names == {"kept 0", "kept 1", "kept 2", "alone"}


async def test_each_statement_alone_is_a_transaction_whichever_way_it_goes(database: DirectEngine) -> None:
    alone = single(database)
    for number in range(3):
        async with alone.connect() as connection:
            await connection.execute(ADD, a_thing(f"known {number}"))
            await connection.execute(things.insert().values(**a_thing(f"built in place {number}")))
            await connection.rollback()
        async with alone.begin() as connection:
            await connection.execute(things.insert().values(**a_thing(f"begun {number}")))
            await connection.execute(ADD, a_thing(f"begun and known {number}"))
    names = {str(row["name"]) for row in await read(database, sa.select(things))}
    kinds = ("known", "built in place", "begun", "begun and known")
    assert names == {f"{kind} {number}" for kind in kinds for number in range(3)}


async def test_an_error_is_the_same_and_tells_no_values(database: DirectEngine) -> None:
    async with database.begin() as connection:
        await connection.execute(ADD, a_thing("+966500000001"))
    told = []
    for _ in range(3):
        with pytest.raises(DBAPIError) as error:
            async with database.begin() as connection:
                await connection.execute(ADD, a_thing("+966500000001"))
        driver: Any = error.value.driver_exception
        told.append((type(error.value).__name__, driver.constraint_name, driver.sqlstate))
        assert "966500000001" not in str(error.value)
    assert set(told) == {("IntegrityError", "uq_direct_things_name", "23505")}


async def test_a_lost_connection_is_not_used_again(database: DirectEngine) -> None:
    kill = sa.text("SELECT pg_terminate_backend(pg_backend_pid())")
    for _ in range(4):
        with pytest.raises(DBAPIError) as error:
            async with single(database).connect() as connection:
                await connection.execute(kill)
        assert error.value.connection_invalidated
        assert await read(database, TWO, {"given": "x"}) == [{"seven": 7, "given": "x"}]


async def test_a_table_that_changed_under_a_statement_is_met_with_a_fresh_plan(
    database: DirectEngine,
) -> None:
    async with database.begin() as connection:
        await connection.execute(ADD, a_thing("a"))
    for _ in range(3):
        await read(database, GET, {"name": "a"})
    async with database.begin() as connection:
        await connection.execute(sa.text("ALTER TABLE direct_things ALTER COLUMN name TYPE varchar(99)"))
    failures = 0
    for _ in range(6):
        try:
            assert len(await read(database, GET, {"name": "a"})) == 1
        except DBAPIError as error:
            assert isinstance(translated(error), Unavailable)
            failures += 1
    assert failures <= 1
    assert len(await read(database, GET, {"name": "a"})) == 1


async def test_a_connection_goes_back_whichever_way_its_block_ends(database: DirectEngine) -> None:
    """The pool has few: one that stayed out would be missed at once."""
    pool: Any = database.pool

    async def fail() -> None:
        async with database.connect() as connection:
            await connection.execute(GET, {"name": "a"})
            raise LookupError

    for number in range(3):
        async with database.begin() as connection:
            await connection.execute(ADD, a_thing(f"begun {number}"))
        async with single(database).connect() as connection:
            await connection.execute(GET, {"name": "a"})
        async with database.connect() as connection:
            await connection.execute(ADD, a_thing("left open"))
        with pytest.raises(LookupError):
            await fail()
        assert pool.checkedout() == 0
    assert {str(row["name"]) for row in await read(database, sa.select(things))} == {
        f"begun {number}" for number in range(3)
    }
