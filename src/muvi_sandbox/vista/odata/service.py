"""Answers a request for a set: rows, options, expansion and paging."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

import msgspec

from muvi_sandbox.reply import Reply
from muvi_sandbox.vista.odata import query, reference_rows
from muvi_sandbox.vista.odata.query import BadQuery, Row
from muvi_sandbox.vista.odata.session_rows import SessionRows, attribute_link_rows, scheduled_film_rows
from muvi_sandbox.vista.world import World

JSON_LIGHT = "application/json;odata=minimalmetadata;charset=utf-8"
_FUNCTIONS = {
    "getnowshowingscheduledfilms": "ScheduledFilms",
    "getcomingsoonscheduledfilms": "ScheduledFilms",
    "getscheduledfilms": "ScheduledFilms",
    "getnowshowingsessions": "Sessions",
}
_EXPANDABLE = {"Sessions": {"Attributes"}, "Cinemas": {"ScheduledFilms"}, "ScheduledFilms": {"Sessions"}}
_ATOM = (
    '<?xml version="1.0" encoding="utf-8"?>'
    '<feed xmlns="http://www.w3.org/2005/Atom"><title type="text">{}</title></feed>'
)


class ODataService:
    """The feed of one Vista. Rows that cannot change within a day are built at first use and kept."""

    def __init__(self, world: World, base_url: str) -> None:
        self._world = world
        self._base_url = base_url
        self._kept: dict[str, list[Row]] = {}
        self._sessions: SessionRows | None = None
        self._sets: dict[str, Callable[[str], list[Row]]] = {
            "Cinemas": lambda _: self._keep("Cinemas", self._cinemas),
            "Films": lambda _: self._keep(
                "Films", lambda: [reference_rows.film_row(f, world.media) for f in self._films()]
            ),
            "FilmGenres": lambda _: self._keep("FilmGenres", reference_rows.genre_rows),
            "Persons": lambda _: self._keep("Persons", lambda: reference_rows.person_rows(world.media)),
            "FilmPersonLinks": lambda _: self._keep("FilmPersonLinks", reference_rows.film_person_rows),
            "Attributes": lambda _: self._keep("Attributes", self._attributes),
            "Sessions": self._session_rows,
            "SessionAttributeLinks": lambda channel: attribute_link_rows(self._session_rows(channel)),
            "ScheduledFilms": self._scheduled_films,
        }
        self._by_lower = {name.lower(): name for name in self._sets}

    def serve(self, asked: str, options: Mapping[str, str], channel: str, *, json_wanted: bool) -> Reply:
        """Answer one request. `asked` is the last part of the path, in any case."""
        function = asked.lower()
        name = _FUNCTIONS.get(function) or self._by_lower.get(function)
        if not asked:
            return self._root()
        if name is None:
            return _error(404, f"Resource not found for the segment '{asked}'.")
        if not json_wanted:
            return Reply(200, _ATOM.format(name), media_type="application/atom+xml;charset=utf-8")
        try:
            rows = (
                [] if name in self._world.knobs.empty_sets else self._chosen(name, function, options, channel)
            )
            return self._page(name, asked, rows, options, channel)
        except BadQuery as error:
            return _error(400, str(error))

    def _root(self) -> Reply:
        sets = [{"name": name, "url": name} for name in self._sets]
        return _light({"odata.metadata": f"{self._base_url}/OData.svc/$metadata", "value": sets})

    def _chosen(self, name: str, function: str, options: Mapping[str, str], channel: str) -> list[Row]:
        rows = self._sets[name](channel)
        if name == "ScheduledFilms":
            rows = _of_function(function, options, rows)
        names = frozenset(rows[0]) if rows else frozenset[str]()
        if rows and (text := options.get("$filter")):
            holds = query.compiled(text, names)
            rows = [row for row in rows if holds(row)]
        if rows and (text := options.get("$orderby")):
            rows = query.ordered(rows, text, names)
        return rows

    def _page(
        self, name: str, asked: str, rows: list[Row], options: Mapping[str, str], channel: str
    ) -> Reply:
        skip, top = query.count_option(options, "$skip") or 0, query.count_option(options, "$top")
        end = len(rows) if top is None else min(len(rows), skip + top)
        size = self._world.knobs.odata_page_size
        last = min(end, skip + size) if size > 0 else end
        page = rows[skip:last]
        expanded = self._expansion(name, options)
        if expanded:
            page = self._expanded(name, page, expanded, channel)
        if page and (text := options.get("$select")):
            page = query.selected(page, text, frozenset(page[0]), expanded)
        body: dict[str, Any] = {
            "odata.metadata": f"{self._base_url}/OData.svc/$metadata#{name}",
            "value": page,
        }
        if last < end:
            rest = {**options, "$skip": str(last)}
            if top is not None:
                rest["$top"] = str(top - len(page))
            body["odata.nextLink"] = f"{self._base_url}/OData.svc/{asked}?{urlencode(rest)}"
        return _light(body)

    def _expansion(self, name: str, options: Mapping[str, str]) -> set[str]:
        wanted = {part.strip() for part in options.get("$expand", "").split(",") if part.strip()}
        if unknown := wanted - _EXPANDABLE.get(name, set()):
            raise BadQuery(f"Could not expand '{unknown.pop()}' of '{name}'.")
        return wanted

    def _expanded(self, name: str, page: list[Row], wanted: set[str], channel: str) -> list[Row]:
        if name == "Sessions":
            by_short = {row["ShortName"]: row for row in self._sets["Attributes"](channel)}
            return [
                {**row, "Attributes": [by_short[s] for s in row["SessionAttributesNames"]]} for row in page
            ]
        (member,) = wanted
        keys = ("CinemaId",) if name == "Cinemas" else ("CinemaId", "ScheduledFilmId")
        grouped: defaultdict[tuple[Any, ...], list[Row]] = defaultdict(list)
        for row in self._sets[member](channel):
            grouped[tuple(row[key] for key in keys)].append(row)
        own = ("ID",) if name == "Cinemas" else keys
        return [{**row, member: grouped[tuple(row[key] for key in own)]} for row in page]

    def _keep(self, name: str, make: Callable[[], list[Row]]) -> list[Row]:
        if name not in self._kept:
            self._kept[name] = make()
        return self._kept[name]

    def _films(self) -> list[Any]:
        return list(self._world.chain.films.values())

    def _cinemas(self) -> list[Row]:
        return [reference_rows.cinema_row(cinema) for cinema in self._world.chain.cinemas.values()]

    def _attributes(self) -> list[Row]:
        return reference_rows.attribute_rows(list(self._world.chain.cinemas.values()))

    def _session_rows(self, channel: str) -> list[Row]:
        if self._sessions is None or not self._sessions.is_current():
            self._sessions = SessionRows(self._world)
        return self._sessions.rows(channel)

    def _scheduled_films(self, channel: str) -> list[Row]:
        cinemas = list(self._world.chain.cinemas.values())
        return scheduled_film_rows(cinemas, self._films(), self._session_rows(channel), self._world.media)


def _of_function(function: str, options: Mapping[str, str], rows: list[Row]) -> list[Row]:
    """Apply what a function adds to its set."""
    cinema = next((value for name, value in options.items() if name.lower() == "cinemaid"), None)
    if function == "getscheduledfilms" and cinema is not None:
        rows = [row for row in rows if row["CinemaId"] == cinema]
    if function in {"getnowshowingscheduledfilms", "getcomingsoonscheduledfilms"}:
        showing = function == "getnowshowingscheduledfilms"
        rows = [row for row in rows if row["HasSessionsAvailable"] is showing]
    return rows


def _light(body: dict[str, Any]) -> Reply:
    return Reply(200, msgspec.json.encode(body), {"DataServiceVersion": "3.0;"}, JSON_LIGHT)


def _error(status: int, text: str) -> Reply:
    body = {"odata.error": {"code": "", "message": {"lang": "en-US", "value": text}}}
    return Reply(status, msgspec.json.encode(body), {"DataServiceVersion": "3.0;"}, JSON_LIGHT)
