"""Result codes of the platform that the sandbox hands out, with what they mean for money and for HTTP."""

import re

CREATED = "000.200.100"
PENDING = "000.200.000"
SUCCESS = "000.100.110"
REVIEW = "000.400.100"
REPORTED = "000.000.100"
DECLINED = "800.100.152"
NO_FUNDS = "800.100.155"
BAD_CARD = "100.100.101"
CARD_EXPIRED = "100.100.303"
BAD_CVV = "100.100.600"
AUTHENTICATION_FAILED = "100.380.401"
TIMED_OUT_PENDING = "100.396.103"
NOT_CONFIGURED = "600.200.500"
UNCERTAIN = "900.100.300"
NO_SESSION = "200.300.404"
NO_TRANSACTION = "700.400.580"
BAD_LOGIN = "800.900.300"
THROTTLED = "800.120.100"
CANNOT_CAPTURE = "700.400.100"
CANNOT_REFUND = "700.400.200"
CANNOT_REVERSE = "700.400.300"
NOTHING_TO_REFUND = "700.400.520"

_DESCRIPTIONS = {
    CREATED: "successfully created checkout",
    PENDING: "transaction pending",
    SUCCESS: "Request successfully processed in 'Merchant in Integrator Test Mode'",
    "000.000.000": "Transaction succeeded",
    "000.100.112": "Request successfully processed in 'Merchant in Connector Test Mode'",
    REVIEW: "Transaction succeeded (please review manually due to fraud suspicion)",
    REPORTED: "successful request",
    DECLINED: "transaction declined by authorization system",
    NO_FUNDS: "transaction declined (amount exceeds credit)",
    BAD_CARD: "invalid creditcard, bank account number or bank name",
    CARD_EXPIRED: "card expired",
    BAD_CVV: "empty CVV not allowed",
    AUTHENTICATION_FAILED: "User Authentication Failed",
    TIMED_OUT_PENDING: "Previously pending transaction timed out",
    NOT_CONFIGURED: "Invalid payment data. You are not configured for this currency or sub type",
    UNCERTAIN: "timeout, uncertain result",
    NO_SESSION: "invalid or missing parameter - (opp) No payment session found for the requested id",
    NO_TRANSACTION: "cannot find transaction",
    BAD_LOGIN: "invalid authentication information",
    THROTTLED: "Rejected by throttling",
    CANNOT_CAPTURE: "cannot capture (value exceeded, already captured or invalid workflow)",
    CANNOT_REFUND: "cannot refund (refund volume exceeded, reversed or invalid workflow)",
    CANNOT_REVERSE: "cannot reverse (already refunded or reversed, invalid workflow or amount exceeded)",
    NOTHING_TO_REFUND: "refund needs at least one successful transaction of type CP, DB, RB or RC",
}
_MONEY = re.compile(r"^(000\.000\.|000\.100\.1|000\.[36]|000\.400\.1[12]0|000\.400\.0[^3]|000\.400\.100)")
_PENDING = re.compile(r"^(000\.200|800\.400\.5|100\.400\.500)")
_STATUS = {BAD_LOGIN: 401, NO_TRANSACTION: 404}


def description(code: str) -> str:
    """Return a sentence for a code."""
    return _DESCRIPTIONS.get(code, f"result {code}")


def moved(code: str) -> bool:
    """Tell whether a transaction of this code did what its type says: success, or success under review."""
    return bool(_MONEY.match(code))


def pending(code: str) -> bool:
    """Tell whether the end is still open."""
    return bool(_PENDING.match(code))


def http_status(code: str) -> int:
    """A refusal travels with HTTP 400, as observed; an unknown transaction with 404."""
    return 200 if moved(code) or pending(code) else _STATUS.get(code, 400)
