"""Names and addresses that a booking can carry."""

import pytest

from muvi.domain.orders.errors import BuyerDetailsInvalid
from muvi.domain.orders.order import BuyerDetails


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
