"""What clients of the old API send, for the operations that there are: each is described, or it is written
down here that it is passed over.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from tests.unit.architecture.source import ROOT

LATER = frozenset(
    {
        *("offerId", "bin", "last4", "expiryMonth", "expiryYear", "clientDate"),
        *("unipalStudentId", "unipalPhoneNumber", "unipalCode"),
    }
)
"""Offers, which come later; until then there is nothing to apply."""
DEVICE = frozenset(
    {
        *(
            "description",
            "userAgent",
            "timezone",
            "screenWidth",
            "screenHeight",
            "phoneNumber",
            "payForLimit",
        ),
        *(
            "appleData",
            "appleSignature",
            "appleTransactionId",
            "appleEphemeralPublicKey",
            "applePublicKeyHash",
        ),
        *("appleDisplayName", "appleNetwork", "appleType", "checkoutPaymentContext", "otp", "clientDate"),
        *("bin", "cardBin", "cardLast4", "expiryMonth", "expiryYear"),
    }
)
"""Of the buyer's device and of ways to pay that are refused by the field which asks for them."""
NOT_OURS = frozenset({"toPlainOnly", "toClassOnly", "key"})
"""Marks of the old program's own code, which no client sends."""
VISIT = frozenset({"lang", "platform", "responseKey", "orderId", "topUpId"})
"""Read, or passed over, by a route that refuses nothing."""

SURFACE: Mapping[str, tuple[set[str], frozenset[str]]] = {
    "findNearestCity": ({"lat", "long"}, frozenset()),
    "listFilms": ({"cinemaIds", "type", "cityId", "experienceIds"}, frozenset()),
    "readFilm": ({"cityId"} | LATER, LATER | {"cityId"}),
    "readFilmByName": ({"cityId"} | LATER, LATER | {"cityId"}),
    "listFilmCinemas": (
        {"cityId", "showMore", "cinemaIds", "filterExperienceIds", "filterCinemaIds", "date"}
        | LATER
        | NOT_OURS,
        LATER | NOT_OURS,
    ),
    "listFilmsWithShowtimes": ({"cityId", "cinemaId"}, frozenset()),
    "listExperiences": ({"cityId", "cinemaId"}, frozenset()),
    "listShowtimes": ({"cityId", "cinemaId"}, frozenset()),
    "listShowtimesStartingNow": ({"cityId", "cinemaId"}, frozenset()),
    "showtimeSeats": ({"offerId", "orderId"}, LATER),
    "sendOtp": ({"phoneNumber"}, frozenset()),
    "verifyOtp": ({"phoneNumber", "code", "otp"}, frozenset()),
    "guestSendOtp": ({"phoneNumber"}, frozenset()),
    "guestVerifyOtp": ({"phoneNumber", "code", "otp"}, frozenset()),
    "listOrders": ({"page", "limit"}, frozenset()),
    "placeOrder": ({"sessionId"} | LATER, LATER),
    "chooseSeats": ({"sessionId", "tickets", "offerId"}, LATER),
    "payOrder": (
        {"cardId", "token", "paymentStrategy", "paymentMethod", "successWebUrl", "failedWebUrl", "cvv"}
        | {"eWalletAmount", "cashbackAmount", "isApplePayment"}
        | DEVICE,
        DEVICE,
    ),
    "payGuestOrder": (
        {"token", "paymentStrategy", "successWebUrl", "failedWebUrl", "firstName", "lastName", "email", "cvv"}
        | {"isApplePay", "isApplePayment"}
        | DEVICE,
        DEVICE,
    ),
    "cancelOrder": ({"cancellationReasonId", "reasonId"}, frozenset()),
    "returnFromHyperPay": ({"id"} | VISIT, VISIT),
    "syncSessions": ({"forced", "vistaFilmId"}, frozenset({"forced", "vistaFilmId"})),
}
"""Operation: what it is asked with on the old surface, and what of that is passed over."""
DESCRIPTION = json.loads((ROOT / "docs" / "openapi.json").read_text(encoding="utf-8"))


def operations() -> dict[str, dict[str, Any]]:
    return {one["operationId"]: one for path in DESCRIPTION["paths"].values() for one in path.values()}


def fields(schema: Mapping[str, Any]) -> set[str]:
    """Members of a body, whether its schema stands here or is named."""
    if "$ref" in schema:
        return fields(DESCRIPTION["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    several = [*schema.get("oneOf", ()), *schema.get("anyOf", ()), *schema.get("allOf", ())]
    return set(schema.get("properties", ())).union(*(fields(one) for one in several))


def described(operation: Mapping[str, Any]) -> set[str]:
    named = {one["name"] for one in operation.get("parameters", ())}
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    return named | fields(body.get("schema", {}))


@pytest.mark.parametrize("name", SURFACE)
def test_what_old_clients_send_is_described_or_known_to_be_passed_over(name: str) -> None:
    asked, passed_over = SURFACE[name]
    assert asked - passed_over - described(operations()[name]) == set()
    assert passed_over & described(operations()[name]) == set(), "it is described by now"
