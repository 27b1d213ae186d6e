"""Gateways speak to us. A message is proven on its raw bytes; what is not proven leaves no trace."""

from __future__ import annotations

from typing import Any

from dishka.integrations.litestar import FromDishka, inject
from litestar import Controller, Request, Response, post
from prometheus_client import Counter

from muvi.adapters.http.bodies import SealedOperation, SignedOperation
from muvi.adapters.http.problems import problem, problems, shows
from muvi.adapters.http.wire import Answer
from muvi.application.payments.receive_webhook import (
    GatewayNotConfigured,
    ReceiveWebhook,
    ReceiveWebhookCommand,
)
from muvi.ports.payments.gateway import WebhookForged, WebhookMalformed

Req = Request[Any, Any, Any]
WEBHOOKS = Counter("muvi_webhooks_total", "Messages of gateways by what became of them", ["gateway", "fate"])


class WebhookHeard(Answer, frozen=True):
    """`status`: kept, duplicate, quarantined or test."""

    status: str


HEARD = {
    200: shows(WebhookHeard),
    **problems(
        GatewayNotConfigured,
        413,
        s400="`webhook-malformed`: The message cannot be read",
        s401="`webhook-forged`: The message is not the gateway's",
        s503="`database-unavailable`: Temporarily unavailable",
    ),
}


class PaymentWebhooks(Controller):
    """`/cms/transactions/…-webhooks`."""

    path = "/cms/transactions"
    tags = ("payments",)

    @post(
        "/hyperpay-webhooks",
        operation_id="hearHyperPay",
        operation_class=SealedOperation,
        status_code=200,
        responses=HEARD,
    )
    @inject
    async def hyperpay(
        self, request: Req, receive: FromDishka[ReceiveWebhook]
    ) -> Response[WebhookHeard] | Response[bytes]:
        """Take an encrypted message: hexadecimal as `text/plain`, or `{"encryptedBody": "<hex>"}`.

        200 for whatever is proven, also for unknown references and repetitions. 401 `webhook-forged` when no
        key opens it, 400 `webhook-malformed` when it cannot be a message: the gateway sends again, which
        heals a wrong key.
        """
        return await hear(request, receive, "hyperpay")

    @post(
        "/payfort-webhooks",
        operation_id="hearPayFort",
        operation_class=SignedOperation,
        status_code=200,
        responses=HEARD,
    )
    @inject
    async def payfort(
        self, request: Req, receive: FromDishka[ReceiveWebhook]
    ) -> Response[WebhookHeard] | Response[bytes]:
        """Take transaction feedback: signed fields as JSON or as a form.

        200 for whatever is proven, also for unknown references and repetitions. 401 `webhook-forged` when it
        is not signed for our account, 400 `webhook-malformed` when it cannot be a message, 404
        `gateway-not-configured` where this gateway is not in use.
        """
        return await hear(request, receive, "payfort")


async def hear(
    request: Req, receive: ReceiveWebhook, gateway: str
) -> Response[WebhookHeard] | Response[bytes]:
    """Prove, keep and answer."""
    headers = {name.lower(): value for name, value in request.headers.items()}
    command = ReceiveWebhookCommand(gateway=gateway, headers=headers, body=await request.body())
    try:
        fate = await receive(command)
    except WebhookForged as error:
        return _refused(request, gateway, 401, "forged", "The message is not the gateway's", str(error))
    except WebhookMalformed as error:
        return _refused(request, gateway, 400, "malformed", "The message cannot be read", str(error))
    WEBHOOKS.labels(gateway, fate.value).inc()
    request.scope["state"]["outcome"] = fate.value
    return Response(content=WebhookHeard(status=fate.value), status_code=200)


def _refused(request: Req, gateway: str, status: int, fate: str, title: str, detail: str) -> Response[bytes]:
    WEBHOOKS.labels(gateway, fate).inc()
    facts = {"errors": [{"message": detail}]} if status == 400 else {}  # noqa: PLR2004
    return problem(request, status=status, code=f"webhook-{fate}", title=title, detail=detail, facts=facts)
