"""Taking money."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from dishka import Provider, Scope, provide
from sqlalchemy.ext.asyncio import AsyncEngine

from muvi.adapters.db.call_budgets import SqlCallBudgets
from muvi.adapters.db.payment_views import SqlPaymentViews
from muvi.adapters.db.unit_of_work import SqlUnitOfWork
from muvi.adapters.kit.gateways import FixedGateways
from muvi.adapters.kit.http_client import VendorHttp
from muvi.adapters.payments.hyperpay.gateway import HyperPay, HyperPayConfig
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
from muvi.ports.payments.gateway import CallBudgets, PaymentGateways
from muvi.ports.payments.transaction import PaymentsTx
from muvi.ports.payments.views import PaymentViews
from muvi.ports.transaction import UnitOfWork

CALL_S = 10.0
"""A whole call to a gateway, seconds."""


class PaymentsProvider(Provider):
    """HyperPay over HTTP, everything kept on the primary."""

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
    ) -> AsyncGenerator[PaymentGateways]:
        """HyperPay is the default and, so far, the only one."""
        http = VendorHttp(
            "gateway",
            settings.hyperpay_base_url,
            headers=[("Authorization", f"Bearer {settings.hyperpay_token}")],
            total_s=CALL_S,
        )
        config = HyperPayConfig(
            public_url=settings.hyperpay_base_url,
            entities=settings.hyperpay_entities,
            webhook_keys=settings.hyperpay_webhook_keys,
            accept_test_codes=not settings.production,
        )
        yield FixedGateways(HyperPay(config, http, budgets, clock))
        await http.aclose()


class PaymentsUseCases(Provider):
    """What a request or a worker may ask for."""

    scope = Scope.REQUEST
    receive = provide(ReceiveWebhook)
    note_return = provide(NoteReturn)
    show = provide(ShowPaymentPage)
    check = provide(CheckPayment)
    send_refund = provide(SendRefund)
    claim_attempts = provide(ClaimDueAttempts)
    keep_attempt = provide(KeepAttempt)
    claim_refunds = provide(ClaimDueRefunds)
    keep_refund = provide(KeepRefund)
