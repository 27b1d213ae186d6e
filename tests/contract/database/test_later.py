"""Writes that wait go together in one statement, and do what they do one by one."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any, TypeVar

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import create_async_engine

from muvi.adapters.db import direct
from muvi.adapters.db.direct import DirectConnection, DirectEngine, later
from muvi.adapters.db.engine import make_engine, single
from muvi.adapters.db.plans import Values
from muvi.adapters.db.rows import Rows
from muvi.adapters.db.together import Write, together

metadata = sa.MetaData()
boxes = sa.Table(
    "later_boxes",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("weight", sa.BigInteger, nullable=False),
)
notes = sa.Table(
    "later_notes",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("box", sa.Text, sa.ForeignKey("later_boxes.name"), nullable=False),
    sa.Column("said", sa.Text, nullable=False),
)
ADD = boxes.insert()
NOTE = notes.insert()
WEIGH = (
    sa.update(boxes)
    .where(boxes.c.name == sa.bindparam("key"), boxes.c.weight == sa.bindparam("seen"))
    .values(weight=sa.bindparam("now"))
    .returning(boxes.c.name)
)
COUNTED = insert(notes).from_select(
    ["box", "said"],
    sa.select(
        sa.bindparam("of", type_=sa.Text),
        sa.cast(sa.select(sa.func.count()).select_from(boxes).scalar_subquery(), sa.Text),
    ),
)
WITH_CLAUSES = sa.text("""
    WITH heavier AS (UPDATE later_boxes SET weight = weight + :more WHERE name = :name RETURNING name),
    noted AS (INSERT INTO later_notes (box, said) SELECT name, 'it''s (heavier)' FROM heavier)
    SELECT name FROM heavier
""")
ALL = (ADD, NOTE, WEIGH, COUNTED, WITH_CLAUSES)


T = TypeVar("T")
Step = tuple[sa.Executable, dict[str, object], type[Exception] | None]


class Changed(Exception):
    """A row was not as it had been seen."""


@pytest.fixture
async def database(database_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[DirectEngine]:
    """An engine that has met every statement, with tables in which nothing is."""
    made = make_engine(database_url, application="tests", pool_size=3)
    assert isinstance(made, DirectEngine)
    async with made.begin() as connection:
        await connection.run_sync(metadata.create_all)
    for statement, facts in (
        (ADD, {"name": "", "weight": 0}),
        (NOTE, {"box": "", "said": ""}),
        (WEIGH, {"key": "", "seen": 0, "now": 0}),
        (COUNTED, {"of": ""}),
        (WITH_CLAUSES, {"name": "", "more": 0}),
    ):
        for _ in range(2):
            made.plans.of(statement, tuple(facts), many=False)
    assert len(made.plans) == len(ALL)
    yield made
    async with made.begin() as connection:
        await connection.run_sync(metadata.drop_all)
    await made.dispose()


@pytest.fixture
def trips(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The first word of each statement that goes to the server, and COMMIT."""
    said: list[str] = []
    executed, guarded = direct._executed, DirectConnection._guarded

    async def telling(adapter: object, sql: str, values: list[Values], stale: float) -> Rows:
        said.append(sql.split(maxsplit=1)[0])
        return await executed(adapter, sql, values, stale)

    async def committing(connection: DirectConnection, sql: str, run: Callable[[], Awaitable[T]]) -> T:
        if sql == "COMMIT":
            said.append(sql)
        return await guarded(connection, sql, run)

    monkeypatch.setattr(direct, "_executed", telling)
    monkeypatch.setattr(DirectConnection, "_guarded", committing)
    return said


async def write(engine: DirectEngine, *steps: Step, then: Exception | None = None) -> None:
    """A phase of nothing but writes."""
    async with engine.begin() as connection:
        for statement, facts, unless in steps:
            await later(connection, statement, facts, unless=unless)
        if then is not None:
            raise then


async def rows(engine: DirectEngine) -> tuple[dict[str, int], list[tuple[str, str]]]:
    async with engine.connect() as connection:
        weights = {row[0]: row[1] for row in await connection.execute(sa.select(boxes))}
        said = await connection.execute(sa.select(notes.c.box, notes.c.said).order_by(notes.c.id))
        return weights, sorted((row[0], row[1]) for row in said)


async def test_a_phase_of_nothing_but_writes_is_one_trip(database: DirectEngine, trips: list[str]) -> None:
    async with database.begin() as connection:
        await later(connection, ADD, {"name": "a", "weight": 1})
        await later(connection, NOTE, {"box": "a", "said": "new"})
    assert trips == ["WITH"]
    assert await rows(database) == ({"a": 1}, [("a", "new")])


async def test_what_waits_is_written_before_anything_is_read(
    database: DirectEngine, trips: list[str]
) -> None:
    async with database.begin() as connection:
        await later(connection, ADD, {"name": "a", "weight": 1})
        assert (await connection.execute(sa.select(boxes.c.weight))).scalar_one() == 1
        await later(connection, NOTE, {"box": "a", "said": "x"})
    assert trips == ["INSERT", "INSERT", "COMMIT"]


@pytest.mark.parametrize("is_guarded", [True, False], ids=["a guard", "the twin without"])
async def test_writes_that_meet_go_one_after_the_other(
    database: DirectEngine, monkeypatch: pytest.MonkeyPatch, *, is_guarded: bool
) -> None:
    """Two changes of a row would be one in one statement, and a count would not see the row before it."""
    if not is_guarded:
        monkeypatch.setattr(Write, "meets", lambda *_: False)
    async with database.begin() as connection:
        await later(connection, ADD, {"name": "a", "weight": 1})
        await later(connection, ADD, {"name": "b", "weight": 1})
        await later(connection, COUNTED, {"of": "a"})
    async with database.begin() as connection:
        await later(connection, WEIGH, {"key": "b", "seen": 1, "now": 2})
        await later(connection, WITH_CLAUSES, {"name": "b", "more": 3})
    expected = {"a": 1, "b": 5}, [("a", "2"), ("b", "it's (heavier)")]
    assert (await rows(database) == expected) is is_guarded


@pytest.mark.parametrize("others", [0, 1])
async def test_a_row_that_is_not_as_it_was_undoes_the_whole_phase(
    database: DirectEngine, trips: list[str], others: int
) -> None:
    async with database.begin() as connection:
        await later(connection, ADD, {"name": "a", "weight": 1})
    trips.clear()
    lost: Step = NOTE, {"box": "a", "said": "lost"}, None
    with pytest.raises(Changed):
        await write(database, (WEIGH, {"key": "a", "seen": 7, "now": 8}, Changed), *[lost] * others)
    assert "COMMIT" not in trips
    kept: Step = NOTE, {"box": "a", "said": "kept"}, None
    await write(database, *[kept] * others, (WEIGH, {"key": "a", "seen": 1, "now": 2}, Changed))
    assert await rows(database) == ({"a": 2}, [("a", "kept")] * others)


async def test_a_block_that_fails_writes_nothing(database: DirectEngine, trips: list[str]) -> None:
    with pytest.raises(Changed):
        await write(database, (ADD, {"name": "a", "weight": 1}, None), then=Changed())
    assert (trips, await rows(database)) == ([], ({}, []))


async def test_what_a_constraint_refuses_undoes_all_that_went_with_it(database: DirectEngine) -> None:
    wrong: Step = NOTE, {"box": "nobody", "said": "x"}, None
    with pytest.raises(IntegrityError):
        await write(database, (ADD, {"name": "a", "weight": 1}, None), wrong)
    assert await rows(database) == ({}, [])
    pool: Any = database.pool
    assert pool.checkedout() == 0


async def test_alone_and_on_an_ordinary_connection_nothing_waits(database: DirectEngine) -> None:
    async with single(database).connect() as connection:
        await later(connection, ADD, {"name": "a", "weight": 1})
        assert (await rows(database))[0] == {"a": 1}
        with pytest.raises(Changed):
            await later(connection, WEIGH, {"key": "a", "seen": 7, "now": 8}, unless=Changed)
    ordinary = create_async_engine(database.url)
    async with ordinary.begin() as connection:
        await later(connection, NOTE, {"box": "a", "said": "x"})
        await later(connection, WEIGH, {"key": "a", "seen": 1, "now": 2}, unless=Changed)
        with pytest.raises(Changed):
            await later(connection, WEIGH, {"key": "a", "seen": 1, "now": 2}, unless=Changed)
    await ordinary.dispose()
    assert await rows(database) == ({"a": 2}, [("a", "x")])


def test_parameters_are_numbered_on_and_clauses_come_to_the_top() -> None:
    one = Write.of("WITH a AS (UPDATE t SET x = $1 RETURNING y), b AS (SELECT ')' AS $2) SELECT y FROM a", 2)
    two = Write.of("UPDATE u SET z = $1 WHERE id = $2", 2)
    three = Write.of("INSERT INTO v (w) VALUES ($1) ON CONFLICT DO UPDATE SET w = $1 RETURNING 1", 1)
    assert together([one, two, three]) == (
        "WITH a AS (UPDATE t SET x = $1 RETURNING y), b AS (SELECT ')' AS $2), write_0 AS (SELECT y FROM a), "
        "write_1 AS (UPDATE u SET z = $3 WHERE id = $4), "
        "write_2 AS (INSERT INTO v (w) VALUES ($5) ON CONFLICT DO UPDATE SET w = $5 RETURNING 1) "
        "SELECT (SELECT count(*) FROM write_0), 0, (SELECT count(*) FROM write_2)"
    )
    assert one.targets == {"t", "a", "b"}
    done = sa.update(boxes).values(weight=1).returning(boxes.c.name).cte("done")
    as_rendered = str(sa.select(done.c.name).compile(dialect=postgresql.dialect()))
    assert Write.of(as_rendered, 1).targets == {"later_boxes", "done"}
    assert two.targets == {"u"}
    assert not two.meets(three)
    assert two.meets(Write.of("INSERT INTO k SELECT 1 FROM u", 0))
