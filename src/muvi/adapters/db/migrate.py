"""Bring a database to the newest schema, or back: the one way the schema ever changes."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config

HERE = Path(__file__).parent


def config_for(url: str) -> Config:
    """Alembic's configuration for one database (`postgresql+asyncpg://…`)."""
    config = Config()
    config.set_main_option("script_location", str(HERE / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["url"] = url
    return config


def upgrade(url: str, revision: str = "head") -> None:
    """Apply migrations. Blocks; runs its own event loop, so call it outside of one."""
    command.upgrade(config_for(url), revision)


def downgrade(url: str, revision: str) -> None:
    """Take migrations back, for the stairway test and for a person who knows why."""
    command.downgrade(config_for(url), revision)
