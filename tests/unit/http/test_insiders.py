"""Who may read the numbers."""

from typing import Any

import pytest

from muvi.adapters.http.insiders import Insiders


def asked(client: str, **headers: str) -> Any:  # noqa: ANN401  (as much of a scope as is looked at)
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {"client": (client, 1), "headers": raw}


@pytest.mark.parametrize("client", ["127.0.0.1", "10.1.2.3", "192.168.0.9", "fd00::1", "::1"])
def test_a_machine_of_the_own_network_may(client: str) -> None:
    assert Insiders().admits(asked(client))


@pytest.mark.parametrize("client", ["8.8.8.8", "2606:4700::1111", "nobody"])
def test_the_public_may_not(client: str) -> None:
    assert not Insiders().admits(asked(client))


@pytest.mark.parametrize("header", ["x_forwarded_for", "forwarded", "x_real_ip", "via"])
def test_who_comes_by_a_proxy_may_not(header: str) -> None:
    assert not Insiders().admits(asked("127.0.0.1", **{header: "127.0.0.1"}))


def test_where_there_is_a_token_it_is_needed() -> None:
    insiders = Insiders("sesame")
    assert insiders.admits(asked("10.0.0.1", authorization="Bearer sesame"))
    assert not insiders.admits(asked("10.0.0.1", authorization="Bearer open"))
    assert not insiders.admits(asked("10.0.0.1"))
