"""The container: every provider of the service, and who overrides whom in tests."""

from __future__ import annotations

from dishka import STRICT_VALIDATION, AsyncContainer, Provider, make_async_container

from muvi.entrypoints.providers.catalogue import CatalogueProvider, CatalogueUseCases
from muvi.entrypoints.providers.core import CoreProvider
from muvi.entrypoints.providers.edge import EdgeProvider, EdgeUseCases
from muvi.entrypoints.providers.identity import IdentityProvider, IdentityUseCases
from muvi.entrypoints.providers.messaging import MessagingProvider
from muvi.entrypoints.providers.notifications import NotificationsProvider
from muvi.entrypoints.providers.orders import OrdersProvider, OrdersUseCases, TicketsProvider
from muvi.entrypoints.providers.payments import PaymentsProvider, PaymentsUseCases
from muvi.entrypoints.providers.seating import SeatingProvider
from muvi.entrypoints.settings import Settings


def make_container(settings: Settings, *overrides: Provider) -> AsyncContainer:
    """Wire the service. Overrides come last and say `override=True` on what they replace."""
    return make_async_container(
        CoreProvider(),
        EdgeProvider(),
        EdgeUseCases(),
        CatalogueProvider(),
        CatalogueUseCases(),
        IdentityProvider(),
        IdentityUseCases(),
        SeatingProvider(),
        OrdersProvider(),
        OrdersUseCases(),
        TicketsProvider(),
        PaymentsProvider(),
        PaymentsUseCases(),
        MessagingProvider(),
        NotificationsProvider(),
        *overrides,
        context={Settings: settings},
        validation_settings=STRICT_VALIDATION,
    )
