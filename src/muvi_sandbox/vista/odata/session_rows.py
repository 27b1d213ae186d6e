"""Rows of sessions and scheduled films, kept ready; only their availability is refreshed now and then."""

from collections import Counter
from datetime import datetime

from muvi_sandbox.chain.experiences import ATTRIBUTES
from muvi_sandbox.chain.films import Film
from muvi_sandbox.chain.schedule import Cinema, Session, attribute_names
from muvi_sandbox.vista.media import Media
from muvi_sandbox.vista.odata.reference_rows import Row, credits_of, genre_ids
from muvi_sandbox.vista.wire import after, naive
from muvi_sandbox.vista.world import World

LIMITED_BELOW = 10
LIMITED, SOLD_OUT = 1, 2
_ATTRIBUTE_IDS = {attribute.short: attribute.id for attribute in ATTRIBUTES}


class SessionRows:
    """The Sessions set of one day for every channel.

    Availability is a cache like the real one's: it follows the seat plans every `odata_refresh_s` seconds.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._chain, self._prices = world.chain, world.prices
        self._rows = {key: session_row(world, session) for key, session in world.chain.sessions.items()}
        self._ordered = sorted(self._rows.items(), key=lambda item: str(item[1]["ID"]))
        self._refreshed = world.now()
        self._refresh()

    def is_current(self) -> bool:
        """Whether chain and prices are still those that these rows were made from."""
        return self._world.chain is self._chain and self._world.prices is self._prices

    def rows(self, channel: str) -> list[Row]:
        """Return the rows that a token of this channel sees now, ordered by ID."""
        now = self._world.now()
        if not self._refreshed <= now < after(self._refreshed, self._world.knobs.odata_refresh_s):
            self._refreshed = now
            self._refresh()
        if channel in self._world.knobs.unticked_channels:
            return []
        gone, ticked = self._world.cancelled_sessions, f";{channel};"
        since = self._since()
        return [
            row
            for key, row in self._ordered
            if ticked in row["SalesChannels"] and row["Showtime"] >= since and key not in gone
        ]

    def _since(self) -> str:
        return naive(after(self._world.wall_now(), -self._world.knobs.sales_end_s))

    def _refresh(self) -> None:
        for key, left in self._world.halls.available().items():
            row = self._rows.get(key)
            if row is not None:
                row["SeatsAvailable"] = left
                row["SoldoutStatus"] = soldout_status(left)


def soldout_status(left: int) -> int:
    """0 available, 1 limited, 2 sold out."""
    if left == 0:
        return SOLD_OUT
    return LIMITED if left < LIMITED_BELOW else 0


def session_row(world: World, session: Session) -> Row:
    """One session."""
    left = session.layout.capacity - session.sold_before
    names = attribute_names(session)
    experience = session.screen.experience
    return {
        "ID": f"{session.cinema.id}-{session.number}",
        "CinemaId": session.cinema.id,
        "ScheduledFilmId": session.film.id,
        "SessionId": str(session.number),
        "AreaCategoryCodes": [category.code for category in session.layout.categories],
        "Showtime": naive(session.starts),
        "IsAllocatedSeating": True,
        "AllowChildAdmits": session.film.mpa != "R",
        "SeatsAvailable": left,
        "AllowComplimentaryTickets": True,
        "EventId": "",
        "GlobalEventId": None,
        "PriceGroupCode": experience.price_group,
        "ScreenName": f"Screen {session.screen.number}",
        "ScreenNameAlt": f"شاشة {session.screen.number}",
        "ScreenNumber": session.screen.number,
        "CinemaOperatorCode": "MAIN",
        "FormatCode": experience.format_code,
        "FormatHOPK": experience.format_code,
        "SalesChannels": session.channels,
        "SessionAttributesNames": names,
        "ConceptAttributesNames": [experience.attribute.short],
        "AllowTicketSales": session.on_sale,
        "HasDynamicallyPricedTicketsAvailable": False,
        "PlayThroughId": None,
        "SessionBusinessDate": f"{session.business_date.isoformat()}T00:00:00",
        "SessionDisplayPriority": 0,
        "GroupSessionsByAttribute": False,
        "SoldoutStatus": soldout_status(left),
        "TypeCode": "N",
        "MinimumTicketPriceInCents": _lowest_price(world, session),
        "InSeatDeliveryFee": None,
        "IsPublicScreening": True,
        "Status": "Open",
    }


def _lowest_price(world: World, session: Session) -> int:
    return min(
        world.price(session, kind)
        for kind in session.ticket_types
        if kind.seats == 1 and "WWW" in kind.channels
    )


def attribute_link_rows(sessions: list[Row]) -> list[Row]:
    """Which session has which attribute."""
    return [
        {
            "ID": f"{row['ID']}-{_ATTRIBUTE_IDS[short]}",
            "CinemaId": row["CinemaId"],
            "SessionId": row["SessionId"],
            "ShortName": short,
            "AttributeID": _ATTRIBUTE_IDS[short],
        }
        for row in sessions
        for short in row["SessionAttributesNames"]
    ]


def scheduled_film_rows(
    cinemas: list[Cinema], films: list[Film], sessions: list[Row], media: Media
) -> list[Row]:
    """Films by cinema: `RunTime` is text here, unlike in Films."""
    counts = Counter((row["CinemaId"], row["ScheduledFilmId"]) for row in sessions)
    return [
        _scheduled_film(cinema, film, order, media, has_sessions=counts[cinema.id, film.id] > 0)
        for cinema in cinemas
        for order, film in enumerate(films, 1)
    ]


def _scheduled_film(cinema: Cinema, film: Film, order: int, media: Media, *, has_sessions: bool) -> Row:
    first, second, third = genre_ids(film)
    opening = naive(datetime.combine(film.released, datetime.min.time()))
    return {
        "ID": f"{cinema.id}-{film.id}",
        "ScheduledFilmId": film.id,
        "CinemaId": cinema.id,
        "HasFutureSessions": has_sessions,
        "Title": film.catalogue_title,
        "TitleAlt": film.title.ar,
        "Distributor": "",
        "Rating": film.rating.code,
        "RatingAlt": film.rating.code,
        "RatingDescription": film.rating.meaning.en,
        "RatingDescriptionAlt": film.rating.meaning.ar,
        "Synopsis": film.synopsis.en,
        "SynopsisAlt": film.synopsis.ar,
        "OpeningDate": opening,
        "FilmHOPK": film.id,
        "FilmHOCode": film.code,
        "ShortCode": "",
        "RunTime": str(film.minutes),
        "TrailerUrl": media.trailer(film),
        "DisplaySequence": order * 10,
        "TwitterTag": "",
        "HasSessionsAvailable": has_sessions,
        "GraphicUrl": "",
        "CinemaName": None,
        "CinemaNameAlt": None,
        "AllowTicketSales": not film.coming_soon,
        "AdvertiseAdvanceBookingDate": False,
        "AdvanceBookingDate": None,
        "AdvanceBookingDateOffset": None,
        "LoyaltyAdvanceBookingDate": None,
        "LoyaltyAdvanceBookingDateOffset": None,
        "HasDynamicallyPricedTicketsAvailable": False,
        "IsPlayThroughMarketingFilm": False,
        "CustomerRatingStatistics": {"RatingCount": 0, "AverageScore": None},
        "CustomerRatingTrailerStatistics": {"RatingCount": 0, "RatingCountLiked": 0},
        "NationalOpeningDate": opening,
        "CorporateFilmId": "",
        "EDICode": "",
        "GovernmentCode": "",
        "GenreId": first,
        "GenreId2": second,
        "GenreId3": third,
        "Cast": [
            {
                "ID": key,
                "FirstName": name.first,
                "LastName": name.last,
                "UrlToDetails": "",
                "UrlToPicture": media.portrait(key),
                "PersonType": kind,
            }
            for key, kind, name in credits_of(film)
        ],
    }
