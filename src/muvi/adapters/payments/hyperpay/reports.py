"""Asking HyperPay: single questions within the call budgets, each answered by rows, "none" or "unclear"."""

from __future__ import annotations

from dataclasses import dataclass, field

from muvi.adapters.kit.asking import Questions, answered
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

NOT_FOUND = 404
LAG_S = 5
"""Seconds for which the report may not know yet what has just happened: asked twice within them about one
payment, it tells the same.
"""


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
    """The answer to one question of the report. `none`: it knows nothing of what was asked for. `wait_s`: it
    was not asked, or refused to look (`throttled`), and may be asked after so many seconds.
    """

    rows: tuple[ReportedTransaction, ...] = ()
    none: bool = False
    code: str = ""
    wait_s: float | None = None
    throttled: bool = False

    @property
    def conclusive(self) -> bool:
        """Whether it may be read as all there is."""
        return self.none or bool(self.rows)


@dataclass(frozen=True, slots=True)
class Reports:
    """The questions. A failing network is an unclear answer, a spent budget one with a time to wait."""

    http: VendorHttp
    questions: Questions
    limits: CallLimits = field(default_factory=CallLimits)
    accept_test_codes: bool = True

    async def status(self, checkout_id: str, entity: str, *, spare: int = 0) -> Reading | float:
        """The state of a checkout, given once; a number of seconds when it may not be asked yet. `spare`
        calls of the budget are left for other questions.
        """
        limit = max(1, self.limits.status - spare)
        wait = await self.questions.wait_s(f"checkout:{checkout_id}", limit)
        if wait > 0:
            return wait
        return await self._get(f"v1/checkouts/{quoted(checkout_id)}/payment", [("entityId", entity)])

    async def by_id(self, transaction_id: str, entity: str, *, apart: bool = False) -> Found:
        """One transaction by the platform's own id; `apart`: not twice within the report's lag."""
        wait = await self._wait_s(f"payment:{transaction_id}", entity, apart=apart)
        if wait > 0:
            return Found(wait_s=wait)
        reading = await self._get(f"v1/query/{quoted(transaction_id)}", [("entityId", entity)])
        return self._found(reading, entity)

    async def by_reference(self, reference: str, entity: str, *, apart: bool = False) -> Found:
        """Every transaction of a reference under one entity: the report knows no other entity's. `apart`: not
        twice within its lag.
        """
        wait = await self._wait_s(f"reference:{reference}", entity, apart=apart)
        if wait > 0:
            return Found(wait_s=wait)
        query = [("entityId", entity), ("merchantTransactionId", reference)]
        return self._found(await self._get("v1/query", query), entity)

    async def _wait_s(self, key: str, entity: str, *, apart: bool) -> float:
        if apart and (wait := await self.questions.wait_s(f"apart:{key}:{entity}", 1, per_s=LAG_S)) > 0:
            return wait
        return await self.questions.wait_s(key, self.limits.query)

    async def _get(self, path: str, query: list[tuple[str, str]]) -> Reading:
        reply = await answered(self.http.get(path, query=query))
        return read(reply.status, reply.body) if reply else Reading(0, None)

    def _found(self, reading: Reading, entity: str) -> Found:
        if reading.answer is None or reading.is_throttled:
            throttled = reading.is_throttled
            return Found(code=reading.code, wait_s=THROTTLE_S if throttled else None, throttled=throttled)
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
