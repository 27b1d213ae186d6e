"""A merchant and a shopper, as far as tests of the sandbox gateway need them."""

import asyncio
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from litestar import Litestar

from muvi_sandbox.config import ENTITY_APPLE_PAY, ENTITY_CARDS, WEBHOOK_KEY

PAYS, DECLINED, CHALLENGED = "4111111111111111", "4000000000000002", "4000000000003220"
REVIEW, UNCERTAIN, SLOW = "4000000000009235", "4000000000000119", "4000000000000077"
MADA = "5888450000000003"
BACK = "http://muvi.test/return/1"
OTHER_ENTITY = ENTITY_APPLE_PAY
REFERENCE = "01JATTEMPT0000000000000001"


def unsealed(request: httpx.Request) -> dict[str, Any] | None:
    """Decrypt a notification as the platform documents it; None when the tag is wrong."""
    text = request.content.decode()
    if request.headers["content-type"] == "application/json":
        text = msgspec.json.decode(text)["encryptedBody"]
    vector = bytes.fromhex(request.headers["x-initialization-vector"])
    tag = bytes.fromhex(request.headers["x-authentication-tag"])
    try:
        plain = AESGCM(bytes.fromhex(WEBHOOK_KEY)).decrypt(vector, bytes.fromhex(text) + tag, None)
    except InvalidTag:
        return None
    content: dict[str, Any] = msgspec.json.decode(plain)
    return content


@dataclass
class Merchant:
    """Speaks to the gateway with the right credentials and collects what it sends."""

    app: Litestar
    http: httpx.AsyncClient
    entity: str = ENTITY_CARDS
    heard: list[httpx.Request] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        def listen(request: httpx.Request) -> httpx.Response:
            self.heard.append(request)
            return httpx.Response(self.answers.pop(0) if self.answers else 200)

        hooks = self.app.state.hyperpay._webhooks
        hooks._client = httpx.AsyncClient(transport=httpx.MockTransport(listen))

    @property
    def notices(self) -> list[dict[str, Any] | None]:
        return [unsealed(request) for request in self.heard if "x-authentication-tag" in request.headers]

    async def quiet(self) -> None:
        """Wait until nothing is left to be sent."""
        while tasks := tuple(self.app.state.hyperpay._webhooks._tasks):
            await asyncio.wait(tasks)

    async def knobs(self, **values: object) -> None:
        response = await self.http.post("/control/knobs", json={"hyperpay": values})
        assert response.status_code == 200, response.text

    async def act(self, action: str, **facts: object) -> dict[str, Any]:
        response = await self.http.post(
            "/control/act", json={"system": "hyperpay", "action": action, **facts}
        )
        assert response.status_code == 200, response.text
        done: dict[str, Any] = response.json()
        return done

    async def later(self, seconds: float) -> None:
        body = {"system": "clock", "action": "advance", "seconds": seconds}
        assert (await self.http.post("/control/act", json=body)).status_code == 200

    async def truth(self, *events: str) -> list[dict[str, Any]]:
        facts = (await self.http.get("/truth/hyperpay")).json()
        return [fact for fact in facts if fact["event"] in events]

    async def post(self, path: str, **form: str) -> httpx.Response:
        form = {"entityId": self.entity, **{name.replace("__", "."): value for name, value in form.items()}}
        headers = {"authorization": "Bearer sandbox-hyperpay-token"}
        return await self.http.post(f"/hyperpay/v1/{path}", data=form, headers=headers)

    async def get(self, path: str, **query: str) -> httpx.Response:
        headers = {"authorization": "Bearer sandbox-hyperpay-token"}
        return await self.http.get(
            f"/hyperpay/v1/{path}", params={"entityId": self.entity, **query}, headers=headers
        )

    async def checkout(self, **changes: str) -> str:
        form = {
            "amount": "115.00",
            "currency": "SAR",
            "paymentType": "DB",
            "merchantTransactionId": REFERENCE,
            **changes,
        }
        response = await self.post("checkouts", **form)
        assert response.status_code == 200, response.text
        return str(response.json()["id"])

    async def status(self, checkout_id: str) -> tuple[int, dict[str, Any]]:
        response = await self.get(f"checkouts/{checkout_id}/payment")
        return response.status_code, response.json()

    async def shop(self, checkout_id: str, card: str = PAYS, address: str = BACK) -> httpx.Response:
        form = {"card_number": card, "expiry_month": "12", "expiry_year": "2039", "cvv": "123"}
        form |= {"shopper_result_url": address} if address else {}
        return await self.http.post(f"/hyperpay/shopper/{checkout_id}", data=form)

    async def paid(self, card: str = PAYS, **changes: str) -> dict[str, Any]:
        """Pay a new checkout and return what the status says of it."""
        checkout_id = await self.checkout(**changes)
        assert (await self.shop(checkout_id, card)).status_code == 303
        return (await self.status(checkout_id))[1]


def code(body: dict[str, Any]) -> str:
    return str(body["result"]["code"])


def query_of(url: str) -> dict[str, list[str]]:
    return parse_qs(urlsplit(url).query)
