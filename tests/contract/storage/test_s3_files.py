"""What only a bucket has: what is kept beside the content, and the ways in which it fails."""

import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from tests.aws import KEYS, REGION, client, guarded
from tests.shop import Shop

from muvi.adapters.kit.breaker import Breaker
from muvi.adapters.memory.clock import FakeClock
from muvi.adapters.memory.tickets import MemoryTicketRenderer
from muvi.adapters.storage import s3
from muvi.adapters.storage.s3 import S3Files
from muvi.application.tickets.show_ticket_image import ShowTicketImage
from muvi.domain.shared.ids import to_wire
from muvi.domain.shared.text import Language
from muvi.domain.tickets.zatca import TaxSeller
from muvi.entrypoints.container import make_container
from muvi.entrypoints.doctor import storage
from muvi.entrypoints.doctor.checkup import examine
from muvi.entrypoints.doctor.findings import Level
from muvi.entrypoints.doctor.patient import Patient
from muvi.entrypoints.settings import read_settings
from muvi.ports.errors import Unavailable
from muvi.ports.storage import FileKey, Files

KEY = FileKey("tickets/01JD/en.png")


def files_at(
    address: str, bucket: str = "muvi-none", clock: FakeClock | None = None, total_s: float = 60
) -> S3Files:
    breaker = Breaker("files", "s3", clock or FakeClock())
    return S3Files(client("s3", address, tries=1), bucket, breaker, total_s=total_s)


async def trouble(files: S3Files) -> list[str]:
    said = []
    for call in (files.get(KEY), files.put(KEY, b"x")):
        with pytest.raises(Unavailable) as caught:
            await call
        assert caught.value.system == "files"
        said.append(f"{caught.value} {caught.value!r} {caught.value.__cause__!r}")
    files.close()
    return said


@pytest.fixture
def silent() -> Iterator[str]:
    """Takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


async def test_an_object_says_what_it_is(s3_files: S3Files, s3: Any, bucket: str) -> None:  # noqa: ANN401
    await s3_files.put(KEY, b"x")
    head = s3.head_object(Bucket=bucket, Key=KEY.text)
    grants = s3.get_object_acl(Bucket=bucket, Key=KEY.text)["Grants"]
    assert (head["ContentType"], head["CacheControl"]) == ("image/png", "private")
    assert [grant["Grantee"]["Type"] for grant in grants] == ["CanonicalUser"]  # nobody else


async def test_nobody_is_there() -> None:
    assert all("EndpointConnectionError" in said for said in await trouble(files_at("http://127.0.0.1:1")))


async def test_there_is_no_such_bucket(aws_address: str) -> None:
    assert all("NoSuchBucket" in said for said in await trouble(files_at(aws_address)))


async def test_a_store_that_never_answers(silent: str) -> None:
    assert all("TimeoutError" in said for said in await trouble(files_at(silent, total_s=0.2)))


async def test_keys_without_rights_are_not_a_missing_file_and_are_not_told(
    aws_address: str, bucket: str
) -> None:
    with guarded(aws_address):
        said = await trouble(files_at(aws_address, bucket))
    assert all("InvalidAccessKeyId" in one or "AccessDenied" in one for one in said)
    assert not any(secret in one for one in said for secret in KEYS.values())


async def test_a_store_that_keeps_failing_is_left_alone(aws_address: str) -> None:
    clock = FakeClock()
    files = files_at("http://127.0.0.1:1", clock=clock)
    for _ in range(3):
        with pytest.raises(Unavailable, match="EndpointConnectionError"):
            await files.get(KEY)
    with pytest.raises(Unavailable, match="left alone"):
        await files.get(KEY)
    clock.advance(seconds=20)
    with pytest.raises(Unavailable, match="EndpointConnectionError"):
        await files.get(KEY)
    files.close()


async def test_threads_end_with_the_store(s3_files: S3Files) -> None:
    await s3_files.put(KEY, b"x")
    s3_files.close()
    for thread in threading.enumerate():
        if thread.name.startswith("s3"):
            thread.join(10)
            assert not thread.is_alive()


async def test_a_ticket_is_drawn_once_and_then_comes_from_the_bucket(
    s3_files: S3Files,
    s3: Any,  # noqa: ANN401
    bucket: str,
) -> None:
    shop, renderer = Shop(), MemoryTicketRenderer()
    order_id, attempt = await shop.at_the_gateway()
    await shop.paid(attempt)
    await shop.work()
    show = ShowTicketImage(shop.views, s3_files, renderer, TaxSeller("Muvi", "310122393500003"))
    shown = [await show(order_id, Language.EN) for _ in range(2)]
    assert (len(set(shown)), renderer.drawn) == (1, 1)
    listed = [one["Key"] for one in s3.list_objects_v2(Bucket=bucket)["Contents"]]
    assert listed == [f"tickets/{to_wire(order_id).lower()}/en.png"]


async def test_a_thread_ends_before_its_caller_gives_up() -> None:
    files = s3.s3_files("muvi-none", FakeClock(), region=REGION, **KEYS)
    config = files._client.meta.config
    tries = config.retries["total_max_attempts"]
    longest_s = tries * (config.connect_timeout + config.read_timeout) + (tries - 1)
    files.close()
    assert longest_s < s3.TOTAL_S


async def test_the_event_loop_does_not_wait_for_the_client(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[threading.Thread] = []

    class Made:
        def __init__(self, *_: object, **__: object) -> None:
            made.append(threading.current_thread())

        def close(self) -> None:
            """Nothing was opened."""

    monkeypatch.setattr(s3, "s3_files", Made)
    place = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none", "REDIS_URL": "redis://127.0.0.1:1/0"}
    container = make_container(read_settings({**place, "S3_BUCKET": "muvi-none", "S3_REGION": REGION}))
    await container.get(Files)
    await container.close()
    assert made != [threading.current_thread()]


async def test_the_container_and_the_doctor_reach_the_bucket(
    aws_address: str, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", aws_address)
    place = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none", "REDIS_URL": "redis://127.0.0.1:1/0"}
    keys = {"S3_ACCESS_KEY_ID": KEYS["key_id"], "S3_SECRET_ACCESS_KEY": KEYS["secret"], "S3_REGION": REGION}
    given = {**place, **keys, "S3_BUCKET": bucket}
    container = make_container(read_settings(given))
    files = await container.get(Files)
    await files.put(KEY, b"x")
    assert await files.get(KEY) == b"x"
    await container.close()
    for named, level in ((bucket, Level.OK), ("muvi-none", Level.FAILURE)):
        (one,) = await examine(Patient.of({**given, "S3_BUCKET": named}), (storage.files,))
        assert [finding.level for finding in one.findings] == [level]
