"""Our API on PostgreSQL and the sandbox's gateway, speaking to each other over HTTP messages."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from dishka import AsyncContainer, Provider, Scope, provide
from litestar import Litestar
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from tests.builders_payments import PRICE, an_attempt

from muvi.adapters.http.app import create_app
from muvi.adapters.kit.clock import SystemClock, UlidIds
from muvi.adapters.kit.gateways import FixedGateways
from muvi.adapters.kit.http_client import VendorHttp
from muvi.adapters.payments.hyperpay.gateway import HyperPay, HyperPayConfig
from muvi.application.payments.check_payment import CheckPayment, CheckPaymentCommand
from muvi.application.payments.due_work import ClaimDueAttempts
from muvi.domain.payments.attempt import PaymentAttempt
from muvi.domain.payments.watch import payable_until
from muvi.domain.shared.ids import to_wire
from muvi.domain.shared.text import Language
from muvi.entrypoints.container import make_container
from muvi.entrypoints.settings import Settings, read_settings
from muvi.ports.clock import Clock
from muvi.ports.payments.gateway import CallBudgets, CheckoutRequest, PaymentGateways
from muvi.ports.payments.transaction import PaymentsTx
from muvi.ports.transaction import UnitOfWork
from muvi_sandbox.app import create_app as create_sandbox
from muvi_sandbox.config import SandboxConfig

CARD = {"expiry_month": "12", "expiry_year": "2039", "cvv": "123"}
RETURN = "http://127.0.0.1:3000/api/v1/transactions/hyperPay"


class InProcess(Provider):
    """HyperPay without a socket."""

    scope = Scope.APP

    def __init__(self, sandbox: Litestar) -> None:
        super().__init__()
        self._sandbox = sandbox

    @provide(override=True)
    async def gateways(
        self, settings: Settings, budgets: CallBudgets, clock: Clock
    ) -> AsyncGenerator[PaymentGateways]:
        """The production adapter on another transport."""
        http = VendorHttp(
            "gateway",
            "http://sandbox/hyperpay",
            headers=[("Authorization", f"Bearer {settings.hyperpay.token}")],
            transport=httpx.ASGITransport(app=self._sandbox),
        )
        config = HyperPayConfig(
            public_url="http://sandbox/hyperpay",
            entities=settings.hyperpay.entities,
            webhook_keys=settings.hyperpay.webhook_keys,
        )
        yield FixedGateways(HyperPay(config, http, budgets, clock))
        await http.aclose()


@dataclass
class House:
    """Both sides, and a worker that is run by hand."""

    container: AsyncContainer
    engine: AsyncEngine
    sandbox: Litestar
    gateway: httpx.AsyncClient
    api: httpx.AsyncClient
    heard: list[int]

    async def opened(self) -> PaymentAttempt:
        """An attempt as `pay` leaves it."""
        clock = SystemClock()
        ids, now = UlidIds(clock), clock.now()
        gateway = (await self.container.get(PaymentGateways)).of("hyperpay")
        assert gateway is not None
        attempt = an_attempt(order_id=ids.new(), gateway="hyperpay", now=now)
        attempt.id = ids.new()
        request = CheckoutRequest(reference=to_wire(attempt.id), amount=PRICE, language=Language.EN)
        checkout = await gateway.open(request)
        until = payable_until(now.replace(year=now.year + 1), now)
        attempt.opened(
            checkout_id=checkout.id, entity=checkout.entity, now=now, pay_by=until, front=checkout.front
        )
        begin = await self.container.get(UnitOfWork[PaymentsTx])
        async with begin() as tx:
            await tx.attempts.add(attempt)
        return attempt

    async def knobs(self, **knobs: object) -> None:
        (await self.gateway.post("/control/knobs", json={"hyperpay": knobs})).raise_for_status()

    async def act(self, action: str, **facts: object) -> None:
        order = {"system": "hyperpay", "action": action, **facts}
        (await self.gateway.post("/control/act", json=order)).raise_for_status()
        await self.quiet()

    async def pay(self, attempt: PaymentAttempt, card: str = "4111111111111111") -> None:
        """The buyer pays and closes the tab; every message is delivered."""
        fields = {"card_number": card, "shopper_result_url": RETURN, **CARD}
        answer = await self.gateway.post(f"/hyperpay/shopper/{attempt.checkout_id}", data=fields)
        assert answer.status_code == 303
        await self.quiet()

    async def quiet(self) -> None:
        """Wait until the sandbox has nothing left to send."""
        while tasks := tuple(self.sandbox.state.hyperpay._webhooks._tasks):
            await asyncio.wait(tasks)

    async def work(self) -> None:
        """A worker's round."""
        async with self.container() as scope:
            check = await scope.get(CheckPayment)
            for attempt_id in await (await scope.get(ClaimDueAttempts))(10):
                await check(CheckPaymentCommand(attempt_id=attempt_id, leased=True))

    async def attempt(self, attempt_id: UUID) -> PaymentAttempt:
        begin = await self.container.get(UnitOfWork[PaymentsTx])
        async with begin() as tx:
            found = await tx.attempts.get(attempt_id)
        assert found is not None
        return found

    async def rows(self, table: str) -> list[dict[str, Any]]:
        async with self.engine.connect() as connection:
            found = await connection.execute(text(f"SELECT * FROM {table}"))  # noqa: S608
            return [dict(row) for row in found.mappings()]

    async def make_due(self) -> None:
        """The next poll is now."""
        async with self.engine.begin() as connection:
            await connection.execute(text("UPDATE payment_attempts SET next_check_at = opened_at"))


@asynccontextmanager
async def living(app: Litestar) -> AsyncGenerator[None]:
    """Start and stop in one task, as a server does."""
    ready, done = asyncio.Event(), asyncio.Event()

    async def live() -> None:
        async with app.lifespan():
            ready.set()
            await done.wait()

    task = asyncio.create_task(live())
    await ready.wait()
    try:
        yield
    finally:
        done.set()
        await task


@pytest.fixture
async def house(clean_database: AsyncEngine, tmp_path: Path) -> AsyncGenerator[House]:
    url = clean_database.url.render_as_string(hide_password=False)
    settings = read_settings({"DATABASE_URL": url, "REDIS_URL": "redis://none", "MUVI_HOME": str(tmp_path)})
    sandbox = create_sandbox(SandboxConfig(home=tmp_path))
    container = make_container(settings, InProcess(sandbox))
    app = create_app(container)
    heard: list[int] = []

    async def note(response: httpx.Response) -> None:
        heard.append(response.status_code)

    async with (
        living(sandbox),
        living(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app=sandbox), base_url="http://sandbox") as gateway,
        httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://api") as api,
        httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app), event_hooks={"response": [note]}
        ) as messenger,
    ):
        sandbox.state.hyperpay._webhooks._client = messenger
        house = House(container, clean_database, sandbox, gateway, api, heard)
        await house.knobs(webhook_delay_s=0, webhook_retry_s=[], report_lag_s=0)
        yield house
        await house.quiet()
