"""AWS on this machine: moto's server, in threads of the test process."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import httpx
from moto.server import ThreadedMotoServer

from muvi.adapters.kit.aws import aws_client

REGION, KEYS = "me-south-1", {"key_id": "AKIDEXAMPLE", "secret": "wJalrXUtnFEMI-canary"}


@contextmanager
def aws() -> Generator[str]:
    """Its address."""
    server = ThreadedMotoServer("127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    try:
        yield f"http://{host}:{port}"
    finally:
        server.stop()


def client(service: str, address: str, **more: Any) -> Any:  # noqa: ANN401
    """A client of ours, which accepts any key until `guarded`."""
    return aws_client(service, region=REGION, endpoint_url=address, **{**KEYS, **more})


@contextmanager
def guarded(address: str) -> Generator[None]:
    """From here on rights are checked, and these keys have none."""
    httpx.post(f"{address}/moto-api/reset-auth", content=b"0", trust_env=False).raise_for_status()
    try:
        yield
    finally:
        httpx.post(f"{address}/moto-api/reset-auth", content=b"inf", trust_env=False).raise_for_status()
