"""What cannot be paid with is refused by name, and nothing is charged to a card in its place."""

import msgspec
import pytest

from muvi.adapters.http.public.pay_wire import PayBody, PaymentMethodNotOffered


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("cardId", 7),
        ("cardId", "c1"),
        ("isApplePay", True),
        ("isApplePayment", True),
        ("eWalletAmount", 10),
        ("eWalletAmount", 0.5),
        ("cashbackAmount", 1),
        ("paymentMethod", "WALLET"),
    ],
)
def test_a_way_to_pay_that_is_not_there_is_refused(field: str, value: object) -> None:
    body = msgspec.json.decode(msgspec.json.encode({"paymentMethod": "CARD", field: value}), type=PayBody)
    with pytest.raises(PaymentMethodNotOffered) as refused:
        body.require_card()
    assert refused.value.facts == {"field": field}


@pytest.mark.parametrize(
    "field", ["cardId", "isApplePay", "isApplePayment", "eWalletAmount", "cashbackAmount"]
)
def test_what_an_old_client_does_not_use_is_no_reason(field: str) -> None:
    for nothing in (None, *((0, "") if field == "cardId" else (False,) if field[0] == "i" else (0, 0.0))):
        body = msgspec.json.decode(
            msgspec.json.encode({"paymentMethod": "card", field: nothing}), type=PayBody
        )
        body.require_card()
