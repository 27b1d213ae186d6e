"""What is known of the person behind an order, in memory and on PostgreSQL."""

import pytest
from tests.builders_orders import NOW, OWNER, an_id
from tests.contract.purchase_stores import PurchaseStore

from muvi.domain.identity.phone import PhoneNumber
from muvi.domain.identity.user import User
from muvi.domain.orders.order import BuyerDetails
from muvi.ports.orders.buyers import Buyers

PHONE = "+966571112223"


async def known(store: PurchaseStore, **profile: str) -> BuyerDetails:
    person = User(id=OWNER, phone=PhoneNumber(PHONE), created_at=NOW, **profile)
    async with store.begin() as tx:
        await tx.users.add(person)
        buyers: Buyers = tx.buyers
        return await buyers.of(OWNER)


async def test_a_guest_is_known_by_the_verified_phone(store: PurchaseStore) -> None:
    assert await known(store) == BuyerDetails(phone=PHONE)


async def test_a_customer_is_known_by_the_profile_too(store: PurchaseStore) -> None:
    found = await known(store, first_name="Reem", last_name="Al Saleh", email="reem@example.com")
    assert found == BuyerDetails(name="Reem Al Saleh", email="reem@example.com", phone=PHONE)


@pytest.mark.parametrize("email", ["not an email", "a@b.example\r\nBcc: x@y.example"])
async def test_what_no_booking_could_carry_is_left_out(store: PurchaseStore, email: str) -> None:
    found = await known(store, first_name="x" * 101, email=email)
    assert found == BuyerDetails(phone=PHONE)


async def test_of_a_stranger_nothing_is_known(store: PurchaseStore) -> None:
    async with store.begin() as tx:
        assert await tx.buyers.of(an_id(1)) == BuyerDetails()
