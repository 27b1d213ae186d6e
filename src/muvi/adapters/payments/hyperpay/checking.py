"""Finding out what became of a checkout or a refund, from several questions none of which is enough alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from muvi.adapters.kit.asking import Patience
from muvi.adapters.payments.hyperpay.codes import GONE
from muvi.adapters.payments.hyperpay.reports import LAG_S, Found, Reports
from muvi.adapters.payments.hyperpay.wire import PAYING, THROTTLE_S, Reading, transaction
from muvi.domain.payments.report import (
    PaymentReport,
    RefundReport,
    ReportedTransaction,
    TransactionKind,
    Verdict,
)
from muvi.ports.clock import Clock
from muvi.ports.payments.gateway import PaymentToCheck, RefundRequest

_IDS_ASKED = 3
_BY_WEIGHT = (Verdict.CAPTURED, Verdict.PENDING, Verdict.UNKNOWN, Verdict.UNPAID, Verdict.DECLINED)


@dataclass(slots=True)
class _Gathered:
    """What the questions of one check brought to light. `whole`: the list of the checkout's own account is
    among it; `blind`: there are news, and the status, which alone knows them at once, could not be asked;
    `waits`: after how many seconds each of the questions that were not answered may be put.
    """

    rows: dict[str, ReportedTransaction] = field(default_factory=dict)
    whole: bool = False
    blind: bool = False
    code: str = ""
    waits: list[float] = field(default_factory=list)
    answered: bool = False
    throttled: bool = False

    def add(self, found: Found, payment: PaymentToCheck) -> None:
        """Keep rows that speak of this payment; another reference under the same id is not ours."""
        for row in found.rows:
            if row.is_payment and row.reference in ("", payment.reference):
                self.rows[row.id] = row
        self.code = found.code or self.code
        self.throttled = self.throttled or found.throttled
        if found.wait_s is None:
            self.answered = True
        else:
            self.waits.append(found.wait_s)

    @property
    def paid(self) -> bool:
        """Whether money was taken."""
        return _verdict(self.rows.values()) is Verdict.CAPTURED

    @property
    def wait_s(self) -> float | None:
        """Until the first question that may tell more. A gateway that refused to look is left in peace."""
        if not self.waits:
            return None
        if self.throttled:
            return max(self.waits)
        return min([*self.waits, float(LAG_S)] if self.answered else self.waits)

    def report(self, otherwise: Verdict) -> PaymentReport:
        """The report; `otherwise` when no row is decisive. Only money taken needs no second question."""
        rows = tuple(self.rows.values())
        verdict = _verdict(rows) or otherwise
        code = next((row.code for row in rows if row.verdict is verdict), self.code)
        wait = None if verdict is Verdict.CAPTURED else self.wait_s
        return PaymentReport(
            verdict=verdict, transactions=rows, code=code, whole=self.whole, retry_after_s=wait
        )


class Checks:
    """The order of questions: the checkout's status, which is given once and tells of one transaction; the
    list of the checkout's own account; transactions heard of that it lacks. After the watch every account.
    Each has a budget of its own: the status, which knows at once, keeps its last call for news.
    """

    def __init__(
        self,
        reports: Reports,
        clock: Clock,
        *,
        entities: Sequence[str],
        patience: Patience,
    ) -> None:
        self._reports = reports
        self._clock = clock
        self._entities = tuple(entities)
        self._patience = patience

    async def payment(self, payment: PaymentToCheck) -> PaymentReport:
        """The state of a checkout. `200.300.404` of the status never means unpaid: the reports are asked.

        Money that the status tells of is told at once, for the list runs some seconds late; what else there
        is, the list tells those who ask again (`paid`).
        """
        gathered = _Gathered()
        if payment.paid or self._is_over(payment):  # of a dead checkout the status says nothing
            return await self._by_reports(payment, gathered)
        spare = 0 if payment.news else 1
        status = await self._reports.status(payment.checkout_id, payment.entity, spare=spare)
        if isinstance(status, Reading):
            decided = self._by_status(status, payment, gathered)
            if decided is not None:
                return decided
        elif payment.news:
            gathered.blind, gathered.waits = True, [status]
        return await self._by_reports(payment, gathered)

    def _by_status(
        self, status: Reading, payment: PaymentToCheck, gathered: _Gathered
    ) -> PaymentReport | None:
        gathered.code = status.code
        if status.is_throttled:
            return PaymentReport(verdict=Verdict.UNKNOWN, code=status.code, retry_after_s=THROTTLE_S)
        if status.answer is None or status.code == GONE:
            return None
        row = transaction(
            status.answer, entity=payment.entity, accept_test_codes=self._reports.accept_test_codes
        )
        if status.answer.payment_type in PAYING:
            gathered.add(Found(rows=(row,), code=row.code), payment)
            verdict = _verdict(gathered.rows.values())
            open_end = verdict is not Verdict.CAPTURED and bool(_open_ids(payment) - {row.id})
            unclear = open_end or verdict in (None, Verdict.UNKNOWN)
            return None if unclear else gathered.report(Verdict.UNKNOWN)
        if row.verdict in (Verdict.UNPAID, Verdict.PENDING):
            return PaymentReport(verdict=row.verdict, code=row.code)
        return None

    async def _by_reports(self, payment: PaymentToCheck, gathered: _Gathered) -> PaymentReport:
        if self._is_over(payment) and not payment.paid:
            return await self._by_every_account(payment, gathered)
        named = dict.fromkeys((*gathered.rows, *reversed(payment.payment_ids)))
        own = await self._list(payment, payment.entity, gathered)
        listed = {row.id for row in own.rows}
        known = listed.union(payment.declined_ids)
        missing = [one for one in named if one not in known][:_IDS_ASKED]
        answers = [own, *[await self._one(payment, one, gathered) for one in missing]]
        return self._weighed(payment, gathered, answers)

    async def _by_every_account(self, payment: PaymentToCheck, gathered: _Gathered) -> PaymentReport:
        """After the watch. Whoever has denied it in earnest is not asked again; one budget serves all
        accounts, so those left are asked next time, the checkout's own last: what it knows must be read
        together with the others' silence.
        """
        answers: list[Found] = []
        denied: list[str] = []
        every = [*(one for one in self._entities if one != payment.entity), payment.entity]
        for entity in [one for one in every if one not in payment.denied]:
            found = await self._list(payment, entity, gathered)
            answers.append(found)
            denied += [entity] if found.none else []
            if gathered.paid or found.wait_s is not None:
                break
        if not gathered.paid:
            unseen = [one for one in reversed(payment.payment_ids) if one not in gathered.rows]
            answers += [await self._one(payment, one, gathered) for one in unseen[:_IDS_ASKED]]
        report = self._weighed(payment, gathered, answers)
        wait = max(gathered.waits, default=None)
        return replace(report, denied=tuple(denied), retry_after_s=None if gathered.paid else wait)

    async def _list(self, payment: PaymentToCheck, entity: str, gathered: _Gathered) -> Found:
        """What one account lists under our reference."""
        found = await self._reports.by_reference(payment.reference, entity, apart=True)
        gathered.add(found, payment)
        gathered.whole = gathered.whole or (entity == payment.entity and bool(found.rows))
        return found

    async def _one(self, payment: PaymentToCheck, payment_id: str, gathered: _Gathered) -> Found:
        """A transaction that somebody named."""
        found = await self._reports.by_id(payment_id, payment.entity, apart=True)
        gathered.add(found, payment)
        return found

    def _is_over(self, payment: PaymentToCheck) -> bool:
        return self._patience.is_over(payment.opened_at, self._clock.now())

    def _weighed(
        self, payment: PaymentToCheck, gathered: _Gathered, answers: Sequence[Found]
    ) -> PaymentReport:
        """Nobody saw money. The reports run late: "declined" counts when all of them are conclusive and tell
        of the news, "never" when all of them deny any transaction after the watch.
        """
        report = gathered.report(Verdict.UNKNOWN)
        if all(found.none for found in answers) and not gathered.rows:
            return gathered.report(Verdict.NEVER_PAID) if self._is_over(payment) else report
        sure = all(found.conclusive for found in answers)
        if report.verdict is Verdict.DECLINED and not (sure and self._tells_news(payment, gathered)):
            return replace(report, verdict=Verdict.UNKNOWN)
        return report

    def _tells_news(self, payment: PaymentToCheck, gathered: _Gathered) -> bool:
        """Whether every card that was heard of is among the rows, and without the status a card that was not
        known before: the last one may be too young for the report. After the watch nothing is.
        """
        if self._is_over(payment):
            return True
        seen = set(gathered.rows)
        fresh = bool(seen.difference(payment.declined_ids))
        return not (_open_ids(payment) - seen) and (fresh or not gathered.blind)

    async def refund(self, request: RefundRequest) -> RefundReport:
        """The state of a refund, by its own reference, its transaction, and what refers to the payment. One
        that was acknowledged and is listed nowhere is unknown, not unsent.
        """
        gathered: dict[str, ReportedTransaction] = {}
        own = await self._reports.by_reference(request.reference, request.entity)
        asked = [own]
        if request.transaction_id:
            asked.append(await self._reports.by_id(request.transaction_id, request.entity))
        if request.payment_reference and not _refund_rows(asked, request):
            asked.append(await self._reports.by_reference(request.payment_reference, request.entity))
        for row in _refund_rows(asked, request):
            gathered[row.id] = row
        verdict = _verdict(gathered.values())
        wait = max((found.wait_s for found in asked if found.wait_s is not None), default=None)
        if verdict is not None:
            best = next(row for row in gathered.values() if row.verdict is verdict)
            return RefundReport(verdict=verdict, transaction_id=best.id, code=best.code, retry_after_s=wait)
        late = self._patience.is_surely_not_sent(request.sent_at, self._clock.now())
        none = all(found.conclusive for found in asked) and late and not request.transaction_id
        return RefundReport(
            verdict=Verdict.NEVER_PAID if none else Verdict.UNKNOWN, code=own.code, retry_after_s=wait
        )


def _open_ids(payment: PaymentToCheck) -> set[str]:
    """Transactions that were heard of and not fetched as declined."""
    return set(payment.payment_ids).difference(payment.declined_ids)


def _refund_rows(asked: Iterable[Found], request: RefundRequest) -> list[ReportedTransaction]:
    """Rows of this very refund: by its reference, or as the later half of its transaction."""
    return [
        row
        for found in asked
        for row in found.rows
        if row.kind is TransactionKind.REFUND
        and (
            row.reference == request.reference
            or (request.transaction_id and request.transaction_id in (row.id, row.refunds))
        )
    ]


def _verdict(rows: Iterable[ReportedTransaction]) -> Verdict | None:
    """The weightiest verdict: money outweighs doubt, doubt outweighs a declined card."""
    said = {
        row.verdict
        for row in rows
        if not (row.kind is TransactionKind.AUTHORIZATION and row.verdict is Verdict.CAPTURED)
    }
    return next((verdict for verdict in _BY_WEIGHT if verdict in said), None)
