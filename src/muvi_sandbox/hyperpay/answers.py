"""JSON of the platform: one transaction, a report, a bare result."""

import hashlib
from datetime import datetime
from typing import Any

from muvi_sandbox.faults import Reply
from muvi_sandbox.hyperpay import codes
from muvi_sandbox.hyperpay.book import Transaction

_BUILD = "4f1d5cbd3b1c6f1a7cbd6e0e8e4d9a27c0f3b611@2026-11-02 09:12:44 +0000"


def amount(minor: int) -> str:
    """Write minor units as the platform does: always two decimals."""
    return f"{minor // 100}.{minor % 100:02}"


def stamp(at: datetime) -> str:
    """Write a time as the platform does."""
    return at.strftime("%Y-%m-%d %H:%M:%S+0000")


def entity_ndc(entity: str, seed: str) -> str:
    """The other form of `ndc`: the entity and a hash, from which no checkout id can be read."""
    return f"{entity}_{hashlib.md5(seed.encode(), usedforsecurity=False).hexdigest()}"


def result(code: str, now: datetime, **more: object) -> dict[str, Any]:
    """Return the frame that every answer has."""
    told = {"code": code, "description": codes.description(code)}
    return {"result": told, "buildNumber": _BUILD, "timestamp": stamp(now), **more}


def refusal(code: str, now: datetime, *flaws: tuple[str, str]) -> Reply:
    """Return an error; `flaws` are parameters and what is wrong with each."""
    body = result(code, now, ndc=entity_ndc("refused", stamp(now)))
    if flaws:
        body["result"]["parameterErrors"] = [{"name": name, "message": message} for name, message in flaws]
    return Reply(codes.http_status(code), body)


def transaction(row: Transaction, code: str = "", ndc: str = "") -> dict[str, Any]:
    """Return one transaction as status, query, report and webhook show it. A refused one has no amount."""
    code = code or row.code
    body: dict[str, Any] = {"id": row.id, "paymentType": row.kind, "paymentBrand": row.brand}
    if codes.moved(code) or codes.pending(code):
        body |= {"amount": amount(row.amount_minor), "currency": row.currency}
        body["descriptor"] = f"{row.id[-12:-8]}.{row.id[-8:-4]}.{row.id[-4:]} Sandbox_Channel"
    if row.reference:
        body["merchantTransactionId"] = row.reference
    if row.referenced_id:
        body["referencedId"] = row.referenced_id
    body |= result(code, row.at)
    body["resultDetails"] = {"ConnectorTxID1": row.id, "ExtendedDescription": codes.description(code)}
    if row.card is not None:
        body["card"] = row.card
    body["ndc"] = ndc or row.checkout_id or entity_ndc(row.entity, row.id)
    return body


def shown(row: Transaction, code: str = "") -> Reply:
    """Answer with one transaction under the HTTP status of its result."""
    return Reply(codes.http_status(code or row.code), transaction(row, code))


def report(rows: list[Transaction], now: datetime) -> Reply:
    """Answer with a report. Its own code tells only that the request was understood."""
    body = result(codes.REPORTED, now, ndc=entity_ndc("report", stamp(now)))
    body["payments"] = [transaction(row) for row in rows]
    return Reply(200, body)
