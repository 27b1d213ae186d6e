"""What every call of this Vista reaches: today's chain, its seats and prices, clock, knobs and record."""

from datetime import datetime, timedelta
from typing import Any

from muvi_sandbox import chain
from muvi_sandbox.chain.prices import TicketType
from muvi_sandbox.chain.schedule import Session
from muvi_sandbox.config import SandboxConfig
from muvi_sandbox.truth import Truth
from muvi_sandbox.vista.knobs import VistaKnobs
from muvi_sandbox.vista.media import Media
from muvi_sandbox.vista.seats import Halls

SYSTEM = "vista"


class World:
    """One Vista. Everything in it happens on one event loop, a call at a time."""

    def __init__(self, config: SandboxConfig, truth: Truth) -> None:
        self.config = config
        self.clock = config.clock
        self.knobs = VistaKnobs()
        self.media = Media(f"{config.url}/vista")
        self.halls = Halls(config.seed)
        self.cancelled_sessions: set[tuple[str, int]] = set()
        self.prices: dict[tuple[str, str], int] = {}
        self._truth = truth
        self._chain = chain.of_day(config.seed, self.wall_now().date())

    def now(self) -> datetime:
        """Aware UTC of the sandbox's clock."""
        return self.clock.now()

    def wall_now(self) -> datetime:
        """What the clock on a cinema's wall shows."""
        return chain.wall_time(self.now())

    @property
    def chain(self) -> chain.Chain:
        """The chain of the present day; a new day brings new shows and drops old ones."""
        today = self.wall_now().date()
        if today != self._chain.today:
            self._chain = chain.of_day(self.config.seed, today)
        return self._chain

    def record(self, event: str, **facts: Any) -> None:  # noqa: ANN401 - facts are plain JSON values
        """Note a real effect."""
        self._truth.record(SYSTEM, event, **facts)

    def recorded(self) -> list[dict[str, Any]]:
        """Return every effect noted so far, by earlier runs too."""
        return self._truth.events(SYSTEM)

    def session(self, cinema_id: str, session_id: str | int) -> Session | None:
        """Return a session that exists and was not called off."""
        try:
            key = (cinema_id, int(session_id))
        except ValueError:
            return None
        return None if key in self.cancelled_sessions else self.chain.sessions.get(key)

    def open_session(self, cinema_id: str, session_id: str | int, channel: str) -> Session | None:
        """Return a session that this channel may see: ticked for it, and not past the end of sales."""
        session = self.session(cinema_id, session_id)
        if session is None or not self.is_ticked(session, channel):
            return None
        ends = session.starts + timedelta(seconds=self.knobs.sales_end_s)
        return session if self.wall_now() <= ends else None

    def is_ticked(self, session: Session, channel: str) -> bool:
        """Whether the session is sold on that channel."""
        return channel not in self.knobs.unticked_channels and f";{channel};" in session.channels

    def change_price(self, cinema_id: str, code: str, price: int) -> None:
        """Set a ticket type's price in one cinema, or everywhere (empty id)."""
        self.prices = {**self.prices, (cinema_id, code): price}

    def price(self, session: Session, ticket_type: TicketType) -> int:
        """Price of a ticket now: the list price, unless a manager changed it."""
        for cinema_id in (session.cinema.id, ""):
            changed = self.prices.get((cinema_id, ticket_type.code))
            if changed is not None:
                return changed
        return session.price_of(ticket_type)
