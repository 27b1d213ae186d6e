"""Every controller of the service. A route that is not listed here does not exist."""

from __future__ import annotations

from litestar import Router
from litestar.types import ControllerRouterHandler

from muvi.adapters.http.health import Health
from muvi.adapters.http.problem_kinds import ProblemKinds
from muvi.adapters.http.public.auth import Auth
from muvi.adapters.http.public.content import Content
from muvi.adapters.http.public.films import Films
from muvi.adapters.http.public.guest_orders import GuestOrders
from muvi.adapters.http.public.guest_users import GuestUsers
from muvi.adapters.http.public.orders import Orders
from muvi.adapters.http.public.pay import Pay
from muvi.adapters.http.public.seats import Seats
from muvi.adapters.http.public.showtimes import Showtimes
from muvi.adapters.http.public.static import static_files
from muvi.adapters.http.public.tickets import Tickets
from muvi.adapters.http.public.transactions import Transactions
from muvi.adapters.http.public.venues import Cinemas, Cities, Experiences
from muvi.adapters.http.scheduler.catalogue import CatalogueSync
from muvi.adapters.http.webhooks.payments import PaymentWebhooks

API_PREFIX = "/api/v1"

ROOT: tuple[ControllerRouterHandler, ...] = (Health, ProblemKinds, Pay, Tickets)
API: tuple[ControllerRouterHandler, ...] = (
    Auth,
    GuestUsers,
    GuestOrders,
    Cities,
    Cinemas,
    Experiences,
    Films,
    Showtimes,
    Seats,
    Orders,
    Transactions,
    Content,
    PaymentWebhooks,
    CatalogueSync,
)


def all_routes() -> list[ControllerRouterHandler]:
    """The root routes and the versioned API."""
    return [*ROOT, static_files(), Router(path=API_PREFIX, route_handlers=[*API])]
