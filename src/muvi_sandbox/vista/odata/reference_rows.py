"""Rows of the sets that change once a day at most: cinemas, films, genres, people, attributes."""

from typing import Any

from muvi_sandbox.chain import ALL_FILMS
from muvi_sandbox.chain.experiences import ATTRIBUTES, EXPERIENCES, STANDARD, Attribute
from muvi_sandbox.chain.films import GENRES, Film, Name, Text, genre_id
from muvi_sandbox.chain.schedule import Cinema
from muvi_sandbox.vista.media import Media

Row = dict[str, Any]
_STATISTICS: Row = {
    "CustomerRatingStatistics": {"RatingCount": 0, "AverageScore": None},
    "CustomerRatingTrailerStatistics": {"RatingCount": 0, "RatingCountLiked": 0},
}


def translations(text: Text) -> list[Row]:
    """Return the list form of the alternate language."""
    return [{"LanguageTag": "ar-SA", "Text": text.ar}]


def cinema_row(cinema: Cinema) -> Row:
    """One cinema."""
    place = cinema.place
    title = Text(f"{place.mall.en}, {place.city.en}", f"{place.mall.ar}، {place.city.ar}")
    return {
        "ID": cinema.id,
        "CinemaNationalId": "",
        "Name": title.en,
        "NameAlt": title.ar,
        "NameTranslations": translations(title),
        "PhoneNumber": "",
        "EmailAddress": "",
        "Address1": f"{place.mall.en}, {place.district.en}",
        "Address2": f"{place.mall.ar}، {place.district.ar}",
        "City": place.city.en,
        "Latitude": place.latitude,
        "Longitude": place.longitude,
        "ParkingInfo": "",
        "ParkingInfoTranslations": [],
        "LoyaltyCode": "",
        "IsGiftStore": False,
        "Description": "",
        "DescriptionAlt": "",
        "DescriptionTranslations": [],
        "PublicTransport": "",
        "PublicTransportTranslations": [],
        "CurrencyCode": "SAR",
        "AllowPrintAtHomeBookings": True,
        "AllowOnlineVoucherValidation": True,
        "DisplaySofaSeats": True,
        "TimeZoneId": "Arab Standard Time",
        "HOPK": cinema.id,
        "TipsCompulsory": False,
        "TipPercentages": "",
        "ServerName": "",
        "IsInTouchEnabled": False,
        "IsGetHelpEnabled": False,
        "PrimaryDataLanguage": "en-GB",
        "AlternateDataLanguage1": "ar-SA",
        "AlternateDataLanguage2": "",
        "AlternateDataLanguage3": "",
        "HasConcessions": False,
        "ConceptAttributes": [],
        "ScreenAttributes": _screen_attributes(cinema),
        "CinemaOperators": [_operator(cinema)],
    }


def _screen_attributes(cinema: Cinema) -> list[Row]:
    return [
        {
            "ID": f"{cinema.id}-{screen.number}-{screen.experience.attribute.id}",
            "AttributeID": screen.experience.attribute.id,
            "CinemaId": cinema.id,
            "ScreenNumber": screen.number,
            "ShortName": screen.experience.attribute.short,
            "IsConcept": screen.experience.attribute.concept,
            "Description": screen.experience.attribute.title.en,
            "DescriptionAlt": screen.experience.attribute.title.ar,
        }
        for screen in cinema.screens
        if screen.experience is not STANDARD
    ]


def _operator(cinema: Cinema) -> Row:
    return {
        "ID": f"{cinema.id}-MAIN",
        "CinemaId": cinema.id,
        "Code": "MAIN",
        "Name": "Main operator",
        "ShortName": "MAIN",
        "IsDefault": True,
        "HoOperatorCode": "MAIN",
        "Groups": [{"ID": "1", "Description": "Main", "Sequence": 1}],
    }


def genre_ids(film: Film) -> list[str | None]:
    """The three genre columns of a film."""
    ids: list[str | None] = [genre_id(genre) for genre in film.genres[:3]]
    return ids + [None] * (3 - len(ids))


def film_row(film: Film, media: Media) -> Row:
    """One film of head office."""
    first, second, third = genre_ids(film)
    meaning = film.rating.meaning
    return {
        "ID": film.id,
        "ShortCode": "",
        "Title": film.catalogue_title,
        "TitleAlt": film.title.ar,
        "TitleTranslations": translations(film.title),
        "Rating": film.rating.code,
        "RatingAlt": film.rating.code,
        "RatingDescription": meaning.en,
        "RatingDescriptionAlt": meaning.ar,
        "RatingDescriptionTranslations": translations(meaning),
        "Synopsis": film.synopsis.en,
        "SynopsisAlt": film.synopsis.ar,
        "SynopsisTranslations": translations(film.synopsis),
        "ShortSynopsis": "",
        "ShortSynopsisAlt": "",
        "ShortSynopsisTranslations": [],
        "HOFilmCode": film.code,
        "CorporateFilmId": "",
        "RunTime": film.minutes,
        "OpeningDate": f"{film.released.isoformat()}T00:00:00",
        "GraphicUrl": "",
        "FilmNameUrl": "",
        "TrailerUrl": media.trailer(film),
        "AdditionalUrls": [],
        "IsComingSoon": film.coming_soon,
        "IsScheduledAtCinema": not film.coming_soon,
        "WebsiteUrl": "",
        "GenreId": first,
        "GenreId2": second,
        "GenreId3": third,
        "EDICode": "",
        "FormatCodes": sorted({experience.format_code for experience in EXPERIENCES}),
        "TwitterTag": "",
        **_STATISTICS,
        "FilmWebId": "",
        "MovieXchangeCode": "",
        "DistributorName": "",
        "GovernmentCode": "",
    }


def genre_rows() -> list[Row]:
    """All genres."""
    return [
        {
            "ID": genre_id(genre.en),
            "Name": genre.en,
            "NameTranslations": translations(genre),
            "Description": genre.en,
            "DescriptionTranslations": [],
        }
        for genre in GENRES
    ]


def credits_of(film: Film) -> list[tuple[str, str, Name]]:
    """Return id, kind and name of everybody in a film."""
    people = [("Actor", name) for name in film.cast] + [("Director", name) for name in film.directors]
    return [(_PERSON_IDS[name], kind, name) for kind, name in people]


_PERSON_IDS = {
    name: f"{number:010d}"
    for number, name in enumerate(
        dict.fromkeys(name for film in ALL_FILMS for name in (*film.cast, *film.directors)), 101
    )
}
PEOPLE = {key: name for name, key in _PERSON_IDS.items()}


def person_rows(media: Media) -> list[Row]:
    """All people, once each."""
    return [
        {
            "ID": key,
            "FirstName": name.first,
            "LastName": name.last,
            "UrlToDetails": "",
            "UrlToPicture": media.portrait(key),
            "IsTalent": False,
        }
        for key, name in PEOPLE.items()
    ]


def film_person_rows() -> list[Row]:
    """Who does what in which film."""
    return [
        {"ID": f"{film.id}-{key}-{kind}", "FilmId": film.id, "PersonId": key, "PersonType": kind}
        for film in ALL_FILMS
        for key, kind, _ in credits_of(film)
    ]


def attribute_row(attribute: Attribute, cinemas: list[Cinema]) -> Row:
    """One attribute, with the cinemas that use it."""
    shown = [
        cinema.id
        for cinema in cinemas
        if attribute not in {experience.attribute for experience in EXPERIENCES}
        or any(screen.experience.attribute is attribute for screen in cinema.screens)
    ]
    return {
        "ID": attribute.id,
        "Description": attribute.title.en,
        "ShortName": attribute.short,
        "AltDescription": attribute.title.ar,
        "AltShortName": attribute.short,
        "Message": "",
        "MessageAlt": "",
        "WarningMessage": "",
        "WarningMessageAlt": "",
        "SalesChannels": ";WWW;CELL;KIOSK;",
        "IsUsedForConcepts": attribute.concept,
        "IsUsedForSessionAdvertising": attribute.advertised,
        "DisplayPriority": int(attribute.id),
        "DescriptionTranslations": translations(attribute.title),
        "ShortNameTranslations": [],
        "MessageTranslations": [],
        "SessionAttributeCinemaIDs": shown,
        "IsPromoted": False,
    }


def attribute_rows(cinemas: list[Cinema]) -> list[Row]:
    """All attributes."""
    return [attribute_row(attribute, cinemas) for attribute in ATTRIBUTES]
