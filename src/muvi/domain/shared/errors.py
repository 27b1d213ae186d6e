"""Error families of the core.

A domain error says what happened, never how a transport shows it. `code` is kebab-case, unique and stable:
clients branch on it. Typed facts travel in `facts` and appear as extension members of a problem document.
"""

from __future__ import annotations

from typing import ClassVar


class DomainError(Exception):
    """A rule of the business was not met; the message is for people, `code` is for programs."""

    code: ClassVar[str] = "rule-broken"
    title: ClassVar[str] = "The request breaks a rule"
    title_ar: ClassVar[str] = "الطلب يخالف إحدى القواعد"

    def __init__(self, message: str = "", **facts: object) -> None:
        super().__init__(message or self.title)
        self.facts = facts


class NotFound(DomainError):
    """The thing does not exist, or is not for the asker to see."""

    code = "not-found"
    title = "Not found"
    title_ar = "غير موجود"


class Conflict(DomainError):
    """The state of the thing forbids this now."""

    code = "conflict"
    title = "The current state does not allow this"
    title_ar = "الحالة الراهنة لا تسمح بذلك"


class InvariantBroken(DomainError):
    """The last guard stopped what our own rules should never have let through: a defect, nothing changed.

    The message names the guard; it is for the log, not for whoever asked.
    """

    code = "invariant-broken"
    title = "Something went wrong on our side; nothing has changed"
    title_ar = "حدث خطأ من جانبنا ولم يتغير شيء"


class AlreadyThere(InvariantBroken):
    """Something else has this name, number or id. A use case that may meet this tells it in words of its
    own.
    """

    code = "already-there"
    title = "This is there already"
    title_ar = "موجود مسبقًا"


class ReferenceLost(InvariantBroken):
    """What this refers to is not there, or is going away while something refers to it. A use case that may
    meet this tells it in words of its own.
    """

    code = "reference-lost"
    title = "Something that belongs to this is not there any more"
    title_ar = "عنصر مرتبط بهذا لم يعد موجودًا"


class Expired(DomainError):
    """The time for this has passed."""

    code = "expired"
    title = "Too late"
    title_ar = "انتهت المهلة"


class Forbidden(DomainError):
    """The actor may not do this."""

    code = "forbidden"
    title = "Not allowed"
    title_ar = "غير مسموح"


class Unauthenticated(DomainError):
    """Nobody known is asking."""

    code = "unauthenticated"
    title = "Sign in first"
    title_ar = "يلزم تسجيل الدخول"


class PaymentRefused(DomainError):
    """The payer's bank or the gateway said no."""

    code = "payment-refused"
    title = "The payment was refused"
    title_ar = "رُفضت عملية الدفع"


class LimitReached(DomainError):
    """Too many tries; `retry_after_s` says when to come back."""

    code = "limit-reached"
    title = "Too many attempts"
    title_ar = "محاولات كثيرة"


class Invalid(DomainError):
    """The request is well formed but asks for something that cannot be."""

    code = "invalid"
    title = "The request cannot be accepted"
    title_ar = "تعذر قبول الطلب"
