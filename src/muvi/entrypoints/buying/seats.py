"""Which film, which show, which seats: what a buyer without wishes would take."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import groupby

from muvi.entrypoints.buying.web import CannotBuy, Json

AHEAD = timedelta(minutes=45)
"""Shows that begin sooner may close while we buy."""


def pick_film(films: list[Json], wish: str) -> list[Json]:
    """The films that the wish may mean: part of a title, a unique name or an id; all for no wish."""
    if not films:
        raise CannotBuy("No film is on sale. Copy the catalogue: muvi vista-sync -a")
    wanted = wish.strip().casefold()
    found = [
        film
        for film in films
        if not wanted
        or wanted in str(film.get("title", "")).casefold()
        or wanted in {str(film.get("id", "")).casefold(), str(film.get("uniqueName", "")).casefold()}
    ]
    if not found:
        titles = ", ".join(str(film.get("title")) for film in films[:20])
        raise CannotBuy(f"No film like {wish!r} is on sale. There are: {titles}")
    return found


def pick_show(shows: list[Json], seats: int, now: datetime) -> Json | None:
    """The soonest show that has enough seats and does not begin at once."""
    for show in shows:
        begins = datetime.fromisoformat(show["startsAt"])
        if begins >= now + AHEAD and show["seatsAvailable"] >= seats and not show["soldOut"]:
            return show
    return None


def pick_seats(hall: Json, number: int) -> list[Json]:
    """Plain free seats beside each other where there are such, each with the first ticket of its area.

    Raises `CannotBuy` when the hall has not that many.
    """
    tickets = {
        area["id"]: next((one for one in area["ticketTypes"] if one.get("seats", 1) == 1), None)
        for area in hall["areas"]
    }
    free = [
        {**seat, "ticketTypeId": ticket["id"]}
        for seat in hall["seats"]
        if seat["status"] == "AVAILABLE" and seat["type"] == "STANDARD" and "groupId" not in seat
        if (ticket := tickets.get(seat["areaId"])) is not None
    ]
    if len(free) < number:
        raise CannotBuy(f"The hall has {len(free)} plain seats left, {number} were asked for")
    together = next((run for run in _runs(free) if len(run) >= number), free)
    return together[:number]


def _runs(seats: list[Json]) -> Iterator[list[Json]]:
    """Seats of one row and area whose numbers follow each other."""
    ordered = sorted(seats, key=lambda seat: (seat["areaId"], seat["row"], seat["number"]))
    numbered = enumerate(ordered)
    for _, run in groupby(
        numbered, key=lambda one: (one[1]["areaId"], one[1]["row"], one[1]["number"] - one[0])
    ):
        yield [seat for _, seat in run]
