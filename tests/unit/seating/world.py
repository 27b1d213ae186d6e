"""One showtime, its box office and its claims in memory."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from tests.builders_seating import a_plan, ticket_types
from typing_extensions import override

from muvi.adapters.memory.box_office import MemoryBoxOffice
from muvi.adapters.memory.claimed_seats import MemoryClaimedSeats
from muvi.adapters.memory.clock import FakeClock
from muvi.application.seating.plan_cache import PlanCache
from muvi.application.seating.read_seat_map import ReadSeatMap, SeatMapQuery, SeatMapView
from muvi.domain.seating.seat_plan import SeatKey, SeatStatus
from muvi.domain.shared.actor import Platform
from muvi.domain.shared.text import LocalizedText
from muvi.ports.seating.box_office import ShowtimeRef
from muvi.ports.showtimes.for_sale import ShowtimeForSale, ShowtimesForSale

ID = UUID(int=(0x0190A1B2C3D4 << 80) + 1)
REF = ShowtimeRef("0001", "51592")


class OneShowtime(ShowtimesForSale):
    def __init__(self, showtime: ShowtimeForSale) -> None:
        self.showtime = showtime

    @override
    async def find(self, showtime_id: UUID) -> ShowtimeForSale | None:
        return self.showtime if showtime_id == self.showtime.id else None


class World:
    def __init__(self, **changed: Any) -> None:  # noqa: ANN401  (any field of the showtime)
        self.clock = FakeClock()
        self.office = MemoryBoxOffice(self.clock)
        self.office.add_showtime(REF, a_plan((SeatKey("1-0-10"), SeatStatus.BLOCKED)), ticket_types())
        self.claims = MemoryClaimedSeats()
        fields = {
            "id": ID,
            "cinema_id": UUID(int=2),
            "film_id": UUID(int=3),
            "ref": REF,
            "starts_at": self.clock.now() + timedelta(hours=3),
            "business_date": self.clock.now().date(),
            "zone": "Asia/Riyadh",
            "currency": "SAR",
            "on_sale": True,
            "film_title": LocalizedText("Film", "فيلم"),
            "cinema_name": LocalizedText("Cinema", "سينما"),
            "screen_name": LocalizedText("Screen 1", "شاشة"),
        }
        showtime = ShowtimeForSale(**{**fields, **changed})
        plans = PlanCache(self.office, self.clock)
        self.read = ReadSeatMap(OneShowtime(showtime), plans, self.claims, self.clock)

    async def view(self, platform: Platform = Platform.WEBSITE) -> SeatMapView:
        return await self.read(SeatMapQuery(showtime_id=ID, platform=platform))

    async def statuses(self, *seats: SeatKey) -> list[SeatStatus]:
        view = await self.view()
        return [view.statuses[seat] for seat in seats]
