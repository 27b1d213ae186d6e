"""`Idempotency-Key` at the edge: what counts as the same request, which answers are kept."""

from collections.abc import AsyncGenerator, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
from dishka import Provider, Scope, make_async_container
from dishka.integrations.litestar import setup_dishka
from litestar import Litestar, Response, post
from litestar.exceptions import HTTPException
from litestar.params import FromPath, JSONBody
from litestar.testing import AsyncTestClient
from typing_extensions import override

from muvi.adapters.http.idempotency import Idempotent
from muvi.adapters.http.problems import HANDLERS
from muvi.adapters.memory.clock import FakeClock
from muvi.adapters.memory.idempotency import MemoryIdempotencyKeys
from muvi.adapters.memory.identity import MemoryTokens
from muvi.domain.orders.errors import OrderBusy, OrderExpired
from muvi.domain.shared.actor import ActorKind
from muvi.domain.shared.errors import LimitReached
from muvi.ports.clock import Clock
from muvi.ports.errors import OutcomeUnknown, Unavailable
from muvi.ports.idempotency import Call, IdempotencyKeys, KeptAnswer
from muvi.ports.identity.tokens import AccessTokens, TokenSubject
from muvi.ports.orders.orders import OrderHasChanged
from muvi.ports.payments.attempts import AttemptChanged


def giver(adapter: object) -> Callable[[], object]:
    return lambda: adapter


class Shop:
    """A route with an effect, and what has happened so far."""

    def __init__(self, keys: IdempotencyKeys | None = None) -> None:
        self.keys = keys or MemoryIdempotencyKeys()
        self.clock = FakeClock()
        self.tokens = MemoryTokens()
        self.orders: list[str] = []
        self.errors: list[Exception] = []
        self.client: AsyncTestClient[Litestar] = AsyncTestClient(self.app())

    def app(self) -> Litestar:
        @post("/orders/{name:str}", middleware=[Idempotent], request_max_body_size=1000)
        async def order(name: FromPath[str], data: JSONBody[dict[str, Any]]) -> Response[dict[str, Any]]:
            if self.errors:
                raise self.errors.pop(0)
            self.orders.append(name)
            return Response({"number": len(self.orders), "ar": "طلب"}, status_code=201)

        provider = Provider(Scope.APP)
        for port, adapter in (
            (Clock, self.clock),
            (IdempotencyKeys, self.keys),
            (AccessTokens, self.tokens),
        ):
            provider.provide(giver(adapter), provides=port)
        app = Litestar([order], exception_handlers=HANDLERS, openapi_config=None)
        setup_dishka(make_async_container(provider), app)
        return app

    def token(self, buyer: int) -> str:
        owner = TokenSubject(
            kind=ActorKind.GUEST,
            user_id=UUID(int=buyer),
            session_id=UUID(int=buyer),
            generation=1,
            issued_at=self.clock.now(),
        )
        return self.tokens.issue(owner).access

    async def send(
        self, key: str | bytes | None = "key-1", body: bytes = b"{}", buyer: int = 1, name: str = "a"
    ) -> tuple[int, bytes, dict[str, str]]:
        headers: list[tuple[bytes, bytes]] = [(b"content-type", b"application/json")]
        if buyer:
            headers.append((b"authorization", f"Bearer {self.token(buyer)}".encode()))
        if key is not None:
            headers.append((b"Idempotency-Key", key if isinstance(key, bytes) else key.encode()))
        response = await self.client.post(f"/orders/{name}", content=body, headers=headers)
        return response.status_code, response.content, dict(response.headers)

    async def buy(
        self, key: str | None = "key-1", body: bytes = b"{}", buyer: int = 1, name: str = "a"
    ) -> tuple[int, bytes]:
        return (await self.send(key, body, buyer, name))[:2]

    async def code(self, body: bytes = b"{}", name: str = "a") -> tuple[int, str]:
        status, content = await self.buy(body=body, name=name)
        return status, msgspec.json.decode(content).get("code", "")


@pytest.fixture
async def shop() -> AsyncGenerator[Shop]:
    made = Shop()
    async with made.client:
        yield made


async def test_the_same_call_has_one_effect_and_one_answer(shop: Shop) -> None:
    first = await shop.buy()
    assert first == (201, '{"number":1,"ar":"طلب"}'.encode())
    assert await shop.buy() == first
    _, _, headers = await shop.send()
    assert headers["idempotency-replayed"] == "true"
    assert headers["content-type"] == "application/json"
    assert headers["cache-control"] == "no-store"
    assert shop.orders == ["a"]


async def test_without_a_key_each_call_is_its_own(shop: Shop) -> None:
    assert [(await shop.buy(key=None))[0] for _ in range(2)] == [201, 201]
    assert len(shop.orders) == 2


async def test_spaces_and_order_of_members_do_not_matter(shop: Shop) -> None:
    first = await shop.buy(body=b'{"a": 1, "b": [1, 2]}')
    assert await shop.buy(body=b'{"b":[1,2],"a":1}') == first
    assert await shop.code(body=b'{"b":[2,1],"a":1}') == (422, "idempotency-key-reused")


async def test_another_path_of_the_route_is_another_request(shop: Shop) -> None:
    await shop.buy(name="a")
    assert await shop.code(name="b") == (422, "idempotency-key-reused")


async def test_buyers_do_not_share_keys(shop: Shop) -> None:
    await shop.buy(buyer=1)
    await shop.buy(buyer=2)
    assert len(shop.orders) == 2


@pytest.mark.parametrize("key", [b"", b"x" * 65, b"tab\there", b"caf\xe9"])
async def test_a_malformed_key_is_told(shop: Shop, key: bytes) -> None:
    status, body, _ = await shop.send(key=key)
    assert (status, msgspec.json.decode(body)["code"]) == (400, "idempotency-key-malformed")
    assert shop.orders == []


async def test_a_body_that_is_too_large_is_not_read(shop: Shop) -> None:
    assert (await shop.buy(body=b'"' + b"x" * 1000 + b'"'))[0] == 413


async def test_nobody_has_no_keys(shop: Shop) -> None:
    assert [(await shop.buy(buyer=0))[0] for _ in range(2)] == [201, 201]


async def test_a_malformed_body_is_told_again(shop: Shop) -> None:
    first = await shop.buy(body=b'{"a":')
    assert first[0] == 400
    assert await shop.buy(body=b'{"a":') == first


async def test_the_longest_key_is_taken(shop: Shop) -> None:
    assert (await shop.buy(key="~!" * 32))[0] == 201


async def test_a_running_call_is_not_made_twice(shop: Shop) -> None:
    real = shop.keys.keep

    async def never(call: Call, answer: KeptAnswer) -> None:
        raise Unavailable("the database went away", system="database")

    shop.keys.keep = never  # type: ignore[method-assign]
    assert (await shop.buy())[0] == 201, "the effect is there, so its answer is given"
    shop.keys.keep = real  # type: ignore[method-assign]
    status, body, headers = await shop.send()
    assert (status, msgspec.json.decode(body)["code"]) == (409, "idempotency-key-running")
    assert 1 <= int(headers["retry-after"]) <= 5
    shop.clock.advance(seconds=150)
    assert (await shop.buy())[0] == 201


async def test_refusals_are_kept(shop: Shop) -> None:
    shop.errors = [OrderExpired()]
    first = await shop.buy()
    assert first[0] == 410
    assert await shop.buy() == first
    shop.errors = [HTTPException(status_code=404, detail="gone")]
    assert (await shop.buy(key="other"))[0] == 404
    assert (await shop.buy(key="other"))[0] == 404


@pytest.mark.parametrize(
    "error",
    [
        OrderBusy(),
        OrderHasChanged(),
        AttemptChanged(),
        LimitReached(retry_after_s=3),
        Unavailable("down", system="box-office"),
        OutcomeUnknown("sent", system="box-office"),
        RuntimeError("a defect"),
    ],
)
async def test_what_passes_by_itself_is_not_kept(shop: Shop, error: Exception) -> None:
    shop.errors = [error]
    assert (await shop.buy())[0] in {409, 429, 500, 503}
    assert (await shop.buy())[0] == 201
    assert shop.orders == ["a"]


class Forgetful(MemoryIdempotencyKeys):
    """The guard switched off."""

    @override
    async def keep(self, call: Call, answer: KeptAnswer) -> None:
        await self.release(call)


async def test_without_the_guard_a_repetition_would_buy_twice() -> None:
    shop = Shop(Forgetful())
    async with shop.client:
        await shop.buy()
        await shop.buy()
    assert len(shop.orders) == 2


async def test_an_answer_is_kept_for_72_hours(shop: Shop) -> None:
    first = await shop.buy()
    shop.clock.advance(seconds=timedelta(hours=72).total_seconds() - 1)
    assert await shop.buy() == first
    shop.clock.advance(seconds=1)
    assert await shop.buy() != first
