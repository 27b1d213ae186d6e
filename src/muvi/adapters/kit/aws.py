"""The way out to AWS: one client a service, blocking, with every wait bounded."""

from __future__ import annotations

from typing import Any, Final

from boto3.session import Session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

CONNECTIONS: Final = 10
TRIES: Final = 2
CONNECT_S: Final = 2
READ_S: Final = 5
FAILURES: Final = (BotoCoreError, ClientError)
"""Everything that a call raises."""


def aws_client(
    service: str,
    *,
    region: str,
    key_id: str = "",
    secret: str = "",
    endpoint_url: str | None = None,
    tries: int = TRIES,
    connect_s: float = CONNECT_S,
    read_s: float = READ_S,
) -> Any:  # noqa: ANN401  made at run time from AWS's own description
    """A client that threads may share. Without keys AWS's own search finds some (the machine's role); without
    `endpoint_url` the address is AWS's, or that of `AWS_ENDPOINT_URL_<SERVICE>`. Raises one of `FAILURES` for
    a region that is none.
    """
    return Session().client(
        service,
        region_name=region,
        aws_access_key_id=key_id or None,
        aws_secret_access_key=secret or None,
        endpoint_url=endpoint_url,
        config=Config(
            connect_timeout=connect_s,
            read_timeout=read_s,
            retries={"mode": "standard", "total_max_attempts": tries},
            max_pool_connections=CONNECTIONS,
        ),
    )


def told(failure: Exception) -> str:
    """What a failure may say aloud: AWS's code or the kind of fault; never a message, which may quote us."""
    if isinstance(failure, ClientError):
        return str(failure.response.get("Error", {}).get("Code", "unknown"))
    return type(failure).__name__
