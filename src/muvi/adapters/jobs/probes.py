"""What a worker tells the operator's machinery, on a port of its own: `/metrics` and `/health/live`.

Answered by threads, so that an event loop that hangs is told about instead of hanging the answer.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from socket import AF_INET6
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server
from wsgiref.types import StartResponse, WSGIEnvironment

from prometheus_client import make_wsgi_app
from typing_extensions import override

PATIENCE_S = 2.0
"""How long the event loop may take to answer before it counts as hung."""

Application = Callable[[WSGIEnvironment, StartResponse], Iterable[bytes]]


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _ServerOn6(_Server):
    address_family = AF_INET6


class _Handler(WSGIRequestHandler):
    timeout = 10  # of a caller who says nothing

    @override
    def log_message(self, format: str, *args: object) -> None:
        """Probes are not worth a line."""


@contextmanager
def answering(host: str, port: int, *, patience_s: float = PATIENCE_S) -> Iterator[int]:
    """Answer for the running event loop as long as the block lasts, on the port given back; 0 takes any.

    Raises `OSError` when it cannot be listened on.
    """
    kind = _ServerOn6 if ":" in host else _Server
    with make_server(
        host, port, _application(asyncio.get_running_loop(), patience_s), kind, handler_class=_Handler
    ) as server:
        thread = threading.Thread(target=server.serve_forever, name="probes", daemon=True)
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


def _application(loop: asyncio.AbstractEventLoop, patience_s: float) -> Application:
    metrics: Application = make_wsgi_app()

    def answer(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        match environ["PATH_INFO"]:
            case "/metrics":
                return metrics(environ, start)
            case "/health/live" if _turns(loop, patience_s):
                return _said(start, HTTPStatus.OK, b'{"status":"live"}')
            case "/health/live":
                return _said(start, HTTPStatus.SERVICE_UNAVAILABLE, b'{"status":"hangs"}')
            case _:
                return _said(start, HTTPStatus.NOT_FOUND, b'{"status":"not-found"}')

    return answer


def _turns(loop: asyncio.AbstractEventLoop, patience_s: float) -> bool:
    turned = threading.Event()
    loop.call_soon_threadsafe(turned.set)
    return turned.wait(patience_s)


def _said(start: StartResponse, status: HTTPStatus, body: bytes) -> Iterable[bytes]:
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    start(f"{status.value} {status.phrase}", headers)
    return [body]
