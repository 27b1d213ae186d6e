"""A bucket of its own for each test."""

from collections.abc import Generator
from itertools import count
from typing import Any

import pytest
from tests.aws import REGION, client

from muvi.adapters.kit.breaker import Breaker
from muvi.adapters.memory.clock import FakeClock
from muvi.adapters.storage.s3 import S3Files

NUMBERS = count(1)


@pytest.fixture(scope="session")
def s3(aws_address: str) -> Generator[Any]:
    """A client beside the store's own, for what the port does not show."""
    made = client("s3", aws_address)
    yield made
    made.close()


@pytest.fixture
def bucket(s3: Any) -> str:  # noqa: ANN401  AWS's client has no type
    """Its name."""
    name = f"muvi-files-{next(NUMBERS)}"
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
    return name


@pytest.fixture
def s3_files(aws_address: str, bucket: str) -> Generator[S3Files]:
    """The store over that bucket."""
    files = S3Files(client("s3", aws_address), bucket, Breaker("files", "s3", FakeClock()))
    yield files
    files.close()
