"""What can be wrong with an order."""

from __future__ import annotations

from muvi.domain.shared.errors import Conflict, Expired, Invalid, NotFound


class OrderNotFound(NotFound):
    """No such order, or it is somebody else's."""

    code = "order-not-found"
    title = "There is no such order"
    title_ar = "الطلب غير موجود"


class OrderExpired(Expired):
    """The order's time is over; nothing can be changed on it."""

    code = "order-expired"
    title = "The order has expired"
    title_ar = "انتهت مهلة الطلب"


class OrderNotOpen(Conflict):
    """The order is confirmed or cancelled already. `order_status` says which."""

    code = "order-not-open"
    title = "The order can no longer be changed"
    title_ar = "لم يعد تعديل الطلب ممكنًا"


class OrderBusy(Conflict):
    """Another operation on the order is in flight."""

    code = "order-busy"
    title = "The order is being changed right now"
    title_ar = "يجري تعديل الطلب الآن"


class OrderExpiring(Conflict):
    """Too little time is left to pay."""

    code = "order-expiring"
    title = "There is not enough time left to pay"
    title_ar = "لم يتبقَّ وقت كافٍ للدفع"


class TooManyAttempts(Conflict):
    """So many payments were begun for this order that no more will be; `max_attempts` says how many. A form
    that is open may still be paid.
    """

    code = "too-many-payment-attempts"
    title = "Too many payments were tried for this order"
    title_ar = "عدد محاولات الدفع لهذا الطلب يتجاوز المسموح"


class OrderChanged(Conflict):
    """The box office holds something else than the buyer was shown; seats must be chosen again. `gone`: it
    holds nothing any more.
    """

    code = "order-changed"
    title = "The order has changed, please choose the seats again"
    title_ar = "تغيّر الطلب، يرجى اختيار المقاعد من جديد"

    def __init__(self, held: frozenset[str] = frozenset()) -> None:
        """`held`: the keys of the seats that the box office holds."""
        super().__init__("", **({} if held else {"gone": True}))
        self.held = held


class NotWaiting(Conflict):
    """The purchase or refund does not wait for a person (any more); `state` says where it stands."""

    code = "not-waiting"
    title = "This does not wait for a person"
    title_ar = "هذا لا ينتظر تدخل أحد الموظفين"


class NothingChosen(Conflict):
    """Pay before seats."""

    code = "seats-required"
    title = "Choose seats first"
    title_ar = "اختر المقاعد أولًا"


class PaymentInProgress(Conflict):
    """Seats cannot be changed while a payment is open."""

    code = "payment-in-progress"
    title = "A payment is in progress"
    title_ar = "توجد عملية دفع جارية"


class ShowtimeClosed(Conflict):
    """The showtime has begun or is not sold."""

    code = "showtime-closed"
    title = "This showtime is not on sale"
    title_ar = "هذا العرض غير متاح للحجز"


class OtherShowtime(Invalid):
    """The request names another showtime than the order's."""

    code = "other-showtime"
    title = "The order is for another showtime"
    title_ar = "الطلب يخص عرضًا آخر"


class CancellationNotAllowed(Conflict):
    """A confirmed order cannot be cancelled here."""

    code = "cancellation-not-allowed"
    title = "This order cannot be cancelled"
    title_ar = "لا يمكن إلغاء هذا الطلب"


class IllegalTransition(Conflict):
    """A state machine was asked for a step it does not have."""

    code = "illegal-transition"
    title = "The order cannot do that now"
    title_ar = "الحالة الراهنة للطلب لا تسمح بذلك"


class BuyerDetailsInvalid(Invalid):
    """A name or an address nobody could be written to with; `field` says which."""

    code = "invalid-buyer-details"
    title = "The name or email address cannot be used"
    title_ar = "الاسم أو البريد الإلكتروني غير صالح"
