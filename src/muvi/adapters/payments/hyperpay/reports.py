"""Asking HyperPay: single questions within the call budgets, each answered by rows, "none" or "unclear"."""

from __future__ import annotations

from dataclasses import dataclass, field

from muvi.adapters.kit.http_client import VendorHttp, quoted
from muvi.adapters.payments.hyperpay.codes import NO_SUCH_TRANSACTION
from muvi.adapters.payments.hyperpay.wire import (
    THROTTLE_S,
    Reading,
    Row,
    read,
    transaction,
)
from muvi.domain.payments.report import ReportedTransaction
from muvi.ports.errors import OutcomeUnknown, Unavailable
from muvi.ports.payments.gateway import CallBudgets

NOT_FOUND = 404


@dataclass(frozen=True, slots=True, kw_only=True)
class CallLimits:
    """How often one key may be asked within `per_s` seconds. Sellers of the platform name different
    numbers. Our minute is longer than theirs, since we count a call when it leaves and they when it arrives.
    """

    status: int = 2
    query: int = 2
    per_s: int = 65


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The answer to one question of the report. `none`: it knows nothing of what was asked for."""

    rows: tuple[ReportedTransaction, ...] = ()
    none: bool = False
    code: str = ""
    wait_s: float | None = None

    @property
    def conclusive(self) -> bool:
        """Whether it may be read as all there is."""
        return self.none or bool(self.rows)


@dataclass(frozen=True, slots=True)
class Reports:
    """The questions. A failing network is an unclear answer, a spent budget one with a time to wait."""

    http: VendorHttp
    budgets: CallBudgets
    limits: CallLimits = field(default_factory=CallLimits)
    accept_test_codes: bool = True

    async def status(self, checkout_id: str, entity: str) -> Reading | float:
        """The state of a checkout, given once; a number of seconds when it may not be asked yet."""
        wait = await self._wait(f"checkout:{checkout_id}", self.limits.status)
        if wait > 0:
            return wait
        return await self._get(f"v1/checkouts/{quoted(checkout_id)}/payment", [("entityId", entity)])

    async def by_id(self, transaction_id: str, entity: str) -> Found:
        """One transaction by the platform's own id."""
        wait = await self._wait(f"payment:{transaction_id}", self.limits.query)
        if wait > 0:
            return Found(wait_s=wait)
        reading = await self._get(f"v1/query/{quoted(transaction_id)}", [("entityId", entity)])
        return self._found(reading, entity)

    async def by_reference(self, reference: str, entity: str) -> Found:
        """Every transaction of a reference under one entity: the report knows no other entity's."""
        wait = await self._wait(f"reference:{reference}", self.limits.query)
        if wait > 0:
            return Found(wait_s=wait)
        query = [("entityId", entity), ("merchantTransactionId", reference)]
        return self._found(await self._get("v1/query", query), entity)

    async def _wait(self, key: str, limit: int) -> float:
        return await self.budgets.take(f"hyperpay:{key}", limit=limit, per_s=self.limits.per_s)

    async def _get(self, path: str, query: list[tuple[str, str]]) -> Reading:
        try:
            reply = await self.http.get(path, query=query)
        except (Unavailable, OutcomeUnknown):
            return Reading(0, None)
        return read(reply.status, reply.body)

    def _found(self, reading: Reading, entity: str) -> Found:
        if reading.answer is None or reading.is_throttled:
            wait = THROTTLE_S if reading.is_throttled else None
            return Found(code=reading.code, wait_s=wait)
        if reading.status == NOT_FOUND and reading.code == NO_SUCH_TRANSACTION:
            return Found(none=True, code=reading.code)
        listed = reading.answer.payments
        rows: list[Row] = list(listed) if listed is not None else []
        if listed is None and reading.answer.payment_type:
            rows = [reading.answer]
        return Found(
            rows=tuple(
                transaction(row, entity=entity, accept_test_codes=self.accept_test_codes) for row in rows
            ),
            code=reading.code,
        )
