"""What every box office keeps to, whoever plays it."""

from datetime import timedelta

import pytest
from tests.contract.seating.stages import Stage

from muvi.domain.seating.seat_plan import Seat, SeatPlan, SeatStatus, TicketType
from muvi.domain.shared.actor import Platform
from muvi.ports.errors import OutcomeUnknown, Refused, Unavailable
from muvi.ports.seating.box_office import (
    BoxOfficeOrder,
    Buyer,
    OrderRef,
    PaidBy,
    SeatsUnavailable,
    ShowtimeNotSold,
    ShowtimeRef,
    TicketChoice,
)

WEB = Platform.WEBSITE
BUYER = Buyer(name="Guest One", email="guest@example.org", phone="+966500000000")


class Hall:
    """The showtime of a stage as it looks from outside."""

    def __init__(self, plan: SeatPlan, types: tuple[TicketType, ...]) -> None:
        self.plan, self.types = plan, types
        self._categories = {area.id: area.category for area in plan.areas}

    def adult(self, category: str) -> TicketType:
        """The plain ticket of a category."""
        return min((t for t in self.types if t.category == category), key=lambda known: known.position)

    def singles(self, count: int) -> list[TicketChoice]:
        """Adult tickets on free seats that belong to no sofa, all of one area."""
        free = [s for s in self.plan.seats if s.status is SeatStatus.AVAILABLE and not s.group]
        first = next(s for s in free if self.adult(self._categories[s.area_id]).seats == 1)
        places = [s for s in free if s.area_id == first.area_id][:count]
        adult = self.adult(self._categories[first.area_id])
        return [TicketChoice(ticket_type_id=adult.id, seats=(seat.key,)) for seat in places]

    def sofa(self) -> TicketChoice:
        """A package ticket on a free sofa."""
        by_key = {seat.key: seat for seat in self.plan.seats}
        for seat in self.plan.seats:
            known = [t for t in self.types if t.category == self._categories[seat.area_id] and t.seats > 1]
            free = all(by_key[key].status is SeatStatus.AVAILABLE for key in seat.group)
            if known and free and len(seat.group) == known[0].seats:
                return TicketChoice(ticket_type_id=known[0].id, seats=seat.group)
        raise AssertionError("the stage has no sofa")


async def hall_of(stage: Stage) -> Hall:
    return Hall(
        await stage.office.seat_plan(stage.showtime, WEB),
        await stage.office.ticket_types(stage.showtime, WEB),
    )


async def status_of(stage: Stage, choice: TicketChoice) -> set[SeatStatus]:
    plan = await stage.office.seat_plan(stage.showtime, WEB)
    return {seat.status for seat in plan.seats if seat.key in choice.seats}


async def an_order(stage: Stage, *tickets: TicketChoice) -> BoxOfficeOrder:
    opened = await stage.office.open_order(stage.showtime.cinema, WEB)
    return await stage.office.set_tickets(opened.ref, stage.showtime, tickets) if tickets else opened


def paid(order: BoxOfficeOrder) -> tuple[PaidBy, ...]:
    return (
        PaidBy(
            amount_minor=order.total_minor, reference="r1", card_masked="411111......1111", card_brand="VISA"
        ),
    )


async def test_the_plan_and_the_tickets_fit_together(stage: Stage) -> None:
    hall = await hall_of(stage)
    keys = [seat.key for seat in hall.plan.seats]
    assert len(set(keys)) == len(keys) > 10
    by_key: dict[str, Seat] = {seat.key: seat for seat in hall.plan.seats}
    for seat in hall.plan.seats:
        assert seat.label.startswith(seat.row)
        assert seat.number > 0
        assert 0 <= seat.x <= 100
        assert 0 <= seat.y <= 100
        assert not seat.group or seat.key in seat.group
        assert all(by_key[key].group == seat.group for key in seat.group)
    areas = {area.id: area for area in hall.plan.areas}
    assert {seat.area_id for seat in hall.plan.seats} <= set(areas)
    assert {area.category for area in areas.values()} <= {known.category for known in hall.types}
    assert all(area.name.en and area.name.ar for area in areas.values())
    assert all(known.price_minor > 0 and known.name.en for known in hall.types)
    assert [known.position for known in hall.types] == sorted(known.position for known in hall.types)


async def test_a_showtime_that_is_not_sold_is_refused(stage: Stage) -> None:
    unknown = ShowtimeRef(stage.showtime.cinema, "999999")
    with pytest.raises(ShowtimeNotSold):
        await stage.office.seat_plan(unknown, WEB)
    with pytest.raises(ShowtimeNotSold):
        await stage.office.ticket_types(unknown, WEB)


async def test_what_one_platform_may_not_sell_another_may(stage: Stage) -> None:
    await stage.withdraw(Platform.KIOSK)
    with pytest.raises(ShowtimeNotSold):
        await stage.office.seat_plan(stage.showtime, Platform.KIOSK)
    assert await stage.office.seat_plan(stage.showtime, Platform.IOS)


async def test_an_order_holds_its_seats_and_prices_them(stage: Stage) -> None:
    hall = await hall_of(stage)
    tickets = [*hall.singles(2), hall.sofa()]
    order = await an_order(stage, *tickets)
    assert order.seats == {key for choice in tickets for key in choice.seats}
    assert [(t.ticket_type_id, t.seats) for t in order.tickets] == [
        (c.ticket_type_id, c.seats) for c in tickets
    ]
    prices = {known.id: known.price_minor for known in hall.types}
    assert [t.price_minor for t in order.tickets] == [prices[c.ticket_type_id] for c in tickets]
    assert order.total_minor == sum(t.price_minor for t in order.tickets) + order.booking_fee_minor
    assert order.tax_minor == sum(t.tax_minor for t in order.tickets) + order.booking_fee_tax_minor
    assert order.ref.cinema == stage.showtime.cinema
    assert await status_of(stage, tickets[0]) == {SeatStatus.TAKEN}
    assert await stage.office.read_order(order.ref) == order


async def test_a_new_choice_replaces_the_old_one(stage: Stage) -> None:
    one, two, three = (await hall_of(stage)).singles(3)
    first = await an_order(stage, one, two)
    second = await stage.office.set_tickets(first.ref, stage.showtime, (two, three))
    assert second.seats == {*two.seats, *three.seats}
    assert await status_of(stage, one) == {SeatStatus.AVAILABLE}
    assert await status_of(stage, three) == {SeatStatus.TAKEN}


async def test_a_seat_of_another_order_is_refused_and_nothing_changes(stage: Stage) -> None:
    one, two, three = (await hall_of(stage)).singles(3)
    await an_order(stage, one)
    mine = await an_order(stage, two)
    with pytest.raises(SeatsUnavailable):
        await stage.office.set_tickets(mine.ref, stage.showtime, (three, one))
    assert await stage.office.read_order(mine.ref) == mine
    assert await status_of(stage, three) == {SeatStatus.AVAILABLE}


async def test_a_seat_sold_at_the_counter_is_gone(stage: Stage) -> None:
    (one,) = (await hall_of(stage)).singles(1)
    await stage.sell_at_counter(one.seats[0])
    with pytest.raises(SeatsUnavailable):
        await an_order(stage, one)


async def test_what_does_not_fit_is_refused(stage: Stage) -> None:
    hall = await hall_of(stage)
    (single,), sofa = hall.singles(1), hall.sofa()
    half = TicketChoice(ticket_type_id=sofa.ticket_type_id, seats=sofa.seats[:1])
    strange = TicketChoice(ticket_type_id=sofa.ticket_type_id, seats=single.seats)
    unknown = TicketChoice(ticket_type_id="9999", seats=single.seats)
    order = await an_order(stage)
    for choice in (half, strange, unknown):
        with pytest.raises(Refused):
            await stage.office.set_tickets(order.ref, stage.showtime, (choice,))
    assert await status_of(stage, single) == {SeatStatus.AVAILABLE}


async def test_an_order_expires_and_gives_its_seats_back(stage: Stage) -> None:
    (one,) = (await hall_of(stage)).singles(1)
    order = await an_order(stage, one)
    await stage.advance(1200)
    assert await stage.office.read_order(order.ref) is None
    assert await status_of(stage, one) == {SeatStatus.AVAILABLE}
    with pytest.raises(Refused):
        await stage.office.set_tickets(order.ref, stage.showtime, (one,))
    with pytest.raises(Refused):
        await stage.office.begin_payment(order.ref)
    await stage.office.cancel(order.ref)


async def test_extending_gives_a_later_expiry_where_it_is_allowed(stage: Stage) -> None:
    order = await an_order(stage)
    await stage.advance(300)
    await stage.office.extend(order.ref)
    later = await stage.office.read_order(order.ref)
    assert later
    assert later.expires_at >= order.expires_at + timedelta(seconds=299)
    await stage.forbid_extension()
    with pytest.raises(Refused):
        await stage.office.extend(order.ref)


async def test_an_order_being_paid_lives_longer(stage: Stage) -> None:
    order = await an_order(stage)
    await stage.advance(300)
    await stage.office.begin_payment(order.ref)
    later = await stage.office.read_order(order.ref)
    assert later
    assert later.expires_at > order.expires_at


async def test_a_paid_order_becomes_a_booking_that_is_found_again(stage: Stage) -> None:
    (one,) = (await hall_of(stage)).singles(1)
    order = await an_order(stage, one)
    assert await stage.office.find_booking(order.ref) is None
    booking = await stage.office.complete(order.ref, paid(order), BUYER)
    assert booking.id
    assert booking.number
    found = await stage.office.find_booking(order.ref)
    assert found
    assert (found.id, found.number) == (booking.id, booking.number)
    assert await stage.office.read_order(order.ref) is None
    await stage.office.cancel(order.ref)
    assert await status_of(stage, one) == {SeatStatus.TAKEN}
    await stage.advance(7200)
    assert await stage.office.find_booking(order.ref)


async def test_the_cinema_sees_who_booked(stage: Stage) -> None:
    order = await an_order(stage, *(await hall_of(stage)).singles(1))
    await stage.office.complete(order.ref, paid(order), BUYER)
    assert await stage.booked_for(order.ref) == BUYER


async def test_a_booking_may_be_found_only_later(stage: Stage) -> None:
    order = await an_order(stage, *(await hall_of(stage)).singles(1))
    await stage.hide_bookings(30)
    booking = await stage.office.complete(order.ref, paid(order), BUYER)
    assert await stage.office.find_booking(order.ref) is None
    await stage.advance(31)
    found = await stage.office.find_booking(order.ref)
    assert found
    assert found.id == booking.id


@pytest.mark.parametrize("missing_minor", [1, -1])
async def test_money_that_does_not_match_makes_no_booking_and_proves_nothing(
    stage: Stage, missing_minor: int
) -> None:
    order = await an_order(stage, *(await hall_of(stage)).singles(1))
    wrong = (PaidBy(amount_minor=order.total_minor - missing_minor, reference="r1"),)
    with pytest.raises(OutcomeUnknown):
        await stage.office.complete(order.ref, wrong, BUYER)
    assert await stage.office.find_booking(order.ref) is None
    assert await stage.office.read_order(order.ref) == order


async def test_several_tenders_add_up(stage: Stage) -> None:
    order = await an_order(stage, *(await hall_of(stage)).singles(1))
    tenders = (
        PaidBy(amount_minor=1000, reference="wallet"),
        PaidBy(amount_minor=order.total_minor - 1000, reference="card"),
    )
    assert await stage.office.complete(order.ref, tenders, BUYER)


async def test_completing_an_order_that_is_gone_is_unknown(stage: Stage) -> None:
    order = await an_order(stage, *(await hall_of(stage)).singles(1))
    await stage.office.cancel(order.ref)
    with pytest.raises(OutcomeUnknown):
        await stage.office.complete(order.ref, paid(order), BUYER)
    assert await stage.office.find_booking(order.ref) is None


async def test_cancelling_frees_the_seats_and_may_be_repeated(stage: Stage) -> None:
    (one,) = (await hall_of(stage)).singles(1)
    order = await an_order(stage, one)
    for _ in range(2):
        await stage.office.cancel(order.ref)
    assert await stage.office.read_order(order.ref) is None
    assert await status_of(stage, one) == {SeatStatus.AVAILABLE}
    await stage.office.cancel(OrderRef(id="0" * 32, cinema=order.ref.cinema, platform=WEB))


async def test_a_lost_answer_to_set_tickets_is_unknown_and_the_order_tells(stage: Stage) -> None:
    one, two = (await hall_of(stage)).singles(2)
    order = await an_order(stage, one)
    await stage.fail_next("set_tickets", "after")
    with pytest.raises(OutcomeUnknown):
        await stage.office.set_tickets(order.ref, stage.showtime, (two,))
    known = await stage.office.read_order(order.ref)
    assert known
    assert known.seats == set(two.seats)


async def test_a_lost_answer_to_the_payment_is_unknown_and_the_booking_tells(stage: Stage) -> None:
    order = await an_order(stage, *(await hall_of(stage)).singles(1))
    await stage.fail_next("complete", "after")
    with pytest.raises(OutcomeUnknown):
        await stage.office.complete(order.ref, paid(order), BUYER)
    assert await stage.office.find_booking(order.ref)


@pytest.mark.parametrize("call", ["seat_plan", "read_order", "find_booking"])
async def test_a_read_that_fails_may_be_repeated(stage: Stage, call: str) -> None:
    order = await an_order(stage)
    ask = {
        "seat_plan": lambda: stage.office.seat_plan(stage.showtime, WEB),
        "read_order": lambda: stage.office.read_order(order.ref),
        "find_booking": lambda: stage.office.find_booking(order.ref),
    }[call]
    await stage.fail_next(call, "before")
    with pytest.raises(Unavailable):
        await ask()
    await ask()
