"""The quick answer to "is there anything to migrate?" agrees with the migrations themselves."""

from alembic.script import ScriptDirectory

from muvi.adapters.db.migrate import config_for, downgrade, upgrade
from muvi.adapters.db.revisions import is_newest, newest


def test_the_files_say_what_alembic_says() -> None:
    assert newest() == frozenset(ScriptDirectory.from_config(config_for("")).get_heads())


def test_an_empty_database_is_not_newest_and_a_migrated_one_is(empty_database_url: str) -> None:
    assert not is_newest(empty_database_url)
    upgrade(empty_database_url)
    assert is_newest(empty_database_url)
    downgrade(empty_database_url, "-1")
    assert not is_newest(empty_database_url)
