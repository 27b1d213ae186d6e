"""Taking money."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator
from contextlib import AsyncExitStack

from dishka import Provider, Scope, provide
from sqlalchemy.ext.asyncio import AsyncEngine

from muvi.adapters.db.call_budgets import SqlCallBudgets
from muvi.adapters.db.payment_views import SqlPaymentViews
from muvi.adapters.db.unit_of_work import SqlUnitOfWork
from muvi.adapters.http.public.pay import PaymentScreen
from muvi.adapters.http.public.transactions import Returns
from muvi.adapters.kit.gateways import FixedGateways
from muvi.adapters.kit.http_client import VendorHttp
from muvi.adapters.payments.hyperpay.gateway import HyperPay, HyperPayConfig
from muvi.adapters.payments.payfort.gateway import PayFort, PayFortConfig
from muvi.application.payments.check_payment import CheckPayment
from muvi.application.payments.due_work import (
    ClaimDueAttempts,
    ClaimDueRefunds,
    KeepAttempt,
    KeepRefund,
)
from muvi.application.payments.note_return import NoteReturn
from muvi.application.payments.receive_webhook import ReceiveWebhook
from muvi.application.payments.send_refund import SendRefund
from muvi.application.payments.show_payment_page import ShowPaymentPage
from muvi.entrypoints.settings import Settings
from muvi.ports.clock import Clock
from muvi.ports.payments.gateway import CallBudgets, PaymentGateway, PaymentGateways
from muvi.ports.payments.tokens import TokenGateways
from muvi.ports.payments.transaction import PaymentsTx
from muvi.ports.payments.views import PaymentViews
from muvi.ports.transaction import UnitOfWork

CALL_S = 10.0
"""A whole call to a gateway, seconds."""


class PaymentsProvider(Provider):
    """The gateways over HTTP, everything kept on the primary."""

    scope = Scope.APP

    @provide
    def phases(self, begin: SqlUnitOfWork) -> UnitOfWork[PaymentsTx]:
        """Payments' view of a transaction."""
        return begin

    @provide
    def budgets(self, engine: AsyncEngine, clock: Clock) -> CallBudgets:
        """Counted on the primary, so that all processes share them."""
        return SqlCallBudgets(engine, clock)

    @provide
    def views(self, engine: AsyncEngine) -> PaymentViews:
        """Attempts for display."""
        return SqlPaymentViews(engine)

    @provide
    async def gateways(
        self, settings: Settings, budgets: CallBudgets, clock: Clock
    ) -> AsyncGenerator[FixedGateways]:
        """Those that are configured; `PAYMENT_GATEWAYS` says which take new payments."""
        async with AsyncExitStack() as open_connections:
            gateways: list[PaymentGateway] = []
            for http, gateway in _configured(settings, budgets, clock):
                open_connections.push_async_callback(http.aclose)
                gateways.append(gateway)
            charges = [one for one in gateways if isinstance(one, PayFort)]
            yield FixedGateways(*gateways, offered=settings.payment_gateways, charges=charges)

    @provide
    def known_gateways(self, gateways: FixedGateways) -> PaymentGateways:
        """All of them."""
        return gateways

    @provide
    def token_gateways(self, gateways: FixedGateways) -> TokenGateways:
        """Those that charge tokens."""
        return gateways


def _configured(
    settings: Settings, budgets: CallBudgets, clock: Clock
) -> Iterator[tuple[VendorHttp, PaymentGateway]]:
    http = VendorHttp(
        "gateway",
        settings.hyperpay.base_url,
        headers=[("Authorization", f"Bearer {settings.hyperpay.token}")],
        total_s=CALL_S,
    )
    hyperpay = HyperPayConfig(
        public_url=settings.hyperpay.base_url,
        entities=settings.hyperpay.entities,
        webhook_keys=settings.hyperpay.webhook_keys,
        accept_test_codes=not settings.production,
    )
    yield http, HyperPay(hyperpay, http, budgets, clock)
    if settings.payfort is not None:
        base_url, api_path = settings.payfort.api
        http = VendorHttp("gateway", base_url, total_s=CALL_S)
        payfort = PayFortConfig(
            page_url=settings.payfort.page_url,
            return_url=f"{settings.public_base_url}/api/v1/transactions/payfort",
            access_code=settings.payfort.access_code,
            merchant_identifier=settings.payfort.merchant_identifier,
            signer=settings.payfort.signer,
            customer_email=settings.sendgrid.sender,
            api_path=api_path,
        )
        yield http, PayFort(payfort, http, budgets, clock)


class PaymentsUseCases(Provider):
    """What a request or a worker may ask for."""

    scope = Scope.REQUEST
    screen = provide(PaymentScreen)
    returns = provide(Returns)
    receive = provide(ReceiveWebhook)
    note_return = provide(NoteReturn)
    show = provide(ShowPaymentPage)
    check = provide(CheckPayment)
    send_refund = provide(SendRefund)
    claim_attempts = provide(ClaimDueAttempts)
    keep_attempt = provide(KeepAttempt)
    claim_refunds = provide(ClaimDueRefunds)
    keep_refund = provide(KeepRefund)
