"""The box office, plans of halls, the seat map."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from dishka import AnyOf, Provider, Scope, provide
from sqlalchemy.ext.asyncio import AsyncEngine

from muvi.adapters.db.claimed_seats import SqlClaimedSeats
from muvi.adapters.db.notifications import Notifications
from muvi.adapters.db.showtimes_for_sale import RecentShowtimesForSale, SqlShowtimesForSale
from muvi.adapters.http.public.seat_map_pages import CHANNEL, SeatMapPages
from muvi.adapters.http.public.seats import OwnSeats
from muvi.adapters.kit.bulkhead import Bulkhead
from muvi.adapters.kit.http_client import VendorHttp
from muvi.adapters.vista.box_office import VistaBoxOffice
from muvi.adapters.vista.client import SYSTEM, VistaClient
from muvi.application.orders.read_orders import ReadOrder
from muvi.application.seating.plan_cache import PlanCache
from muvi.application.seating.read_seat_map import ReadSeatMap
from muvi.entrypoints.settings import Settings
from muvi.ports.clock import Clock
from muvi.ports.identity.tokens import AccessTokens
from muvi.ports.orders.views import OrderViews
from muvi.ports.seating.box_office import BoxOffice
from muvi.ports.seating.claimed_seats import ClaimedSeats
from muvi.ports.seating.plans import SeatPlans
from muvi.ports.showtimes.for_sale import ShowtimesForSale

VISTA_CONNECTIONS = 100


class SeatingProvider(Provider):
    """Vista's box office behind a short cache, our claims over it."""

    scope = Scope.APP

    @provide
    async def vista(self, settings: Settings, clock: Clock) -> AsyncGenerator[VistaClient]:
        """One connection pool to the box office; the catalogue is read over another."""
        http = VendorHttp(SYSTEM, settings.vista.base_url, max_connections=VISTA_CONNECTIONS)
        bulkhead = Bulkhead(SYSTEM, limit=settings.vista.calls_per_cinema)
        yield VistaClient(http, settings.vista.tokens, clock, bulkhead)
        await http.aclose()

    @provide
    def box_office(self, client: VistaClient) -> BoxOffice:
        """The box office of every cinema."""
        return VistaBoxOffice(client)

    @provide
    def plans(self, box_office: BoxOffice, clock: Clock) -> AnyOf[PlanCache, SeatPlans]:
        """One cache per process."""
        return PlanCache(box_office, clock)

    @provide
    def claimed_seats(self, engine: AsyncEngine) -> ClaimedSeats:
        """Claims on the primary."""
        return SqlClaimedSeats(engine)

    @provide
    def showtimes(self, engine: AsyncEngine, clock: Clock) -> ShowtimesForSale:
        """Showtimes on the primary, each read once in two seconds."""
        return RecentShowtimesForSale(SqlShowtimesForSale(engine), clock)

    @provide
    def read_seat_map(
        self, showtimes: ShowtimesForSale, plans: PlanCache, claims: ClaimedSeats, clock: Clock
    ) -> ReadSeatMap:
        """The query behind the pages; it keeps no state of its own."""
        return ReadSeatMap(showtimes, plans, claims, clock)

    @provide
    def seat_map_pages(self, notifications: Notifications) -> SeatMapPages:
        """Pages that hear of changed claims: make them before the process begins to listen."""
        pages = SeatMapPages()
        notifications.subscribe(CHANNEL, pages.on_notice)
        notifications.on_gap(pages.drop_all)
        return pages

    @provide
    def own_seats(self, tokens: AccessTokens, views: OrderViews, clock: Clock) -> OwnSeats:
        """What somebody may choose again."""
        return OwnSeats(tokens, ReadOrder(views), clock)
