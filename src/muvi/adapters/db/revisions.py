"""Whether a database has the newest schema, asked without loading the machinery that would change it."""

import asyncio
import re
from pathlib import Path

import asyncpg

VERSIONS = Path(__file__).parent / "migrations" / "versions"
_NAMED = re.compile(r'^(down_)?revision\b[^=\n]*= *"([^"]+)"', re.MULTILINE)


def newest() -> frozenset[str]:
    """The revisions that no other one follows, as the files say; one, unless branches were left apart."""
    named, followed = _in_files()
    return named - followed


def known() -> frozenset[str]:
    """Every revision that this program has a file of."""
    return _in_files()[0]


def _in_files() -> tuple[frozenset[str], frozenset[str]]:
    """The revisions that the files are, and those that they follow."""
    named: set[str] = set()
    followed: set[str] = set()
    for file in VERSIONS.glob("*.py"):
        for down, revision in _NAMED.findall(file.read_text(encoding="utf-8")):
            (followed if down else named).add(revision)
    return frozenset(named), frozenset(followed)


def is_newest(url: str) -> bool:
    """Whether nothing is left to migrate. Blocks; call it outside of an event loop.

    Raises OSError or asyncpg's errors when the database cannot be asked.
    """
    return asyncio.run(_applied(url)) == newest()


async def _applied(url: str) -> frozenset[str]:
    connection = await asyncpg.connect(url.replace("+asyncpg", "", 1))
    try:
        rows = await connection.fetch("SELECT version_num FROM alembic_version")
    except asyncpg.UndefinedTableError:
        return frozenset()
    finally:
        await connection.close()
    return frozenset(row["version_num"] for row in rows)
