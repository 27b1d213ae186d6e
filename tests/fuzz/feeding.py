"""Real values for generated cases: an id that exists, a seat that is free, a code that was texted.

A generated case is only filled in where the schema leaves every text open; what is wrong with a negative case
stays wrong.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from schemathesis import Case
from schemathesis.core.parameters import ParameterLocation
from tests.fuzz.people import Held, Person, Stock

WEBHOOK_KEY = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
RESPONSE_PHRASE = "sandbox-response-phrase"
REAL_PATHS, REAL_BODIES, REAL_QUERIES = 85, 50, 50
"""Of a hundred cases, in how many the path, the body, a query parameter is a real one."""
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Dice:
    """Numbers drawn for one case; `pick` chooses among real values."""

    pick: int
    path: int
    body: int
    query: int

    def one_of(self, values: list[Any]) -> Any:  # noqa: ANN401  whatever the list has
        return values[self.pick % len(values)]


@dataclass(frozen=True, slots=True)
class Feeder:
    """Fills cases of one person."""

    stock: Stock
    person: Person

    def feed(self, case: Case, dice: Dice) -> None:
        """Put real values into the parts of the case that are not meant to be wrong."""
        wrong = wrong_parts(case)
        held = dice.one_of(self.person.open_orders) if self.person.open_orders else None
        if case.path_parameters and ParameterLocation.PATH not in wrong and dice.path < REAL_PATHS:
            case.path_parameters = {
                name: self._named(case, name, held, dice, given)
                for name, given in case.path_parameters.items()
            }
        if case.query and ParameterLocation.QUERY not in wrong and dice.query < REAL_QUERIES:
            case.query = {
                name: dice.one_of(self.stock.names[name]) if name in self.stock.names else given
                for name, given in case.query.items()
            }
        if str(case.operation.definition.raw.get("operationId")) == "returnFromHyperPay":
            case.query = {"attemptId": dice.one_of(self.stock.names["attempt_id"])}
        body = BODIES.get(str(case.operation.definition.raw.get("operationId")))
        if body and ParameterLocation.BODY not in wrong and dice.body < REAL_BODIES:
            case.media_type = "application/json"
            case.body = body(self, dice, held, case)

    def _named(self, case: Case, name: str, held: Held | None, dice: Dice, given: object) -> object:
        """A real value of a path parameter, else what was generated."""
        known = self.stock.names.get(f"{case.path} {name}")
        values = known or self.stock.names.get(name)
        if values is None and name == "order_id":
            # mostly one that is open, sometimes the paid one or one of somebody else
            values = [held.id] * 4 if held else []
            values = [one for one in (*values, self.person.paid_order, self.person.foreign_order) if one]
        return dice.one_of(values) if values else given


def wrong_parts(case: Case) -> set[ParameterLocation]:
    """What of the case is meant to break the schema."""
    components = case.meta.components if case.meta else {}
    return {place for place, info in components.items() if info.mode.is_negative}


def _phone(_feeder: Feeder, dice: Dice, _held: Held | None, _case: Case) -> Json:
    return {"phoneNumber": f"+9665{dice.pick % 100_000_000:08d}"}


def _verify(feeder: Feeder, dice: Dice, _held: Held | None, case: Case) -> Json:
    """Every fourth time the right code; a number of its own each time, since wrong codes lock a number."""
    phone = f"+9665{dice.pick % 100_000_000:08d}"
    if dice.body % 4:
        return {"phoneNumber": phone, "otp": f"{dice.pick % 1_000_000:06d}"}
    other = case.path.replace("verify-otp", "send-otp").replace("/verify", "/phone-number")
    return {"phoneNumber": phone, "code": feeder.stock.texted(phone, other)}


def _refresh(feeder: Feeder, *_: object) -> Json:
    return {"refreshToken": feeder.person.refresh_token}


def _order(feeder: Feeder, dice: Dice, *_: object) -> Json:
    return {"sessionId": dice.one_of(feeder.stock.names["showtime_id"])}


def _seats(_feeder: Feeder, dice: Dice, held: Held | None, case: Case) -> Any:  # noqa: ANN401  a body
    if held is None:
        return case.body
    first = dice.pick % len(held.hall.free)
    tickets = [
        {"seatId": seat["id"], "ticketTypeId": seat["ticketTypeId"]}
        for seat in held.hall.free[first : first + 1 + dice.pick % 3]
    ]
    return {"sessionId": held.hall.id, "tickets": tickets}


def _payment(_feeder: Feeder, dice: Dice, *_: object) -> Json:
    body = {"paymentMethod": "CARD", "firstName": "Noura", "email": f"n{dice.pick % 7}@example.com"}
    return body | ({"gateway": "payfort"} if dice.pick % 2 else {})


def _reason(*_: object) -> Json:
    return {}


def sealed(message: object) -> tuple[dict[str, str], str]:
    """Headers and hexadecimal text of a message as the gateway seals it."""
    vector = os.urandom(12)
    both = AESGCM(bytes.fromhex(WEBHOOK_KEY)).encrypt(vector, json.dumps(message).encode(), None)
    headers = {"x-initialization-vector": vector.hex(), "x-authentication-tag": both[-16:].hex()}
    return headers, both[:-16].hex()


def _webhook(_feeder: Feeder, dice: Dice, _held: Held | None, case: Case) -> Json:
    headers, text = sealed({"type": "test" if dice.pick % 2 else "PAYMENT", "payload": {}})
    case.headers = {**(case.headers or {}), **headers}
    return {"encryptedBody": text}


def signed(**fields: str) -> Json:
    """Fields as the second gateway signs what it tells us, for the sandbox's account."""
    fields |= {"access_code": "sandboxAccessCode000", "merchant_identifier": "sandboxM"}
    text = "".join(f"{name}={fields[name]}" for name in sorted(fields))
    phrased = f"{RESPONSE_PHRASE}{text}{RESPONSE_PHRASE}"
    return {**fields, "signature": hashlib.sha256(phrased.encode()).hexdigest()}


def _feedback(feeder: Feeder, dice: Dice, *_: object) -> Json:
    """Mostly of a payment that there is; each person's own few numbers, so that some are new and some not."""
    number = f"{len(feeder.person.name)}{dice.pick % 20:02d}"
    reference = feeder.stock.form_payment if dice.body % 4 else f"x{dice.pick}"
    return signed(command="PURCHASE", merchant_reference=reference, fort_id=number, response_code="14000")


BODIES: Mapping[str, Callable[[Feeder, Dice, Held | None, Case], Any]] = {
    "sendOtp": _phone,
    "guestSendOtp": _phone,
    "verifyOtp": _verify,
    "guestVerifyOtp": _verify,
    "refreshSession": _refresh,
    "placeOrder": _order,
    "chooseSeats": _seats,
    "payOrder": _payment,
    "payGuestOrder": _payment,
    "cancelOrder": _reason,
    "hearHyperPay": _webhook,
    "hearPayFort": _feedback,
    "returnFromPayFort": _feedback,
}
