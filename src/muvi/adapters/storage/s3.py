"""Files in a bucket of S3, for a house of several machines.

The bucket stays private: whoever may see a file gets it from us, so no address of the bucket ever leaves.
Needed of the account: `s3:GetObject` and `s3:PutObject` on the bucket's objects, and `s3:ListBucket` on the
bucket, without which AWS answers a missing key with 403 instead of 404.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, TypeVar

from botocore.exceptions import ClientError
from typing_extensions import override

from muvi.adapters.kit.aws import CONNECTIONS, FAILURES, aws_client, told
from muvi.adapters.kit.breaker import Breaker
from muvi.ports.clock import Clock
from muvi.ports.errors import Unavailable
from muvi.ports.storage import FileKey, Files

SYSTEM: Final = "files"
TOTAL_S: Final = 8.0
CONNECT_S: Final = 1.0
READ_S: Final = 2.0
"""Two tries and at most a second between them end before `TOTAL_S` when a store is silent, so that no thread
outlives its call for long and holds up the end of the process.
"""
_MISSING: Final = "NoSuchKey"

T = TypeVar("T")


class S3Files(Files):
    """One object a key. S3 gives a reader the former object or the new one, whole, and the new one as soon as
    the `put` was answered.

    Calls run in threads of their own, one for each connection; whoever waits longer than `total_s`, for a
    thread too, is told `Unavailable`, and what its `put` sent may be kept all the same. A store that fails
    again and again is left alone for a while.
    """

    def __init__(self, client: Any, bucket: str, breaker: Breaker, *, total_s: float = TOTAL_S) -> None:  # noqa: ANN401  AWS's client has no type
        self._client = client
        self._bucket = bucket
        self._breaker = breaker
        self._total_s = total_s
        self._threads = ThreadPoolExecutor(CONNECTIONS, thread_name_prefix="s3")

    @override
    async def put(self, key: FileKey, content: bytes) -> None:
        def send() -> None:
            self._client.put_object(
                Bucket=self._bucket,
                Key=key.text,
                Body=content,
                ContentType=key.content_type,
                CacheControl="private",
            )

        await self._run(send)

    @override
    async def get(self, key: FileKey) -> bytes | None:
        def fetch() -> bytes | None:
            try:
                found = self._client.get_object(Bucket=self._bucket, Key=key.text)
            except ClientError as failure:
                if told(failure) == _MISSING:
                    return None
                raise
            with found["Body"] as body:
                content: bytes = body.read()
            return content

        return await self._run(fetch)

    def close(self) -> None:
        """End the threads without waiting for calls under way, and close the connections."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._client.close()

    async def _run(self, work: Callable[[], T]) -> T:
        async with self._breaker.call():
            try:
                async with asyncio.timeout(self._total_s):
                    return await asyncio.get_running_loop().run_in_executor(self._threads, work)
            except (*FAILURES, OSError) as failure:
                raise Unavailable(f"the file store failed: {told(failure)}", system=SYSTEM) from None


def s3_files(bucket: str, clock: Clock, *, region: str, key_id: str, secret: str) -> S3Files:
    """The store of a bucket; close it. Making it blocks, so do it in a thread. Raises one of `FAILURES` for a
    region that is none.
    """
    client = aws_client("s3", region=region, key_id=key_id, secret=secret, connect_s=CONNECT_S, read_s=READ_S)
    return S3Files(client, bucket, Breaker(SYSTEM, "s3", clock))
