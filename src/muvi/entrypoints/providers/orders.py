"""Buying: orders, their checkout, their tickets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable

from dishka import Provider, Scope, provide
from sqlalchemy.ext.asyncio import AsyncEngine

from muvi.adapters.db.attention import SqlAttentionViews
from muvi.adapters.db.dossiers import SqlDossiers
from muvi.adapters.db.order_policy import RecentOrderPolicy, SqlOrderPolicy
from muvi.adapters.db.order_views import SqlOrderViews
from muvi.adapters.db.unit_of_work import SqlUnitOfWork
from muvi.adapters.http.links import TicketLinks
from muvi.adapters.http.public.order_flow import OrderCounter, PaymentCounter, ReturnOrigins
from muvi.adapters.http.public.order_wire import OrderWriter
from muvi.adapters.http.public.pay_pages import PaymentPages
from muvi.adapters.storage.local import LocalFiles
from muvi.adapters.tickets.png import PillowTicketRenderer
from muvi.adapters.tickets.qr import QrPictures
from muvi.adapters.tickets.signer import Ed25519TicketSigner, RandomTicketCodes
from muvi.application.orders.advance_checkout import AdvanceCheckout
from muvi.application.orders.box_office_steps import BoxOfficeSteps
from muvi.application.orders.cancel_order import CancelOrder, CheckCancel
from muvi.application.orders.charge_token import TokenCharging
from muvi.application.orders.choose_seats import ChooseSeats
from muvi.application.orders.due_checkouts import ClaimDueCheckouts, KeepCheckout
from muvi.application.orders.explaining.explain_order import ExplainOrder, FindOrders
from muvi.application.orders.lines import LineWriter
from muvi.application.orders.operations import Operations
from muvi.application.orders.place_order import PlaceOrder
from muvi.application.orders.read_attention import CountAttention
from muvi.application.orders.read_orders import ListOrders, ReadOrder
from muvi.application.orders.start_payment import StartPayment
from muvi.application.orders.transaction import PurchaseTx
from muvi.application.tickets.issuer import TicketIssuer
from muvi.application.tickets.show_ticket_image import ShowTicketImage
from muvi.domain.tickets.zatca import TaxSeller
from muvi.entrypoints.settings import Settings
from muvi.entrypoints.vendors.storage import S3Settings
from muvi.ports.clock import Clock
from muvi.ports.orders.attention import AttentionViews
from muvi.ports.orders.dossier import Dossiers
from muvi.ports.orders.rules import OrderPolicy
from muvi.ports.orders.views import OrderViews
from muvi.ports.storage import Files
from muvi.ports.tickets import QrCodes, TicketCodes, TicketRenderer, TicketSigner
from muvi.ports.transaction import UnitOfWork


class OrdersProvider(Provider):
    """Rows on the primary, images on the local disk."""

    scope = Scope.APP

    @provide
    def phases(self, begin: SqlUnitOfWork) -> UnitOfWork[PurchaseTx]:
        """The purchase's view of a transaction."""
        return begin

    @provide
    def views(self, engine: AsyncEngine) -> OrderViews:
        """Orders for display."""
        return SqlOrderViews(engine)

    @provide
    def dossiers(self, engine: AsyncEngine) -> Dossiers:
        """Everything about an order, on the primary."""
        return SqlDossiers(engine)

    @provide
    def attention(self, engine: AsyncEngine) -> AttentionViews:
        """What waits for a person."""
        return SqlAttentionViews(engine)

    @provide
    def policy(self, engine: AsyncEngine, settings: Settings, clock: Clock) -> OrderPolicy:
        """Rules from the settings table."""
        return RecentOrderPolicy(SqlOrderPolicy(engine, lifetime_s=settings.order_lifetime_s), clock)

    @provide
    def origins(self, settings: Settings) -> ReturnOrigins:
        """Where buyers may be sent back to."""
        return ReturnOrigins(settings.allowed_origins)

    @provide
    def pages(self, settings: Settings) -> PaymentPages:
        """Addresses of payment pages."""
        return PaymentPages(settings.public_base_url)

    @provide
    def links(self, settings: Settings) -> TicketLinks:
        """Addresses of ticket images; those of former keys stay good as long as the keys are listed."""
        return TicketLinks.signed_by(settings.public_base_url, settings.ticket_signing_key)

    @provide
    def seller(self, settings: Settings) -> TaxSeller:
        """Who sells."""
        return TaxSeller(settings.seller_name, settings.vat_number)

    writer = provide(OrderWriter)


def _bucket(settings: S3Settings, clock: Clock) -> tuple[Files, Callable[[], None]]:
    """The store and its end. AWS's library is read and a client made, which would hold the event loop up."""
    from muvi.adapters.storage.s3 import s3_files  # noqa: PLC0415  heavy, and few need it

    access = settings.access
    files = s3_files(settings.bucket, clock, region=access.region, key_id=access.key_id, secret=access.secret)
    return files, files.close


class TicketsProvider(Provider):
    """Codes, signatures, pictures, files."""

    scope = Scope.APP
    codes = provide(RandomTicketCodes, provides=TicketCodes)
    pictures = provide(QrPictures, provides=QrCodes)
    renderer = provide(PillowTicketRenderer, provides=TicketRenderer)

    @provide
    def signer(self, settings: Settings) -> TicketSigner:
        """Ed25519; the first key signs, the others only verify."""
        return Ed25519TicketSigner.from_setting(settings.ticket_signing_key)

    @provide
    async def files(self, settings: Settings, clock: Clock) -> AsyncGenerator[Files]:
        """In a bucket, or under MUVI_HOME."""
        if settings.s3 is None:
            yield LocalFiles(settings.home / "files")
            return
        files, close = await asyncio.to_thread(_bucket, settings.s3, clock)
        yield files
        close()


class OrdersUseCases(Provider):
    """What a request or a worker may ask for."""

    scope = Scope.REQUEST
    lines = provide(LineWriter)
    order_counter = provide(OrderCounter)
    payment_counter = provide(PaymentCounter)
    issuer = provide(TicketIssuer)
    steps = provide(BoxOfficeSteps)
    place = provide(PlaceOrder)
    choose = provide(ChooseSeats)
    pay = provide(StartPayment)
    charging = provide(TokenCharging)
    cancel = provide(CancelOrder)
    check_cancel = provide(CheckCancel)
    read = provide(ReadOrder)
    list_orders = provide(ListOrders)
    advance = provide(AdvanceCheckout)
    image = provide(ShowTicketImage)
    find_orders = provide(FindOrders)
    explain = provide(ExplainOrder)
    count_attention = provide(CountAttention)
    operations = provide(Operations)
    due = provide(ClaimDueCheckouts)
    keep = provide(KeepCheckout)
