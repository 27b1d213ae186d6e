from collections.abc import Callable
from dataclasses import replace

import pytest
from tests.builders_seating import ADULT, CHILD, SOFA_FOR_TWO, VIP_ADULT, a_plan, ticket_types

from muvi.domain.seating.seat_plan import SeatKey, SeatPlan, SeatStatus, seat_key, seat_position
from muvi.domain.seating.selection import (
    ChosenTicket,
    SeatChosenTwice,
    SeatGroupIncomplete,
    SeatNotFound,
    SeatsRequired,
    SeatsTaken,
    TicketTypeNotAllowed,
    TicketTypeNotFound,
    TicketWish,
    TooManySeats,
    TooManyTickets,
    WrongSeatCount,
    choose,
    lost_seats,
)
from muvi.domain.shared.errors import Conflict, DomainError, Invalid

A1, A2, B1, V1, S1, S2, S3 = map(SeatKey, ("1-0-0", "1-0-1", "1-1-0", "2-0-0", "3-0-0", "3-0-1", "3-0-2"))
PLAN = a_plan()


def wish(ticket_type: str, *seats: SeatKey) -> TicketWish:
    return TicketWish(ticket_type_id=ticket_type, seats=seats)


def chosen(*wishes: TicketWish, plan: SeatPlan = PLAN, max_seats: int = 10) -> tuple[ChosenTicket, ...]:
    return choose(plan, ticket_types(), wishes, max_seats=max_seats)


def test_a_mixed_choice_comes_back_with_what_the_plan_knows() -> None:
    tickets = chosen(wish(ADULT, A1), wish(CHILD, A2), wish(VIP_ADULT, V1), wish(SOFA_FOR_TWO, S1, S2))
    assert [[seat.label for seat in ticket.seats] for ticket in tickets] == [
        ["A1"],
        ["A2"],
        ["V1"],
        ["S1", "S2"],
    ]
    assert [ticket.ticket_type.price_minor for ticket in tickets] == [5500, 4350, 9000, 14000]


@pytest.mark.parametrize(
    ("wishes", "error", "facts"),
    [
        ([], SeatsRequired, {}),
        ([wish(ADULT)], SeatsRequired, {}),
        ([wish(ADULT, SeatKey("9-0-0"))], SeatNotFound, {"seats": ["9-0-0"]}),
        ([wish(ADULT, SeatKey("A1"))], SeatNotFound, {"seats": ["A1"]}),
        ([wish(ADULT, A1), wish(ADULT, SeatKey("9-0-0"))], SeatNotFound, {"seats": ["9-0-0"]}),
        ([wish(ADULT, A1), wish(CHILD, A1)], SeatChosenTwice, {"seats": [A1]}),
        ([wish("9999", A1)], TicketTypeNotFound, {"ticket_type_id": "9999"}),
        ([wish(VIP_ADULT, A1)], TicketTypeNotAllowed, {"ticket_type_id": VIP_ADULT, "seats": [A1]}),
        ([wish(ADULT, A1), wish(ADULT, V1)], TicketTypeNotAllowed, {"ticket_type_id": ADULT, "seats": [V1]}),
        ([wish(SOFA_FOR_TWO, S1)], SeatGroupIncomplete, {"missing_seats": [{"id": S2, "label": "S2"}]}),
        ([wish(ADULT, A1, A2)], WrongSeatCount, {"ticket_type_id": ADULT, "seat_count": 1}),
    ],
)
def test_an_impossible_choice_is_refused_with_its_reason(
    wishes: list[TicketWish], error: type[DomainError], facts: dict[str, object]
) -> None:
    with pytest.raises(error) as caught:
        chosen(*wishes)
    assert caught.value.facts == facts
    assert isinstance(caught.value, Invalid)


def test_a_sofa_ticket_over_two_halves_is_no_sofa() -> None:
    with pytest.raises(SeatGroupIncomplete) as caught:
        chosen(wish(SOFA_FOR_TWO, S2, S3))
    assert caught.value.facts == {
        "missing_seats": [{"id": "3-0-0", "label": "S1"}, {"id": "3-0-3", "label": "S4"}]
    }


def test_an_order_holds_so_many_seats_and_no_more() -> None:
    sofa = [wish(SOFA_FOR_TWO, S1, S2)]
    assert chosen(*sofa, max_seats=2)
    with pytest.raises(TooManySeats) as caught:
        chosen(*sofa, wish(ADULT, A1), max_seats=2)
    assert caught.value.facts == {"max_seats": 2}


@pytest.mark.parametrize("seat", [lambda number: f"9-9-{number}", lambda _: A1])
def test_more_than_an_order_holds_is_counted_and_not_repeated(seat: Callable[[int], str]) -> None:
    """A refusal names a few seats, never thousands: neither unknown ones nor those chosen twice."""
    wishes = [wish(ADULT, SeatKey(seat(number))) for number in range(11)]
    with pytest.raises(TooManySeats) as caught:
        chosen(*wishes, max_seats=10)
    assert caught.value.facts == {"max_seats": 10}


def test_a_ticket_type_may_have_a_limit_of_its_own() -> None:
    limited = [replace(known, max_per_order=1) if known.id == CHILD else known for known in ticket_types()]
    assert choose(PLAN, limited, [wish(CHILD, A1), wish(ADULT, A2)], max_seats=10)
    with pytest.raises(TooManyTickets):
        choose(PLAN, limited, [wish(CHILD, A1), wish(CHILD, A2)], max_seats=10)


def test_a_seat_that_is_never_sold_is_a_conflict_and_a_taken_looking_one_is_left_to_the_box_office() -> None:
    with pytest.raises(SeatsTaken) as caught:
        chosen(wish(ADULT, A1), wish(ADULT, A2), plan=a_plan((A2, SeatStatus.BLOCKED)))
    assert caught.value.facts == {"seats": [{"id": A2, "label": "A2"}]}
    assert isinstance(caught.value, Conflict)
    assert chosen(wish(ADULT, A1), plan=a_plan((A1, SeatStatus.TAKEN)))


def test_lost_seats_are_those_a_fresh_plan_shows_as_gone() -> None:
    plan = a_plan((A2, SeatStatus.TAKEN), (B1, SeatStatus.TAKEN))
    assert [seat.label for seat in lost_seats(plan, [A1, A2, B1], own=frozenset({B1}))] == ["A2"]


def test_when_every_seat_looks_free_every_seat_but_our_own_is_named() -> None:
    assert [seat.label for seat in lost_seats(PLAN, [A1, A2, B1], own=frozenset({B1}))] == ["A1", "A2"]
    assert [seat.label for seat in lost_seats(PLAN, [A1], own=frozenset({A1}))] == ["A1"]


def test_a_key_names_a_place_and_not_a_label() -> None:
    assert seat_position(seat_key(3, 0, 12)) == (3, 0, 12)
