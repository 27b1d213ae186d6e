"""The wiring is checked without any server: a missing or doubled provider shows here, not at a start."""

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest

from muvi.entrypoints.container import make_container
from muvi.entrypoints.environment import BadSettings
from muvi.entrypoints.settings import read_settings
from muvi.entrypoints.web import application

PLACE = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none", "REDIS_URL": "redis://127.0.0.1:1/0"}


@pytest.fixture
def place(tmp_path: Path) -> Iterator[dict[str, str]]:
    yield PLACE | {"MUVI_HOME": str(tmp_path)}
    gc.collect()


def test_the_container_is_complete(place: dict[str, str]) -> None:
    assert make_container(read_settings(place)) is not None


def test_every_route_is_found_in_the_container(place: dict[str, str]) -> None:
    assert application(read_settings(place)).routes


def test_trusted_proxies_are_networks(place: dict[str, str]) -> None:
    assert read_settings(place).trusted_proxies == ()
    settings = read_settings(place | {"TRUSTED_PROXIES": "10.0.0.7, 10.1.0.0/16 ::1"})
    assert [str(network) for network in settings.trusted_proxies] == ["10.0.0.7/32", "10.1.0.0/16", "::1/128"]
    with pytest.raises(BadSettings, match="TRUSTED_PROXIES holds 'proxy'"):
        read_settings(place | {"TRUSTED_PROXIES": "proxy"})
