"""One try to be paid: one checkout at one gateway, watched until it is paid or surely never will be."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from muvi.domain.payments.attempt_status import (
    OPEN,
    PAID,
    TRANSITIONS,
    AttemptEvent,
    AttemptEventKind,
    AttemptStatus,
)
from muvi.domain.payments.capture import Capture, captured_ids, given_back, reserved
from muvi.domain.payments.front_end import USED_UP, FrontEnd
from muvi.domain.payments.report import PaymentReport, Verdict
from muvi.domain.payments.watch import LATE_UNTIL, OPENING_S, WATCH_S, last_look, late_look, next_poll
from muvi.domain.shared.money import Money
from muvi.domain.shared.text import Language

_OPEN_END = timedelta(seconds=30)  # after word of a card that somebody is still asked about


@dataclass(slots=True, eq=False, kw_only=True)
class PaymentAttempt:
    """One checkout and what is known of it.

    `signals` counts wanted checks (webhook, return visit); `ambiguous` the checks since the last signal that
    settled nothing, `denied_by` the accounts that have denied any transaction since. Of the transactions in
    `payment_ids`, `declined_ids` were fetched as declined. `next_check_at` is empty when the watch is over; a
    signal starts it again. `news` says, until it is saved, that a check is wanted at once. A charge by token
    was surely made once it is `charge_answered`.
    """

    id: UUID
    order_id: UUID
    gateway: str
    amount: Money
    opened_at: datetime
    pay_by: datetime
    watch_until: datetime
    status: AttemptStatus = AttemptStatus.INITIATED
    entity: str = ""
    checkout_id: str = ""
    front: FrontEnd | None = None
    charge_answered: bool = False
    success_url: str = ""
    failed_url: str = ""
    language: Language = Language.EN
    next_check_at: datetime | None = None
    signals: int = 0
    ambiguous: int = 0
    polls: int = 0
    lease_until: datetime | None = None
    payment_ids: tuple[str, ...] = ()
    declined_ids: tuple[str, ...] = ()
    denied_by: tuple[str, ...] = ()
    captured: tuple[Capture, ...] = ()
    last_code: str = ""
    last_verdict: Verdict | None = None
    checked_at: datetime | None = None
    version: int = 0
    events: list[AttemptEvent] = field(default_factory=list, repr=False)
    news: bool = field(default=False, repr=False)

    @classmethod
    def initiated(
        cls,
        *,
        id: UUID,  # noqa: A002
        order_id: UUID,
        gateway: str,
        amount: Money,
        now: datetime,
        success_url: str = "",
        failed_url: str = "",
        language: Language = Language.EN,
    ) -> PaymentAttempt:
        """Intend to open a checkout. An opening never recorded cannot be paid: it fails by itself."""
        if amount.minor <= 0:
            raise ValueError("an attempt asks for money")
        return cls(
            id=id,
            order_id=order_id,
            gateway=gateway,
            amount=amount,
            opened_at=now,
            pay_by=now,
            watch_until=now + timedelta(seconds=WATCH_S),
            success_url=success_url,
            failed_url=failed_url,
            language=language,
            next_check_at=now + timedelta(seconds=OPENING_S),
        )

    def opened(
        self, *, checkout_id: str, entity: str, now: datetime, pay_by: datetime, front: FrontEnd
    ) -> None:
        """Record the checkout that the gateway opened; the watch starts."""
        self._become(AttemptStatus.PENDING)
        self.checkout_id, self.entity, self.front = checkout_id, entity, front
        self.opened_at, self.pay_by, self.watch_until = now, pay_by, now + timedelta(seconds=WATCH_S)
        self.next_check_at = next_poll(now, opened_at=now)

    def not_opened(self, now: datetime, code: str = "") -> None:
        """The gateway refused, or its answer was lost: a checkout nobody knows of cannot be paid."""
        self.last_code, self.next_check_at = code, None
        self._turn(AttemptStatus.FAILED, AttemptEventKind.FAILED, now)

    @property
    def is_open(self) -> bool:
        """Whether the buyer may still be on the way to pay."""
        return self.status in OPEN

    @property
    def is_paid(self) -> bool:
        """Whether the gateway took money, refunded or not."""
        return self.status in PAID

    @property
    def holds_money(self) -> bool:
        """Whether money was taken that no refund has claimed yet."""
        return any(capture.refundable.minor > 0 for capture in self.captured)

    @property
    def captured_minor(self) -> int:
        """All money taken, in minor units."""
        return sum(capture.amount.minor for capture in self.captured)

    @property
    def refunded_minor(self) -> int:
        """All money known to have gone back, in minor units."""
        return sum(capture.refunded_minor for capture in self.captured)

    def usable(self, now: datetime, amount: Money) -> bool:
        """Whether a second `pay` meets this same checkout: open, in time, for the same amount."""
        return self.status is AttemptStatus.PENDING and now < self.pay_by and self.amount == amount

    def lead_back(self, success_url: str, failed_url: str, language: Language) -> bool:
        """Take the newest word on where the buyer returns to and how the page speaks; whether it is news."""
        before = (self.success_url, self.failed_url, self.language)
        self.success_url, self.failed_url, self.language = success_url, failed_url, language
        return before != (success_url, failed_url, language)

    def knows(self, payment_id: str, *, declined: bool = False) -> bool:
        """Whether a message about that transaction is no news: its money was fetched, or its decline."""
        return (declined and payment_id in self.declined_ids) or payment_id in captured_ids(self.captured)

    @property
    def unanswered(self) -> bool:
        """Whether there were news since the last answer."""
        return self.signals > 0 and self.ambiguous == 0

    def signal(self, now: datetime, payment_id: str = "", *, declined: bool = False) -> None:
        """Somebody says there is news (a webhook, a return visit): a check is wanted, nothing else. Of a card
        first told of as `declined` during a check, the answer of that very check may be the end.
        """
        asked = declined and self.lease_until is not None and self.lease_until > now
        self._hear(payment_id, counts=not asked or payment_id in self.payment_ids)
        self.ambiguous = 0
        self.next_check_at = min(self.next_check_at or now, now)
        self.news = True

    def announce(self, now: datetime, payment_id: str) -> None:
        """Somebody says that a card's end is open: look later, and want no other card until then."""
        self.ambiguous = self.ambiguous if self.signals else 1
        self._hear(payment_id, counts=True)
        self.last_verdict = Verdict.UNKNOWN
        self.next_check_at = min(self.next_check_at or now + _OPEN_END, now + _OPEN_END)

    def _hear(self, payment_id: str, *, counts: bool) -> None:
        self.signals, self.denied_by = max(1, self.signals + counts), ()
        self.payment_ids = tuple(dict.fromkeys((*self.payment_ids, *filter(None, (payment_id,)))))

    def take_lease(self, now: datetime, lease_s: float) -> bool:
        """Become the only one who asks the gateway; False while somebody else is."""
        if self.lease_until is not None and self.lease_until > now:
            return False
        self.lease_until = now + timedelta(seconds=lease_s)
        return True

    def apply(
        self, report: PaymentReport, now: datetime, *, signals_seen: int, heard: Collection[str] | None = None
    ) -> tuple[AttemptEvent, ...]:
        """Take over a fetched state. It is monotonic: money once seen stays, a declined card ends nothing.

        `signals_seen` is the count when the question was asked, `heard` the transactions named by then: news
        since then want another check, unless all they told of is declined in the answer too.
        """
        before = len(self.events)
        fresh = set(self.payment_ids).difference(self.payment_ids if heard is None else heard)
        news = self.signals > signals_seen or bool(fresh - report.ended_ids)
        self.polls += 1
        self.checked_at, self.lease_until = now, None
        self._take_captures(report, now)
        if self.unanswered or not report.is_put_off:  # without news, what was known stays known
            lost = report.verdict is Verdict.CAPTURED and not self.is_paid  # reserved only, or not ours
            self.last_verdict = Verdict.UNKNOWN if lost else report.verdict
        used_up = self.last_code == USED_UP and not report.captures
        free = used_up and self.signals == signals_seen and report.is_unpaid
        if free:
            self.pay_by = min(self.pay_by, now)  # the next `pay` makes a form that is taken
        self.last_code = USED_UP if used_up and not free else report.code or self.last_code
        self._follow(report, now)
        if self.signals == signals_seen:
            self.denied_by = tuple(dict.fromkeys((*self.denied_by, *report.denied)))
        self._plan(report, now, news=news)
        return tuple(self.events[before:])

    def _take_captures(self, report: PaymentReport, now: datetime) -> None:
        known = captured_ids(self.captured)
        heard = (found.id for found in report.transactions if found.is_payment and found.id)
        self.payment_ids = tuple(dict.fromkeys((*self.payment_ids, *heard)))
        self.declined_ids = tuple(dict.fromkeys((*self.declined_ids, *sorted(report.declined_ids))))
        for found in report.captures:
            if found.id in known or found.amount is None:
                continue
            known.add(found.id)
            capture = Capture.of(found, found.amount, self.entity, now)
            self.captured = (*self.captured, capture)
            if self.status is AttemptStatus.INITIATED:
                self._become(AttemptStatus.PENDING)
            if not self.is_paid:
                self._become(AttemptStatus.CAPTURED)
            self._tell(AttemptEventKind.CAPTURED, now, capture)

    def _follow(self, report: PaymentReport, now: datetime) -> None:
        if self.status is not AttemptStatus.PENDING:
            return
        if report.is_authorized:
            self._turn(AttemptStatus.AUTHORIZED, AttemptEventKind.AUTHORIZED, now)
        elif report.verdict is Verdict.DECLINED:
            self._turn(AttemptStatus.FAILED, AttemptEventKind.FAILED, now)
        elif self._denied(report, now):
            self._turn(AttemptStatus.EXPIRED, AttemptEventKind.EXPIRED, now)

    def _denied(self, report: PaymentReport, now: datetime) -> bool:
        """Whether no money will come any more: said by every account, after the watch."""
        return report.verdict in (Verdict.NEVER_PAID, Verdict.DECLINED) and now >= self.watch_until

    def _unheard(self, report: PaymentReport) -> bool:
        """Whether somebody told of a transaction that nothing is known of yet."""
        told = captured_ids(self.captured) | {row.id for row in report.transactions}
        return bool(set(self.payment_ids) - told)

    def _plan(self, report: PaymentReport, now: datetime, *, news: bool) -> None:
        denied = self._denied(report, now)
        settled = report.verdict not in (Verdict.UNKNOWN, Verdict.PENDING) and not self.is_paid
        news = news and (not self.is_paid or self._unheard(report))
        if report.retry_after_s is not None and (news or not (self.is_paid or denied)):
            self.next_check_at = now + timedelta(seconds=report.retry_after_s)
            self.ambiguous += settled
        elif news:
            self.next_check_at, self.news = now, True
        elif denied or not self.checkout_id:
            self.next_check_at = late_look(now, opened_at=self.opened_at, front=self.front)
        elif self.is_paid and (not self._unheard(report) or now - self.opened_at >= LATE_UNTIL):
            self.next_check_at = last_look(
                now, opened_at=self.opened_at, watch_until=self.watch_until, whole=report.whole
            )
        else:
            tries = None if settled or not self.signals else self.ambiguous
            self.next_check_at = next_poll(now, opened_at=self.opened_at, ambiguous=tries)
            self.ambiguous += 1

    def reserve_refund(self, transaction_id: str, amount: Money) -> Capture:
        """Set money of one capture aside for a refund; raises `RefundExceedsCapture` when it is not there."""
        self.captured, capture = reserved(self.captured, transaction_id, amount)
        return capture

    def refund_done(self, transaction_id: str, amount: Money) -> None:
        """Record that reserved money went back."""
        self.captured = given_back(self.captured, transaction_id, amount)
        whole = self.refunded_minor >= self.captured_minor
        target = AttemptStatus.REFUNDED if whole else AttemptStatus.PARTIALLY_REFUNDED
        if self.status not in (target, AttemptStatus.REFUNDED):
            self._become(target)

    def _turn(self, target: AttemptStatus, kind: AttemptEventKind, now: datetime) -> None:
        self._become(target)
        self._tell(kind, now)

    def _become(self, target: AttemptStatus) -> None:
        if target not in TRANSITIONS[self.status]:
            raise ValueError(f"an attempt cannot go from {self.status} to {target}")
        self.status = target

    def _tell(self, kind: AttemptEventKind, now: datetime, capture: Capture | None = None) -> None:
        money = (capture.transaction_id, capture.amount) if capture else ("", None)
        self.events.append(AttemptEvent.of(kind, self.id, self.order_id, now, *money))
