"""A completion that goes on in the background: the booking is final before the job begins."""

import json

import pytest
from litestar import Litestar
from tests.contract.seating.stages import VistaStage

from muvi.domain.seating.seat_plan import SeatStatus
from muvi.domain.shared.actor import Platform
from muvi.ports.seating.box_office import BoxOfficeOrder, Buyer, PaidBy, TicketChoice

WEB = Platform.WEBSITE


@pytest.fixture
def stage(sandbox: Litestar) -> VistaStage:
    stage = VistaStage(sandbox)
    stage.knobs.async_completion = True
    return stage


async def an_order(stage: VistaStage) -> BoxOfficeOrder:
    plan = await stage.office.seat_plan(stage.showtime, WEB)
    types = await stage.office.ticket_types(stage.showtime, WEB)
    seat = next(one for one in plan.seats if one.status is SeatStatus.AVAILABLE and not one.group)
    category = next(area.category for area in plan.areas if area.id == seat.area_id)
    adult = next(known for known in types if known.category == category and known.seats == 1)
    opened = await stage.office.open_order(stage.showtime.cinema, WEB)
    choice = TicketChoice(ticket_type_id=adult.id, seats=(seat.key,))
    return await stage.office.set_tickets(opened.ref, stage.showtime, (choice,))


async def job_of(stage: VistaStage, usid: str) -> dict[str, object]:
    """What the job's own address answers, which nothing of ours asks."""
    answer = await stage.http.get(
        f"BackgroundJob.svc/{usid[::-1]}", headers=[("connectApiToken", "sandbox-vista-website")]
    )
    found: dict[str, object] = json.loads(answer.body)
    return found


@pytest.mark.parametrize(("fails", "end"), [(False, "Completed"), (True, "Failed")])
async def test_a_job_that_is_pending_and_one_that_failed_leave_the_booking_alone(
    stage: VistaStage, *, fails: bool, end: str
) -> None:
    stage.knobs.async_job_fails = fails
    order = await an_order(stage)
    booking = await stage.office.complete(
        order.ref, (PaidBy(amount_minor=order.total_minor, reference="r1"),), Buyer()
    )
    for status, after_s in (("Pending", 0), (end, 60)):
        await stage.advance(after_s)
        assert (await job_of(stage, order.ref.id))["Status"] == status
        found = await stage.office.find_booking(order.ref)
        assert found
        assert (found.id, found.number) == (booking.id, booking.number)
    plan = await stage.office.seat_plan(stage.showtime, WEB)
    assert {seat.status for seat in plan.seats if seat.key in order.seats} == {SeatStatus.TAKEN}
