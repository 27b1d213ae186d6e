"""A seat belongs to one order at a time; what is sold stays sold; every change is remembered."""

from contextlib import suppress

import pytest
from tests.builders_orders import MINUTE, NOW, SEATS, SECOND, SHOWTIME, an_id
from tests.contract.purchase_stores import PurchaseStore

from muvi.domain.seating.seat_plan import SeatKey

A, B = SEATS
C = SeatKey("1-0-2")
UNTIL = NOW + 10 * MINUTE


class Lost(Exception):
    """Rolls a phase back."""


async def claim(
    store: PurchaseStore, order: int, *seats: SeatKey, now: object = NOW, until: object = UNTIL
) -> tuple[SeatKey, ...]:
    """Claim, and roll back when something is lost, as every caller must."""

    lost: tuple[SeatKey, ...] = ()
    with suppress(Lost):
        async with store.begin() as tx:
            lost = await tx.claims.claim(SHOWTIME, seats, order_id=an_id(order), until=until, now=now)
            if lost:
                raise Lost
    return lost


async def held(store: PurchaseStore, order: int) -> frozenset[SeatKey]:
    async with store.begin() as tx:
        found: frozenset[SeatKey] = await tx.claims.held(SHOWTIME, order_id=an_id(order))
    return found


async def states(store: PurchaseStore) -> dict[str, tuple[object, str]]:
    return {seat: (order, state) for seat, (order, state, _) in (await store.claims(SHOWTIME)).items()}


async def test_free_seats_are_claimed_and_the_rest_named(store: PurchaseStore) -> None:
    assert await claim(store, 1, B, A) == ()
    assert await held(store, 1) == {A, B}
    assert await claim(store, 2, C, B, A) == (A, B)
    assert await held(store, 2) == frozenset()
    assert await store.claims(SHOWTIME) == {A: (an_id(1), "HELD", 1), B: (an_id(1), "HELD", 1)}
    assert await store.seat_version(SHOWTIME) == 1


async def test_a_look_names_what_others_hold_and_takes_nothing(store: PurchaseStore) -> None:
    await claim(store, 1, A, B, until=NOW + MINUTE)
    async with store.begin() as tx:
        look = (A, C)
        assert await tx.claims.taken(SHOWTIME, look, order_id=an_id(2), now=NOW) == (A,)
        assert await tx.claims.taken(SHOWTIME, look, order_id=an_id(1), now=NOW) == ()
        assert await tx.claims.taken(SHOWTIME, look, order_id=an_id(2), now=NOW + MINUTE) == ()
    assert await held(store, 2) == frozenset()


async def test_ones_own_claims_are_prolonged(store: PurchaseStore) -> None:
    await claim(store, 1, A, until=NOW + SECOND)
    assert await claim(store, 1, A, B) == ()
    assert await claim(store, 2, A, now=NOW + MINUTE) == (A,)
    assert await store.claims(SHOWTIME) == {A: (an_id(1), "HELD", 2), B: (an_id(1), "HELD", 1)}


async def test_a_lapsed_claim_is_taken_over_in_place(store: PurchaseStore) -> None:
    await claim(store, 1, A, until=NOW + MINUTE)
    assert await claim(store, 2, A, now=NOW + MINUTE - SECOND) == (A,)
    assert await claim(store, 2, A, now=NOW + MINUTE) == ()
    assert await store.claims(SHOWTIME) == {A: (an_id(2), "HELD", 2)}
    assert await held(store, 1) == frozenset()


async def test_a_pinned_claim_does_not_lapse(store: PurchaseStore) -> None:
    await claim(store, 1, A, B, until=NOW + SECOND)
    async with store.begin() as tx:
        assert set(await tx.claims.pin(SHOWTIME, order_id=an_id(1), now=NOW)) == {A, B}
    assert await claim(store, 2, A, now=NOW + 99 * MINUTE) == (A,)
    assert await states(store) == {A: (an_id(1), "PAYING"), B: (an_id(1), "PAYING")}
    assert await claim(store, 1, A, B) == ()
    assert await states(store) == {A: (an_id(1), "HELD"), B: (an_id(1), "HELD")}


async def test_sold_seats_are_never_taken_or_released(store: PurchaseStore) -> None:
    await claim(store, 1, A, B, until=NOW + SECOND)
    async with store.begin() as tx:
        assert await tx.claims.sell(SHOWTIME, (A,), order_id=an_id(1), now=NOW) == 1
        assert await tx.claims.release(SHOWTIME, order_id=an_id(1), now=NOW) == (B,)
    assert await claim(store, 2, A, now=NOW + 99 * MINUTE) == (A,)
    assert await claim(store, 1, A) == (A,)
    assert await held(store, 1) == {A}
    assert await states(store) == {A: (an_id(1), "SOLD"), B: (an_id(1), "RELEASED")}


async def test_only_what_is_held_can_be_sold(store: PurchaseStore) -> None:
    await claim(store, 1, A)
    await claim(store, 2, B)
    async with store.begin() as tx:
        assert await tx.claims.sell(SHOWTIME, (A, B, C), order_id=an_id(1), now=NOW) == 1
        assert await tx.claims.sell(SHOWTIME, (A,), order_id=an_id(1), now=NOW) == 0


async def test_released_seats_are_free_and_kept_ones_are_not(store: PurchaseStore) -> None:
    await claim(store, 1, A, B, C)
    async with store.begin() as tx:
        freed = await tx.claims.release(SHOWTIME, order_id=an_id(1), now=NOW, keep=(A,))
    assert set(freed) == {B, C}
    assert await claim(store, 2, A) == (A,)
    assert await claim(store, 2, B) == ()
    async with store.begin() as tx:
        assert await tx.claims.release(SHOWTIME, order_id=an_id(3), now=NOW) == ()


async def test_every_change_is_remembered_and_raises_the_version(store: PurchaseStore) -> None:
    await claim(store, 1, A)
    async with store.begin() as tx:
        await tx.claims.pin(SHOWTIME, order_id=an_id(1), now=NOW)
    async with store.begin() as tx:
        await tx.claims.pin(SHOWTIME, order_id=an_id(1), now=NOW)
        await tx.claims.sell(SHOWTIME, (A,), order_id=an_id(1), now=NOW)
    assert await store.claim_history(SHOWTIME) == [(A, "HELD", 1), (A, "PAYING", 2), (A, "SOLD", 3)]
    assert await store.seat_version(SHOWTIME) == 3


async def test_showtimes_do_not_meet(store: PurchaseStore) -> None:
    await claim(store, 1, A)
    other = an_id(999)
    async with store.begin() as tx:
        assert await tx.claims.claim(other, (A,), order_id=an_id(2), until=UNTIL, now=NOW) == ()
        assert await tx.claims.release(other, order_id=an_id(1), now=NOW) == ()
    assert await held(store, 1) == {A}
    assert await store.seat_version(other) == 1


@pytest.mark.parametrize("times", [1, 2])
async def test_a_seat_named_twice_counts_once(store: PurchaseStore, times: int) -> None:
    assert await claim(store, 1, *[A] * times) == ()
    assert await store.claims(SHOWTIME) == {A: (an_id(1), "HELD", 1)}
