from typing import Any

import msgspec
from tests.unit.vista.samples import a_plan, a_seat, a_ticket_type

from muvi.adapters.vista.seat_plan_wire import (
    PlanAnswer,
    SeatStatuses,
    TicketTypesAnswer,
    to_plan,
    to_ticket_types,
)
from muvi.domain.seating.seat_plan import SeatKind, SeatPlan, SeatStatus, TicketType
from muvi.domain.shared.text import LocalizedText

ROW_A = (
    a_seat(1, 0, 0, "1", 0),
    a_seat(1, 0, 1, "2", 1),
    a_seat(1, 0, 3, "3", 3),
    a_seat(1, 0, 4, "4", 7),
)


def plan_of(body: dict[str, Any], statuses: SeatStatuses | None = None) -> SeatPlan:
    answer = msgspec.json.decode(msgspec.json.encode(body), type=PlanAnswer)
    assert answer.seat_layout_data
    return to_plan(answer.seat_layout_data, statuses or SeatStatuses())


def types_of(*types: dict[str, Any]) -> tuple[TicketType, ...]:
    body = msgspec.json.encode({"ResponseCode": 0, "Tickets": list(types)})
    return to_ticket_types(msgspec.json.decode(body, type=TicketTypesAnswer).tickets or ())


def test_seats_are_known_by_their_indexes_and_shown_by_their_labels() -> None:
    seats = plan_of(a_plan(*ROW_A)).seats
    assert [(s.key, s.row, s.number, s.label) for s in seats] == [
        ("1-0-0", "A", 1, "A1"),
        ("1-0-1", "A", 2, "A2"),
        ("1-0-3", "A", 3, "A3"),
        ("1-0-4", "A", 4, "A4"),
        ("1-2-0", "B", 1, "B1"),
        ("2-0-0", "C", 1, "C1"),
        ("2-0-1", "C", 2, "C2"),
    ]


def test_states_and_kinds() -> None:
    seats = plan_of(a_plan(*ROW_A)).seats
    free, taken = SeatStatus.AVAILABLE, SeatStatus.TAKEN
    assert [seat.status for seat in seats] == [free, taken, free, free, free, free, free]
    assert [seat.kind for seat in seats[:5]] == [
        SeatKind.STANDARD,
        SeatKind.STANDARD,
        SeatKind.WHEELCHAIR,
        SeatKind.COMPANION,
        SeatKind.STANDARD,
    ]


def test_numbers_nobody_is_sure_of_are_not_sold() -> None:
    row = [a_seat(1, 0, column, str(column + 1), status) for column, status in enumerate((2, 4, 5, 6, 99))]
    blocked = SeatStatus.BLOCKED
    states = [seat.status for seat in plan_of(a_plan(*row)).seats[:5]]
    assert states == [SeatStatus.TAKEN, blocked, blocked, blocked, blocked]


def test_a_chain_may_read_the_numbers_otherwise() -> None:
    reading = SeatStatuses(sellable={0: SeatKind.STANDARD, 4: SeatKind.STANDARD}, taken=frozenset({1}))
    seats = plan_of(a_plan(a_seat(1, 0, 0, "1", 4), a_seat(1, 0, 1, "2", 3)), reading).seats
    assert [seat.status for seat in seats[:2]] == [SeatStatus.AVAILABLE, SeatStatus.BLOCKED]


def test_a_taken_place_keeps_the_kind_it_had() -> None:
    seats = plan_of(a_plan(a_seat(1, 0, 0, "1", 2, original=3))).seats
    assert (seats[0].status, seats[0].kind) == (SeatStatus.TAKEN, SeatKind.WHEELCHAIR)


def test_a_sofa_is_a_group_that_each_of_its_seats_names() -> None:
    *_, left, right = plan_of(a_plan(*ROW_A)).seats
    assert left.group == right.group == ("2-0-0", "2-0-1")
    assert left.kind is SeatKind.SOFA


def test_areas_have_names_in_both_languages_and_empty_ones_are_left_out() -> None:
    areas = plan_of(a_plan(*ROW_A)).areas
    assert [(area.id, area.category, area.name) for area in areas] == [
        ("1", "0000000001", LocalizedText("Standard", "قياسي")),
        ("2", "0000000002", LocalizedText("Sofa", "أريكة")),
    ]


def test_several_areas_may_share_a_category() -> None:
    plan = plan_of(a_plan(*ROW_A, category="0000000002"))
    assert [(area.id, area.category) for area in plan.areas] == [("1", "0000000002"), ("2", "0000000002")]


def test_places_are_percentages_of_the_hall() -> None:
    plan = plan_of(a_plan(*ROW_A))
    assert [(seat.x, seat.y) for seat in plan.seats] == [
        (18.0, 25.0),
        (34.0, 25.0),
        (66.0, 25.0),
        (82.0, 25.0),
        (18.0, 45.0),
        (40.0, 65.0),
        (60.0, 65.0),
    ]
    assert (plan.screen_left, plan.screen_width) == (25.0, 50.0)


def test_a_label_that_is_no_number_still_gives_one() -> None:
    seats = plan_of(a_plan(a_seat(1, 0, 0, "12A", 0), a_seat(1, 0, 6, "W", 0))).seats
    assert [(seat.label, seat.number) for seat in seats[:2]] == [("A12A", 12), ("AW", 7)]


def test_a_session_that_is_not_found_has_a_code_and_no_layout() -> None:
    # HTTP 200 with this body: cinepax notes on Veezi's Connect
    body = b'{"ResponseCode":50,"ErrorDescription":"Session with ID 32217 could not be found"}'
    answer = msgspec.json.decode(body, type=PlanAnswer)
    assert (answer.response_code, answer.seat_layout_data) == (50, None)


def test_the_plain_adult_ticket_comes_first() -> None:
    package = {"Concessions": [], "Tickets": [{"TicketTypeCode": "0030", "Quantity": 2}]}
    types = types_of(
        a_ticket_type("0031", 14000, 1, IsPackageTicket=True, PackageContent=package),
        a_ticket_type("0023", 4350, 2, IsChildOnlyTicket=True),
        a_ticket_type("0024", 5000, 4),
        a_ticket_type("0022", 5500, 3, QuantityAvailablePerOrder=10),
    )
    assert [(t.id, t.price_minor, t.seats, t.position) for t in types] == [
        ("0022", 5500, 1, 0),
        ("0024", 5000, 1, 1),
        ("0031", 14000, 2, 2),
        ("0023", 4350, 1, 3),
    ]
    assert types[0].name == LocalizedText("Type 0022", "نوع 0022")
    assert types[0].max_per_order == 10


def test_tickets_that_need_a_card_or_a_code_are_not_offered() -> None:
    kinds = (
        "IsRedemptionTicket",
        "IsComplimentaryTicket",
        "IsThirdPartyMemberTicket",
        "IsAvailableForLoyaltyMembersOnly",
        "IsAvailableAsLoyaltyRecognitionOnly",
        "IsCardPaymentPromotionTicket",
        "IsSubscriptionTicket",
        "EnforceUseOfBarcode",
    )
    special = [a_ticket_type(str(n), 100, n, **{kind: True}) for n, kind in enumerate(kinds)]
    assert [known.id for known in types_of(*special, a_ticket_type("0022", 5500, 99))] == ["0022"]
