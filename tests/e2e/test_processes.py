"""A port that a test chose stays its own until the server that the test starts listens there."""

import errno
import socket

import pytest
from tests.e2e.processes import free_port

MANY = 100


def test_no_port_is_handed_out_twice() -> None:
    assert len({free_port() for _ in range(MANY)}) == MANY


def test_nobody_else_gets_it_and_its_server_does() -> None:
    port = free_port()
    with socket.socket() as other, pytest.raises(OSError, match=f"Errno {errno.EADDRINUSE}"):
        other.bind(("127.0.0.1", port))
    for _ in range(2):  # a server that is started anew gets it again
        with (
            socket.create_server(("127.0.0.1", port)) as server,
            socket.create_connection(("127.0.0.1", port)),
        ):
            server.accept()[0].close()


def test_nobody_listens_there() -> None:
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", free_port()))
