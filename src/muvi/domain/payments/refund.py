"""Money on its way back: sent once, asked about until known, handed to a person when the gateway will not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from muvi.domain.payments.attempt import PaymentAttempt
from muvi.domain.payments.report import RefundReport, Verdict
from muvi.domain.shared.money import Money

REFUND_WINDOW = timedelta(days=60)
"""How long a gateway takes a refund that names its payment; later a person must pay it out."""
_MAX_ASKING = timedelta(days=7)
_BACK_OFF_S = (5.0, 15.0, 60.0, 300.0, 900.0, 3600.0)
_MAX_SEND_PAUSE_S = 900.0
"""A gateway out of reach is tried at least this often, for as long as it takes the refund at all."""
TOO_OLD = "too-old"
UNANSWERED = "unanswered"
UNREACHABLE = "unreachable"
_OVERDUE = timedelta(hours=3)
"""How long after it was asked for a refund that no gateway acknowledged is a person's business too."""


def overdue_since(now: datetime) -> datetime:
    """Refunds asked for then or before are overdue now, unless acknowledged or in a person's hands."""
    return now - _OVERDUE


class RefundStatus(StrEnum):
    """SENT covers everything whose outcome is not known yet; MANUAL waits for a person."""

    REQUESTED = "REQUESTED"
    SENT = "SENT"
    DONE = "DONE"
    MANUAL = "MANUAL"


class RefundStep(StrEnum):
    """What to do next."""

    SEND = "send"
    ASK = "ask"
    HAND_OVER = "hand-over"
    NOTHING = "nothing"


_S = RefundStatus
TRANSITIONS: dict[RefundStatus, frozenset[RefundStatus]] = {
    _S.REQUESTED: frozenset({_S.SENT, _S.MANUAL}),
    _S.SENT: frozenset({_S.DONE, _S.MANUAL, _S.REQUESTED}),  # back only when it surely had no effect
    _S.DONE: frozenset(),
    _S.MANUAL: frozenset({_S.DONE, _S.SENT, _S.REQUESTED}),  # a person says so, or has it tried again
}


@dataclass(slots=True, eq=False, kw_only=True)
class Refund:
    """One refund of one capture. Its id is our reference at the gateway; `payment_id` names the capture.

    `sends` counts tries, those without any effect included; it only lengthens the pauses between them.
    """

    id: UUID
    attempt_id: UUID
    order_id: UUID
    gateway: str
    entity: str
    payment_id: str
    amount: Money
    reason: str
    captured_at: datetime
    requested_at: datetime
    status: RefundStatus = RefundStatus.REQUESTED
    transaction_id: str = ""
    last_code: str = ""
    sends: int = 0
    asks: int = 0
    sent_at: datetime | None = None
    done_at: datetime | None = None
    next_at: datetime | None = None
    lease_until: datetime | None = None
    version: int = 0

    @classmethod
    def requested(
        cls,
        attempt: PaymentAttempt,
        *,
        id: UUID,  # noqa: A002
        payment_id: str,
        amount: Money,
        reason: str,
        now: datetime,
    ) -> Refund:
        """Ask for a refund and reserve it in the capture, so that no sum of refunds exceeds the money taken.

        Raises `RefundExceedsCapture`. Save both, the attempt with its row locked, in one phase.
        """
        capture = attempt.reserve_refund(payment_id, amount)
        return cls(
            id=id,
            attempt_id=attempt.id,
            order_id=attempt.order_id,
            gateway=attempt.gateway,
            entity=capture.entity,
            payment_id=payment_id,
            amount=amount,
            reason=reason,
            captured_at=capture.captured_at,
            requested_at=now,
            next_at=now,
        )

    @property
    def is_out(self) -> bool:
        """Whether it was sent and its outcome is not known."""
        return self.status is RefundStatus.SENT

    @property
    def is_done(self) -> bool:
        """Whether the money went back."""
        return self.status is RefundStatus.DONE

    @property
    def is_final(self) -> bool:
        """Whether no machine will work on it any more."""
        return self.status in (RefundStatus.DONE, RefundStatus.MANUAL)

    def next_step(self, now: datetime) -> RefundStep:
        """Decide. What was sent is asked about, never sent again on a guess.

        A send that surely had no effect is repeated until the gateway takes it no more. A week of doubt is
        ended by an answer, never by the clock alone: workers may have been down for that week.
        """
        match self.status:
            case RefundStatus.REQUESTED:
                return RefundStep.HAND_OVER if self.is_too_old(now) else RefundStep.SEND
            case RefundStatus.SENT:
                doubted = self.sent_at is not None and now - self.sent_at > _MAX_ASKING
                return RefundStep.HAND_OVER if doubted and self.asks else RefundStep.ASK
            case RefundStatus.DONE | RefundStatus.MANUAL:
                return RefundStep.NOTHING

    def others_minor(self, attempt: PaymentAttempt) -> int:
        """What other refunds of the same capture were ever asked for: each is reserved in it."""
        captures = (one for one in attempt.captured if one.transaction_id == self.payment_id)
        return max(0, sum(one.reserved_minor for one in captures) - self.amount.minor)

    def is_too_old(self, now: datetime) -> bool:
        """Whether no gateway takes it any more."""
        return now - self.captured_at > REFUND_WINDOW

    def take_lease(self, now: datetime, lease_s: float) -> bool:
        """Become the only one who works on it; False while somebody else is."""
        if self.lease_until is not None and self.lease_until > now:
            return False
        self.lease_until = now + timedelta(seconds=lease_s)
        return True

    def sending(self, now: datetime) -> None:
        """Commit this before the call: from here on its effect must be assumed possible."""
        self._become(RefundStatus.SENT)
        self.sends += 1
        self.asks = 0
        self.sent_at = now
        self.next_at = now + timedelta(seconds=_BACK_OFF_S[0])

    def answered(self, report: RefundReport, now: datetime) -> None:
        """Take over what the gateway says. NEVER_PAID: it knows of no such refund, so it may go out again."""
        self.lease_until = None
        if self.is_final:
            return
        self.last_code = report.code or self.last_code
        self.transaction_id = report.transaction_id or self.transaction_id
        match report.verdict:
            case Verdict.CAPTURED:
                self._become(RefundStatus.DONE)
                self.done_at, self.next_at = now, None
            case Verdict.DECLINED:
                self.hand_over(report.code)
            case Verdict.NEVER_PAID:
                self.unsent(now)
            case Verdict.PENDING | Verdict.UNPAID | Verdict.UNKNOWN:
                self._ask_later(now, report.retry_after_s)

    def is_overdue(self, now: datetime) -> bool:
        """Whether it is still tried though a gateway should long have taken it."""
        tried = not self.is_final and not self.transaction_id
        return tried and self.requested_at <= overdue_since(now)

    def unsent(self, now: datetime, retry_after_s: float | None = None, code: str = "") -> None:
        """The call surely had no effect: send again later, under the same reference. Not so where the gateway
        acknowledged the refund: that was of an earlier call, or this one went through after all. `code`: why.
        """
        self.lease_until = None
        self.last_code = code or self.last_code
        if self.transaction_id:
            self._ask_later(now, retry_after_s)
            return
        self._become(RefundStatus.REQUESTED)
        pause_s = min(retry_after_s or _back_off(self.sends), _MAX_SEND_PAUSE_S)
        self.next_at = now + timedelta(seconds=pause_s)

    def hand_over(self, code: str = "") -> None:
        """Give it to a person; the amount stays reserved. `code`: what the gateway said, if it did."""
        self.lease_until = None
        never_went = self.status is RefundStatus.REQUESTED
        self.last_code = code or (TOO_OLD if never_went else self.last_code or UNANSWERED)
        self._become(RefundStatus.MANUAL)
        self.next_at = None

    def try_again(self, now: datetime) -> None:
        """A person has it tried again, or at once: what waits for one and was ever sent is asked about first.

        Only when the gateway then surely knows of none does it go out again (`answered`, NEVER_PAID).
        """
        if self.status is RefundStatus.MANUAL:
            arrived = self.sends or self.transaction_id
            self._become(RefundStatus.SENT if arrived else RefundStatus.REQUESTED)
        self.asks, self.next_at = 0, now

    def paid_out(self, now: datetime) -> None:
        """A person gave the money back in some other way; no gateway is asked any more."""
        if self.status is not RefundStatus.MANUAL:
            raise ValueError("only a refund that waits for a person is paid out by one")
        self._become(RefundStatus.DONE)
        self.done_at, self.next_at = now, None

    def acknowledged(self, now: datetime, name: str) -> None:
        """The gateway speaks of it, under that name: so it arrived and is never sent again. Ask now."""
        if self.is_done:
            return
        self.transaction_id = self.transaction_id or name
        if self.status is RefundStatus.REQUESTED:  # taken for one that never arrived
            self._become(RefundStatus.SENT)
            self.sent_at, self.asks = self.sent_at or now, 0
        self.signal(now)

    def signal(self, now: datetime) -> None:
        """The gateway says there is news: ask now."""
        if self.status is RefundStatus.SENT:
            self.next_at = min(self.next_at or now, now)

    def _ask_later(self, now: datetime, retry_after_s: float | None) -> None:
        self.asks += 1
        wait = retry_after_s if retry_after_s is not None else _back_off(self.asks)
        self.next_at = now + timedelta(seconds=wait)

    def _become(self, target: RefundStatus) -> None:
        if target not in TRANSITIONS[self.status]:
            raise ValueError(f"a refund cannot go from {self.status} to {target}")
        self.status = target


def _back_off(tries: int) -> float:
    return _BACK_OFF_S[min(max(tries, 1), len(_BACK_OFF_S)) - 1]
