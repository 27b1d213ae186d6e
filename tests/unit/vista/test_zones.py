"""Windows zones."""

from zoneinfo import ZoneInfo

import pytest

from muvi.adapters.vista.zones import IANA, iana_zone


@pytest.mark.parametrize(
    ("windows", "iana"),
    [
        ("Arab Standard Time", "Asia/Riyadh"),
        ("Arabian Standard Time", "Asia/Dubai"),
        ("Arabic Standard Time", "Asia/Baghdad"),
        ("Egypt Standard Time", "Africa/Cairo"),
        (" UTC ", "Etc/UTC"),
        ("Arab Daylight Time", None),
        ("", None),
    ],
)
def test_the_table_of_cldr(windows: str, iana: str | None) -> None:
    assert iana_zone(windows) == iana


@pytest.mark.parametrize("name", sorted(IANA.values()))
def test_every_zone_exists_here(name: str) -> None:
    assert ZoneInfo(name).key == name
