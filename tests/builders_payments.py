"""Payment attempts, reports and refunds with valid defaults."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from muvi.domain.payments.attempt import PaymentAttempt
from muvi.domain.payments.front_end import CardWidget, FrontEnd, HostedForm
from muvi.domain.payments.refund import Refund
from muvi.domain.payments.report import PaymentReport, ReportedTransaction, TransactionKind, Verdict
from muvi.domain.payments.watch import payable_until
from muvi.domain.shared.ids import ulid
from muvi.domain.shared.money import Money

NOW = datetime(2026, 1, 15, 14, 0, tzinfo=UTC)
PRICE = Money(8650)
A_WIDGET = CardWidget(
    script_url="https://gateway.invalid/widget.js", integrity="sha384-x", brands=("VISA", "MADA")
)
A_FORM = HostedForm(url="https://page.invalid/pay", fields={"amount": "8650", "signature": "00ff"})


def an_id(number: int = 1, at: datetime = NOW) -> UUID:
    """A ULID that is different for each number."""
    return ulid(at, number.to_bytes(10, "big"))


def an_attempt(
    number: int = 1,
    *,
    order_id: UUID | None = None,
    gateway: str = "memory",
    amount: Money = PRICE,
    now: datetime = NOW,
    success_url: str = "https://shop.example/paid",
    failed_url: str = "https://shop.example/failed",
) -> PaymentAttempt:
    """An attempt whose checkout is not opened yet."""
    return PaymentAttempt.initiated(
        id=an_id(number),
        order_id=order_id or an_id(1000 + number),
        gateway=gateway,
        amount=amount,
        now=now,
        success_url=success_url,
        failed_url=failed_url,
    )


def an_open_attempt(
    number: int = 1,
    *,
    checkout_id: str = "",
    entity: str = "entity",
    now: datetime = NOW,
    front: FrontEnd | None = None,
    **facts: object,
) -> PaymentAttempt:
    """An attempt whose checkout is open."""
    attempt = an_attempt(number, now=now, **facts)  # type: ignore[arg-type]
    attempt.opened(
        checkout_id=checkout_id or f"checkout-{number}",
        entity=entity,
        now=now,
        pay_by=payable_until(now + timedelta(minutes=10), now),
        front=front or A_WIDGET,
    )
    return attempt


def a_transaction(
    transaction_id: str = "t1",
    verdict: Verdict = Verdict.CAPTURED,
    *,
    amount: Money | None = PRICE,
    kind: TransactionKind = TransactionKind.DEBIT,
    reference: str = "",
) -> ReportedTransaction:
    """One row of a gateway."""
    return ReportedTransaction(
        id=transaction_id,
        kind=kind,
        verdict=verdict,
        code=str(verdict),
        entity="entity",
        amount=amount if verdict is Verdict.CAPTURED else None,
        reference=reference,
        brand="VISA",
        card_masked="411111******1111",
    )


def a_report(
    verdict: Verdict = Verdict.CAPTURED,
    *transactions: ReportedTransaction,
    retry_after_s: float | None = None,
) -> PaymentReport:
    """A report; a captured or declined one without rows gets one."""
    if not transactions and verdict in (Verdict.CAPTURED, Verdict.DECLINED):
        transactions = (a_transaction("t1" if verdict is Verdict.CAPTURED else "d1", verdict),)
    return PaymentReport(
        verdict=verdict, transactions=transactions, code=str(verdict), retry_after_s=retry_after_s
    )


def a_whole_report(*transactions: ReportedTransaction) -> PaymentReport:
    """The gateway's list of everything that one checkout led to."""
    return replace(a_report(Verdict.CAPTURED, *transactions), whole=True)


def a_paid_attempt(number: int = 1, *transactions: str, now: datetime = NOW) -> PaymentAttempt:
    """An attempt with a capture, or several."""
    attempt = an_open_attempt(number, now=now)
    rows = tuple(a_transaction(name) for name in transactions or (f"t{number}",))
    attempt.apply(a_report(Verdict.CAPTURED, *rows), now, signals_seen=0)
    return attempt


def a_refund(
    attempt: PaymentAttempt,
    number: int = 500,
    *,
    payment_id: str | None = None,
    amount: Money | None = None,
    now: datetime = NOW,
) -> Refund:
    """A refund of an attempt's first capture, whole unless told otherwise; reserves it in the attempt."""
    capture = attempt.captured[0]
    return Refund.requested(
        attempt,
        id=an_id(number),
        payment_id=payment_id or capture.transaction_id,
        amount=amount or capture.amount,
        reason="test",
        now=now,
    )
