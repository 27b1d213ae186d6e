"""Guards of the purchase, each with a switch: what the twins' own processes put around the real parts.

    with without(town, "poll", "look-at-expiry"): ...

The guards that are off stand in a file of the town's home and are looked up at each use, so one town plays
every twin and none of its processes is started anew. Only the entry modules `unguarded_api` and
`unguarded_worker` call `install`; the program has no such switch.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy.ext.asyncio import AsyncConnection
from tests.e2e.town import Town
from typing_extensions import override

from muvi.adapters.db.outbox import SqlPostOffice
from muvi.adapters.db.seat_claims import SqlSeatClaims
from muvi.adapters.db.unit_of_work import SqlTransaction
from muvi.adapters.db.webhook_events import SqlWebhookEvents
from muvi.adapters.payments.hyperpay.codes import verdict_of
from muvi.adapters.payments.hyperpay.gateway import HyperPay
from muvi.adapters.payments.hyperpay.webhook import WebhookReader
from muvi.adapters.payments.payfort.signature import Signer
from muvi.adapters.vista.box_office import VistaBoxOffice
from muvi.adapters.vista.client import CodeRefused
from muvi.application.orders import advance_checkout, box_office_steps, learned
from muvi.application.orders.box_office_steps import BoxOfficeSteps, Work
from muvi.application.orders.learned import Record
from muvi.application.orders.seat_choice import SeatChoice
from muvi.domain.orders.checkout import Checkout, CheckoutFacts, CheckoutState, Decision, Step
from muvi.domain.orders.order import OrderStatus
from muvi.domain.payments import attempt as attempts
from muvi.domain.payments.attempt import PaymentAttempt
from muvi.domain.payments.attempt_status import AttemptStatus
from muvi.domain.payments.report import PaymentReport, ReportedTransaction, TransactionKind
from muvi.domain.seating.seat_plan import SeatKey
from muvi.ports.errors import OutcomeUnknown
from muvi.ports.messaging.outbox import Message
from muvi.ports.messaging.post import Failure
from muvi.ports.payments.gateway import PaymentToCheck, WebhookForged
from muvi.ports.payments.webhooks import WebhookEvent
from muvi.ports.seating.box_office import OrderRef

OFF = "guards-off"
FORGERS_KEY = "ff" * 32
NEVER = timedelta(days=3650)
WAIT = Decision(step=Step.WAIT)
OVER = (OrderStatus.EXPIRED, OrderStatus.CANCELLED)
Call = Callable[..., Any]
_WRAPPERS: list[tuple[object, str, Call]] = []
_refused: set[str] = set()
"""Orders of the box office whose completion was answered by a code."""

GUARDS: Mapping[str, str] = {
    "claims": "a seat is given to one order only",
    "signature": "a message is believed to be the gateway's only under its key",
    "hint": "a message says that there is news, the gateway says which",
    "hearing": "a message and a return visit want a check",
    "once": "the same message is heard once",
    "known-money": "a message about a payment whose end is known is no news",
    "poll": "without any signal the gateway is asked at certain moments",
    "last-look": "a form that was paid is looked at once more when nobody can pay any more",
    "look-at-expiry": "an order that expires with an open form asks the gateway once more",
    "lease": "a message that the queue lost is brought again",
    "declined-form": "a form on which a card was declined is still watched",
    "one-form": "a second `pay` meets the form that is open",
    "second-money": "money for an order that is paid goes back",
    "expiry": "an order that nobody paid in time is let go",
    "late-money": "money for an order that is over buys its seats again or goes back",
    "refused-choice": "a refusal of set-tickets says nothing about what the order holds",
    "unknown-codes": "a refusal of order/payment says nothing about a booking",
    "look-before-booking": "what the box office holds is looked at before it is paid",
    "ask-for-booking": "a completion without an answer is asked about",
    "grace": "an order that is gone may still turn up as a booking for a while",
}


@contextmanager
def without(town: Town, *guards: str) -> Iterator[None]:
    """The town with these guards off."""
    unknown = set(guards) - set(GUARDS)
    assert not unknown, f"no such guards: {unknown}"
    _write(town, *guards)
    try:
        yield
    finally:
        _write(town)


def _write(town: Town, *guards: str) -> None:
    draft = town.home / f"{OFF}.new"
    draft.write_text("\n".join(guards), encoding="ascii")
    draft.rename(town.home / OFF)


def install() -> None:
    """Put a switch at every guard of this process."""
    _heard().mkdir(exist_ok=True)
    SqlTransaction.claims = property(_claims)  # type: ignore[assignment,method-assign]
    for owner, name, function in _WRAPPERS:
        _wrap(owner, name, function)


def _wrap(owner: object, name: str, function: Call) -> None:
    real = getattr(owner, name)

    def wrapper(*given: object, **named: object) -> object:
        return function(real, *given, **named)

    setattr(owner, name, wrapper)


def _around(owner: object, name: str) -> Callable[[Call], Call]:
    """Have `install` put the function around an attribute; it gets the real one first."""

    def listed(function: Call) -> Call:
        _WRAPPERS.append((owner, name, function))
        return function

    return listed


def _home() -> Path:
    return Path(os.environ["MUVI_HOME"])


def _heard() -> Path:
    """Where the last message about each reference is kept while they are believed."""
    return _home() / "heard"


def off(guard: str) -> bool:
    """Whether it is switched off just now."""
    with suppress(OSError):
        return guard in (_home() / OFF).read_text(encoding="ascii").splitlines()
    return False


def _claims(tx: SqlTransaction) -> SqlSeatClaims:
    return OpenClaims(tx._connection) if off("claims") else SqlSeatClaims(tx._connection)


class OpenClaims(SqlSeatClaims):
    """Claims that ask nobody, the look before them neither."""

    def __init__(self, connection: AsyncConnection) -> None:
        super().__init__(connection, free_for_me="true")

    @override
    async def taken(self, *_: object, **__: object) -> tuple[SeatKey, ...]:
        return ()


@_around(WebhookReader, "_opened")
def _opened(real: Call, reader: WebhookReader, vector: bytes, sealed: bytes) -> bytes:
    try:
        plaintext: bytes = real(reader, vector, sealed)
    except WebhookForged:
        if not off("signature"):
            raise
        plaintext = AESGCM(bytes.fromhex(FORGERS_KEY)).decrypt(vector, sealed, None)
    payload = msgspec.json.decode(plaintext).get("payload") or {}
    if off("hint") and "merchantTransactionId" in payload:
        (_heard() / payload["merchantTransactionId"]).write_bytes(msgspec.json.encode(payload))
    return plaintext


@_around(Signer, "is_genuine")
def _is_genuine(real: Call, signer: Signer, fields: object) -> bool:
    return off("signature") or bool(real(signer, fields))


@_around(HyperPay, "check")
async def _check(real: Call, gateway: HyperPay, payment: PaymentToCheck) -> PaymentReport:
    said = _heard() / payment.reference
    if not (off("hint") and said.exists()):
        report: PaymentReport = await real(gateway, payment)
        return report
    payload = msgspec.json.decode(said.read_bytes())
    code = payload["result"]["code"]
    row = ReportedTransaction(
        id=payload["id"],
        kind=TransactionKind.DEBIT,
        verdict=verdict_of(code),
        code=code,
        amount=payment.amount,
        reference=payment.reference,
    )
    return PaymentReport(verdict=row.verdict, transactions=(row,), code=code, whole=True)


@_around(SqlWebhookEvents, "add")
async def _add(real: Call, events: SqlWebhookEvents, event: WebhookEvent) -> bool:
    fresh = replace(event, digest=f"{event.digest} {event.id}") if off("once") else event
    return bool(await real(events, fresh))


@_around(SqlPostOffice, "claim")
async def _claim(real: Call, post: SqlPostOffice, now: datetime, **limits: int) -> list[Message]:
    due: list[Message] = await real(post, now, **limits)
    for message in due if off("lease") else ():
        never = Failure(
            message_id=message.id, attempt=message.attempt, reason="", at=now, retry_at=now + NEVER
        )
        await post.fail(never)
    return due


@_around(PaymentAttempt, "announce")
@_around(PaymentAttempt, "signal")
def _signal(real: Call, attempt: PaymentAttempt, *given: object, **said: bool) -> None:
    given_up = off("declined-form") and attempt.status is AttemptStatus.FAILED
    if not (off("hearing") or given_up):
        real(attempt, *given, **said)


@_around(PaymentAttempt, "apply")
def _apply(real: Call, attempt: PaymentAttempt, *given: object, **named: object) -> object:
    events = real(attempt, *given, **named)
    if off("declined-form") and attempt.status is AttemptStatus.FAILED:
        attempt.next_check_at, attempt.news = None, False
    return events


@_around(PaymentAttempt, "knows")
def _knows(real: Call, attempt: PaymentAttempt, payment_id: str, **said: bool) -> bool:
    return not off("known-money") and bool(real(attempt, payment_id, **said))


@_around(PaymentAttempt, "usable")
def _usable(real: Call, attempt: PaymentAttempt, *facts: object) -> bool:
    return not off("one-form") and real(attempt, *facts)


@_around(attempts, "next_poll")
def _next_poll(real: Call, now: datetime, **facts: object) -> datetime:
    return now + NEVER if off("poll") else real(now, **facts)


@_around(attempts, "last_look")
def _last_look(real: Call, now: datetime, **facts: object) -> datetime | None:
    return None if off("last-look") else real(now, **facts)


@_around(advance_checkout, "decide")
def _decide(real: Call, checkout: Checkout, facts: CheckoutFacts, now: datetime) -> Decision:
    if off("look-at-expiry"):
        facts = replace(facts, attempt_open=False)
    found: Decision = real(checkout, facts, now)
    ended = checkout.state is CheckoutState.IDLE and found.step is not Step.WAIT
    dropped = {
        "expiry": found.step in (Step.LET_GO, Step.ASK_PAYMENT),
        "late-money": ended and facts.status in OVER,
        "second-money": ended and facts.status is OrderStatus.CONFIRMED,
    }
    return WAIT if any(which and off(guard) for guard, which in dropped.items()) else found


@_around(SeatChoice, "taken_by")
def _taken_by(real: Call, *facts: object) -> bool:
    return not off("refused-choice") and real(*facts)


@_around(SeatChoice, "untouched_by")
def _untouched_by(real: Call, *facts: object) -> bool:
    return off("refused-choice") or real(*facts)


@_around(VistaBoxOffice, "complete")
async def _complete(real: Call, office: VistaBoxOffice, ref: OrderRef, *facts: object) -> object:
    try:
        return await real(office, ref, *facts)
    except OutcomeUnknown as error:
        if isinstance(error.__cause__, CodeRefused):
            _refused.add(ref.id)
        raise


@_around(BoxOfficeSteps, "_complete")
async def _complete_step(real: Call, steps: BoxOfficeSteps, work: Work) -> Record:
    record: Record = await real(steps, work)
    return steps._refund(work) if off("unknown-codes") and work.ref.id in _refused else record


@_around(BoxOfficeSteps, "_changed_meanwhile")
async def _changed_meanwhile(real: Call, steps: BoxOfficeSteps, work: Work) -> Record | None:
    return None if off("look-before-booking") else await real(steps, work)


@_around(BoxOfficeSteps, "_ask_booking")
async def _ask_booking(real: Call, steps: BoxOfficeSteps, work: Work) -> Record:
    return learned.back_to_completing if off("ask-for-booking") else await real(steps, work)


@_around(box_office_steps, "without_booking")
def _without_booking(real: Call, **facts: object) -> Step:
    found: Step = real(**facts)
    return Step.ABANDON_BOX_ORDER if off("grace") and found is Step.WAIT else found
