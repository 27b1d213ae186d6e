"""The words of the payment page."""

from __future__ import annotations

from typing import Final

from muvi.application.payments.show_payment_page import PageState
from muvi.domain.shared.text import Language

WORDS: Final = {
    Language.EN: {
        "direction": "ltr",
        "house": "Muvi Cinemas",
        "title": "Payment · Muvi Cinemas",
        "other_code": "ar",
        "other_name": "العربية",
        "total": "Total",
        "time_left": "Your seats are held for",
        "over_title": "Time is up",
        "over": "No card was charged by this page. Please choose your seats again.",
        "back": "Back to Muvi",
        "broken_title": "The card form did not load",
        "broken": "Check your connection and reload the page. If you have just paid, wait: this page will "
        "tell you what became of it.",
        "noscript_title": "JavaScript is switched off",
        "noscript": "The card form comes from the payment provider and needs JavaScript. Switch it on and "
        "reload the page.",
        "wait_title": "Confirming your payment",
        "wait": "This usually takes a few seconds. Please do not pay again.",
        "wait_long": "Your bank is taking its time. You may close this page: we go on checking, and your "
        "tickets or your money will not be lost.",
        "footer": "Your card details go straight to the payment provider. Muvi never sees them.",
    },
    Language.AR: {
        "direction": "rtl",
        "house": "موفي سينما",
        "title": "الدفع · موفي سينما",
        "other_code": "en",
        "other_name": "English",
        "total": "الإجمالي",
        "time_left": "مقاعدك محجوزة لمدة",
        "over_title": "انتهى الوقت",
        "over": "لم تُخصم أي مبالغ من هذه الصفحة. يرجى اختيار مقاعدك من جديد.",
        "back": "العودة إلى موفي",
        "broken_title": "تعذر تحميل نموذج البطاقة",
        "broken": "تحقق من اتصالك وأعد تحميل الصفحة. إذا دفعت للتو فانتظر: ستعرض هذه الصفحة نتيجة الدفع.",
        "noscript_title": "جافاسكربت غير مفعّلة",
        "noscript": "نموذج البطاقة تابع لمزود الدفع ويحتاج إلى جافاسكربت. فعّلها ثم أعد تحميل الصفحة.",
        "wait_title": "جارٍ تأكيد الدفع",
        "wait": "يستغرق ذلك عادةً بضع ثوانٍ. يرجى عدم الدفع مرة أخرى.",
        "wait_long": "يستغرق البنك وقتًا أطول من المعتاد. يمكنك إغلاق هذه الصفحة: سنواصل التحقق، "
        "ولن تضيع تذاكرك ولا أموالك.",
        "footer": "تُرسل بيانات بطاقتك مباشرة إلى مزود الدفع، ولا تطّلع عليها موفي أبدًا.",
    },
}

CURRENCIES: Final = {Language.EN: {"SAR": "SAR"}, Language.AR: {"SAR": "ر.س"}}

_S = PageState
HEADINGS: Final = {
    Language.EN: {
        _S.PAYABLE: ("Pay for your tickets", "Enter your card to finish the booking."),
        _S.WAITING: ("Almost there", "We are waiting for your bank's answer."),
        _S.PAID: ("Payment received", "Your tickets are on their way to your order."),
        _S.REFUNDED: ("Payment refunded", "The whole amount is going back to your card."),
        _S.FAILED: ("The payment was declined", "You were not charged. Try again with another card."),
        _S.OVER: ("Time is up", "This payment is closed. Please choose your seats again."),
    },
    Language.AR: {
        _S.PAYABLE: ("ادفع ثمن تذاكرك", "أدخل بيانات بطاقتك لإتمام الحجز."),
        _S.WAITING: ("لحظات قليلة", "ننتظر رد البنك."),
        _S.PAID: ("تم استلام الدفع", "تذاكرك في طريقها إلى طلبك."),
        _S.REFUNDED: ("تمت إعادة المبلغ", "المبلغ كاملًا في طريقه إلى بطاقتك."),
        _S.FAILED: ("رُفضت عملية الدفع", "لم يُخصم أي مبلغ. جرّب بطاقة أخرى."),
        _S.OVER: ("انتهى الوقت", "أُغلقت عملية الدفع هذه. يرجى اختيار مقاعدك من جديد."),
    },
}

BACK_WITHOUT_A_PAYMENT: Final = {
    Language.EN: ("Thank you", "You may close this page. Your order shows whether the payment went through."),
    Language.AR: ("شكرًا لك", "يمكنك إغلاق هذه الصفحة. يعرض طلبك ما إذا تمت عملية الدفع."),
}
