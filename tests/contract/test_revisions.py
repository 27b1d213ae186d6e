"""The quick answer to "is there anything to migrate?" agrees with the migrations themselves."""

from alembic.script import ScriptDirectory

from muvi.adapters.db.migrate import config_for, downgrade, upgrade
from muvi.adapters.db.revisions import VERSIONS, is_newest, newest


def test_the_files_say_what_alembic_says() -> None:
    assert newest() == frozenset(ScriptDirectory.from_config(config_for("")).get_heads())


def test_an_empty_database_is_not_newest_and_a_migrated_one_is(empty_database_url: str) -> None:
    assert not is_newest(empty_database_url)
    upgrade(empty_database_url)
    assert is_newest(empty_database_url)
    downgrade(empty_database_url, "-1")
    assert not is_newest(empty_database_url)


def test_the_revisions_are_one_line_with_one_number_each() -> None:
    """Two that were written side by side would leave two heads, or two files of one number."""
    script = ScriptDirectory.from_config(config_for(""))
    line = [found.revision for found in reversed([*script.walk_revisions()])]
    assert len(script.get_heads()) == 1
    assert [int(revision.split("_")[0]) for revision in line] == list(range(1, len(line) + 1))
    assert sorted(file.stem for file in VERSIONS.glob("[0-9]*.py")) == line
