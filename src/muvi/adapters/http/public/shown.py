"""Bodies of the browsing routes. The language decides where the old samples show one text."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

from muvi.adapters.http.public.browsing import PublicLinks
from muvi.adapters.http.wire import Amount, Answer, Both, amount, wire_id
from muvi.domain.shared.text import Language
from muvi.ports.catalog.films import CastView, FilmType, FilmView
from muvi.ports.showtimes.browse import ShowtimeView
from muvi.ports.venues.places import CinemaView, CityView, ExperienceView

NO_PHOTO = "/static/people/no-photo.png"
NO_PICTURE = "/static/cinemas/foyer.jpg"


class CityShown(Answer, frozen=True):
    """A city."""

    id: str
    name: Both
    lat: float | None
    lng: float | None
    cinemas_count: int

    @classmethod
    def of(cls, city: CityView) -> CityShown:
        """Both languages at once."""
        return cls(
            id=wire_id(city.id),
            name=Both.of(city.name),
            lat=city.latitude,
            lng=city.longitude,
            cinemas_count=city.cinema_count,
        )


class NearestCity(Answer, frozen=True):
    """The city closest to a place."""

    id: str
    name: str
    lat: float | None
    lng: float | None


class ExperienceShown(Answer, frozen=True):
    """An experience."""

    id: int
    name: str
    unique_name: str
    code: str
    description: str
    logo: str
    cover: str

    @classmethod
    def of(cls, one: ExperienceView, language: Language) -> ExperienceShown:
        """In one language."""
        return cls(
            id=one.id,
            name=one.name.in_(language),
            unique_name=one.unique_name,
            code=one.code,
            description=one.description.in_(language),
            logo=one.logo_url,
            cover=one.cover_url,
        )


class CityName(Answer, frozen=True):
    """The city of a cinema."""

    id: str
    name: Both


class CinemaShown(Answer, frozen=True):
    """A cinema. `screens` counts its halls; prices there are in `currency`."""

    id: str
    unique_name: str
    name: Both
    description: str
    address: str
    city: CityName | None
    lat: float | None
    lng: float | None
    phone: str
    email: str
    images: Sequence[str]
    cover: str
    screens: int
    experiences: Sequence[str]
    experience_ids: Sequence[int]
    currency: str
    time_zone: str | None
    open_for_sale: bool
    has_concessions: bool

    @classmethod
    def of(cls, one: CinemaView, language: Language, links: PublicLinks) -> CinemaShown:
        """Names in both languages, texts in one."""
        images = [links.absolute(image) for image in one.images or (NO_PICTURE,)]
        return cls(
            id=wire_id(one.id),
            unique_name=one.unique_name,
            name=Both.of(one.name),
            description=one.description.in_(language),
            address=one.address.in_(language),
            city=CityName(id=wire_id(one.city_id), name=Both.of(one.city_name)) if one.city_id else None,
            lat=one.latitude,
            lng=one.longitude,
            phone=one.phone,
            email=one.email,
            images=images,
            cover=links.absolute(one.cover_url) or images[0],
            screens=one.screen_count,
            experiences=[kind.name.in_(language) for kind in one.experiences],
            experience_ids=[kind.id for kind in one.experiences],
            currency=one.currency,
            time_zone=one.time_zone,
            open_for_sale=one.open_for_sale,
            has_concessions=one.has_concessions,
        )


class CastShown(Answer, frozen=True):
    """Somebody's part in a film."""

    id: int
    name: str
    role: str
    photo: str

    @classmethod
    def of(cls, one: CastView, language: Language, links: PublicLinks) -> CastShown:
        """In one language."""
        photo = links.absolute(one.photo_url or NO_PHOTO)
        return cls(id=one.id, name=one.name.in_(language), role=one.role, photo=photo)


class FilmShown(Answer, frozen=True):
    """A film in a list. `duration` in minutes."""

    id: str
    unique_name: str
    title: str
    poster: str
    rating: str
    genres: Sequence[str]
    duration: int | None
    release_date: date | None
    type: str
    trailer: str

    @classmethod
    def of(cls, one: FilmView, language: Language, links: PublicLinks) -> FilmShown:
        """In one language."""
        return cls(
            id=wire_id(one.id),
            unique_name=one.unique_name,
            title=one.title.in_(language),
            poster=links.absolute(one.poster_url),
            rating=one.rating.code if one.rating else "",
            genres=[genre.name.in_(language) for genre in one.genres],
            duration=one.runtime_min,
            release_date=one.release_date,
            type=FilmType.NOW_SHOWING if one.now_showing else FilmType.COMING_SOON,
            trailer=one.trailer_url,
        )


class FilmDetail(FilmShown, frozen=True):
    """A film on its own page."""

    description: str
    rating_description: str
    cover: str
    language: str
    subtitle: str
    distributor: str
    cast: Sequence[CastShown]

    @classmethod
    def whole(cls, one: FilmView, language: Language, links: PublicLinks) -> FilmDetail:
        """In one language."""
        brief = FilmShown.of(one, language, links)
        return cls(
            **{name: getattr(brief, name) for name in brief.__struct_fields__},
            description=one.synopsis.in_(language),
            rating_description=one.rating.description.in_(language) if one.rating else "",
            cover=links.absolute(one.cover_url or one.poster_url),
            language=one.language.in_(language),
            subtitle=one.subtitle.in_(language),
            distributor=one.distributor,
            cast=[CastShown.of(who, language, links) for who in one.cast],
        )


class ShowtimeShown(Answer, frozen=True):
    """A showtime. `startsAt` carries the cinema's offset; `priceFrom` is in major units of `currency`."""

    id: str
    film_id: str
    cinema_id: str
    screen: str
    screen_number: int
    starts_at: str
    business_date: date
    experiences: Sequence[str]
    experience_ids: Sequence[int]
    seats_available: int
    sold_out: bool
    price_from: Amount | None
    currency: str

    @classmethod
    def of(cls, one: ShowtimeView, language: Language) -> ShowtimeShown:
        """In one language."""
        price = one.price_from_minor
        return cls(
            id=wire_id(one.id),
            film_id=wire_id(one.film_id),
            cinema_id=wire_id(one.cinema_id),
            screen=one.screen.in_(language),
            screen_number=one.screen_number,
            starts_at=one.starts_at.astimezone(ZoneInfo(one.zone)).isoformat(timespec="seconds"),
            business_date=one.business_date,
            experiences=[tag.name.in_(language) for tag in one.experiences],
            experience_ids=[tag.id for tag in one.experiences],
            seats_available=one.seats_available,
            sold_out=one.sold_out,
            price_from=None if price is None else amount(price, one.currency),
            currency=one.currency,
        )


class ShowtimeDetail(ShowtimeShown, frozen=True):
    """A showtime on its own page. `onSale` is false once it has begun or is closed."""

    on_sale: bool
    film: FilmShown | None
    cinema: CinemaShown | None


class FilmWithShowtimes(FilmShown, frozen=True):
    """A film and when it is on."""

    showtimes: Sequence[ShowtimeShown]


class CinemaWithShowtimes(CinemaShown, frozen=True):
    """A cinema and when it shows a film."""

    showtimes: Sequence[ShowtimeShown]


def fields_of(shown: Answer) -> dict[str, object]:
    """The fields of a body, to build a larger one from."""
    return {name: getattr(shown, name) for name in shown.__struct_fields__}
