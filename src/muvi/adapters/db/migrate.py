"""Bring a database to the newest schema, or back: the one way the schema ever changes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script.revision import ResolutionError
from alembic.util.exc import CommandError
from sqlalchemy.exc import DBAPIError

from muvi.adapters.db.errors import told
from muvi.ports.errors import PortError

HERE = Path(__file__).parent


class CannotMigrate(PortError):
    """The database is away, of another mind, or newer than this program; the message is one line."""


def config_for(url: str) -> Config:
    """Alembic's configuration for one database (`postgresql+asyncpg://…`)."""
    config = Config()
    config.set_main_option("script_location", str(HERE / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["url"] = url
    return config


def upgrade(url: str, revision: str = "head") -> None:
    """Apply migrations. Blocks; runs its own event loop, so call it outside of one.

    Raises `CannotMigrate`.
    """
    with _telling():
        command.upgrade(config_for(url), revision)


def downgrade(url: str, revision: str) -> None:
    """Take migrations back, for the stairway test and for a person who knows why."""
    command.downgrade(config_for(url), revision)


@contextmanager
def _telling() -> Iterator[None]:
    try:
        yield
    except CommandError as error:
        if isinstance(error.__cause__, ResolutionError):
            newer = f"the schema is at {error.__cause__.argument}, which this program does not know"
            raise CannotMigrate(
                f"{newer}: this program is older than the database, install the newer one"
            ) from error
        raise CannotMigrate(str(error)) from error
    except DBAPIError as error:
        raise CannotMigrate(told(error)) from error
    except OSError as error:
        raise CannotMigrate(f"the database cannot be reached: {error}") from error
