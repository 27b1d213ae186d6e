"""Names and addresses that a booking can carry, and who is told of them."""

from uuid import UUID

import pytest
from tests.builders_orders import GUEST, NOW, OWNER, an_order
from tests.shop import Shop

from muvi.application.orders.start_payment import StartPaymentCommand
from muvi.domain.identity.phone import PhoneNumber
from muvi.domain.identity.user import User
from muvi.domain.orders.errors import BuyerDetailsInvalid
from muvi.domain.orders.order import BuyerDetails
from muvi.domain.shared.money import Money
from muvi.domain.shared.text import Language
from muvi.ports.payments.gateway import CheckoutRequest
from muvi.ports.seating.box_office import Buyer

PHONE = "+966571112223"


@pytest.mark.parametrize("email", ["", "sara@example.sa", "a.b+c@mail.example.com"])
def test_usable(email: str) -> None:
    assert BuyerDetails(name="سارة A", email=email).email == email


@pytest.mark.parametrize(
    "email",
    [
        "not an email",
        "a@b",
        "a@b.c\r\nBcc: x@y.z",
        "a@@b.example",
        "x" * 250 + "@a.example",
        "<a@b.example>",
        "@b.example",
        "a,b@c.example",
    ],
)
def test_addresses_nobody_could_write_to(email: str) -> None:
    with pytest.raises(BuyerDetailsInvalid) as refused:
        BuyerDetails(email=email)
    assert refused.value.facts == {"field": "email"}


@pytest.mark.parametrize("name", ["x" * 101, "Sara\r\nX: y", "a\x00b"])
def test_names_that_fit_no_form(name: str) -> None:
    with pytest.raises(BuyerDetailsInvalid):
        BuyerDetails(name=name)


async def a_purchase(shop: Shop, given: BuyerDetails) -> UUID:
    """Bought by a customer whose profile has a name, an address and the verified phone."""
    person = User(
        id=OWNER,
        phone=PhoneNumber(PHONE),
        created_at=NOW,
        first_name="Reem",
        last_name="Saleh",
        email="reem@example.com",
    )
    async with shop.immortal() as tx:
        await tx.users.add(person)
    order_id = await shop.with_seats()
    command = StartPaymentCommand(actor=GUEST, order_id=order_id, language=Language.EN, buyer=given)
    await shop.paid((await shop.start_payment(command)).attempt)
    await shop.work()
    return order_id


async def test_gateway_and_box_office_are_told_what_is_known_of_the_buyer() -> None:
    shop = Shop()
    order_id = await a_purchase(shop, BuyerDetails())
    [told] = shop.gateway.requests.values()
    assert (told.given_name, told.surname, told.email, told.phone) == (
        "Reem",
        "Saleh",
        "reem@example.com",
        PHONE,
    )
    [booking] = shop.office.bookings.values()
    assert booking.buyer == Buyer(name="Reem Saleh", email="reem@example.com", phone=PHONE)
    assert shop.order(order_id).buyer.phone == PHONE


async def test_what_the_buyer_says_while_paying_counts_more() -> None:
    shop = Shop()
    await a_purchase(shop, BuyerDetails(name="Sara", email="sara@example.com"))
    [booking] = shop.office.bookings.values()
    assert booking.buyer == Buyer(name="Sara", email="sara@example.com", phone=PHONE)


async def test_who_is_known_to_nobody_buys_all_the_same() -> None:
    shop = Shop()
    order_id, attempt = await shop.at_the_gateway()
    await shop.paid(attempt)
    await shop.work()
    assert shop.must_be_whole(order_id)


def test_nothing_personal_prints_itself() -> None:
    """A log or an error text that shows one of these whole gives nobody away."""
    personal = {"name": "Reem", "email": "reem@example.com", "phone": PHONE}
    details = BuyerDetails(**personal)
    request = CheckoutRequest(
        reference="r",
        amount=Money(100),
        language=Language.EN,
        email="reem@example.com",
        given_name="Reem",
        surname="Saleh",
        phone=PHONE,
        ip="203.0.113.7",
    )
    shown = f"{details!r} {Buyer(**personal)!r} {request!r} {an_order(buyer=details)!r}"
    assert [canary for canary in ("Reem", "Saleh", "reem@", PHONE, "203.0") if canary in shown] == []
