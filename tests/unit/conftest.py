"""Unit tests open no connection: whatever they need is handed to them."""

import socket

import pytest


@pytest.fixture(autouse=True)
def _no_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: socket.socket, address: object) -> None:
        pytest.fail(f"a unit test opens a connection to {address!r}")

    monkeypatch.setattr(socket.socket, "connect", refuse)
