"""The words of the payment page."""

from __future__ import annotations

from typing import Final

from muvi.application.payments.show_payment_page import PageState
from muvi.domain.shared.text import Language

WORDS: Final = {
    Language.EN: {
        "direction": "ltr",
        "house": "Muvi Cinemas",
        "other_code": "ar",
        "other_name": "العربية",
        "purchase": "Your booking",
        "cinema": "Cinema",
        "day": "Date",
        "time": "Time",
        "seats": "Seats",
        "total": "Total",
        "time_left": "Seats held for you",
        "hurry": "Less than a minute is left to pay.",
        "loading": "Loading the card form…",
        "slow": "This takes longer than usual. You may wait, or reload the page.",
        "reload": "Reload the page",
        "back": "Back to Muvi",
        "go_on": "Continue to payment",
        "broken_title": "The card form did not load",
        "broken": "Check your connection and reload the page. If you have just paid, wait: this page will "
        "tell you what became of it.",
        "noscript_title": "JavaScript is switched off",
        "noscript": "The card form comes from the payment provider and needs JavaScript. Switch it on and "
        "reload the page.",
        "wait_long": "Your bank is taking its time. You may close this page: we go on checking, and your "
        "tickets or your money will not be lost.",
        "another_lead": "Did you leave your bank's page without approving the payment?",
        "another": "Use another card",
        "rather_wait": "I approved it: wait for the answer",
        "footer": "Your card details go straight to the payment provider. Muvi never sees them.",
    },
    Language.AR: {
        "direction": "rtl",
        "house": "موفي سينما",
        "other_code": "en",
        "other_name": "English",
        "purchase": "حجزك",
        "cinema": "السينما",
        "day": "التاريخ",
        "time": "الوقت",
        "seats": "المقاعد",
        "total": "الإجمالي",
        "time_left": "مقاعدك محجوزة لمدة",
        "hurry": "بقيت أقل من دقيقة لإتمام الدفع.",
        "loading": "جارٍ تحميل نموذج البطاقة…",
        "slow": "يستغرق ذلك وقتًا أطول من المعتاد. يمكنك الانتظار أو إعادة تحميل الصفحة.",
        "reload": "إعادة تحميل الصفحة",
        "back": "العودة إلى موفي",
        "go_on": "المتابعة إلى الدفع",
        "broken_title": "تعذر تحميل نموذج البطاقة",
        "broken": "تحقق من اتصالك وأعد تحميل الصفحة. إذا دفعت للتو فانتظر: ستعرض هذه الصفحة نتيجة الدفع.",
        "noscript_title": "جافاسكربت غير مفعّلة",
        "noscript": "نموذج البطاقة تابع لمزود الدفع ويحتاج إلى جافاسكربت. فعّلها ثم أعد تحميل الصفحة.",
        "wait_long": "يستغرق البنك وقتًا أطول من المعتاد. يمكنك إغلاق هذه الصفحة: سنواصل التحقق، "
        "ولن تضيع تذاكرك ولا أموالك.",
        "another_lead": "هل غادرت صفحة البنك دون الموافقة على الدفع؟",
        "another": "استخدام بطاقة أخرى",
        "rather_wait": "وافقتُ على الدفع: انتظار النتيجة",
        "footer": "تُرسل بيانات بطاقتك مباشرة إلى مزود الدفع، ولا تطّلع عليها موفي أبدًا.",
    },
}

CURRENCIES: Final = {Language.EN: {"SAR": "SAR"}, Language.AR: {"SAR": "ر.س"}}

_S = PageState
HEADINGS: Final = {
    Language.EN: {
        _S.PAYABLE: ("Pay by card", ""),
        _S.DECLINED: ("The card was declined", "It was not charged. Please try another card."),
        _S.ANOTHER: (
            "Pay with another card",
            (
                "We do not know yet what became of the card before. Please pay only if you did not approve "
                "that payment. Should both be charged, one is paid back in full."
            ),
        ),
        _S.WAITING: (
            "Confirming your payment",
            "This usually takes a few seconds. Please do not pay again.",
        ),
        _S.PAID: ("Payment received", "Your tickets are on their way to your order."),
        _S.RETURNING: (
            "Your payment is going back",
            "We received it, but it pays for no tickets. The whole amount is going back to your card.",
        ),
        _S.REFUNDED: ("Payment refunded", "The whole amount is going back to your card."),
        _S.FAILED: (
            "The payment did not go through",
            (
                "The card was not charged. If you have just tried another one, please wait: this page will "
                "tell you what became of it. Otherwise, please start the payment again."
            ),
        ),
        _S.OVER: (
            "Time is up",
            (
                "No card is taken here any more. If you have just paid, please wait and do not pay again: "
                "this page will tell you what became of it. Otherwise, please choose your seats again."
            ),
        ),
        _S.ENDED: (
            "This booking is over",
            (
                "No payment has reached us, and the seats are no longer held for you. Please choose them "
                "again. Should your card be charged all the same, you get your tickets or the whole amount "
                "back."
            ),
        ),
    },
    Language.AR: {
        _S.PAYABLE: ("الدفع بالبطاقة", ""),
        _S.DECLINED: ("رُفضت البطاقة", "لم يُخصم منها أي مبلغ. يرجى تجربة بطاقة أخرى."),
        _S.ANOTHER: (
            "الدفع ببطاقة أخرى",
            (
                "لا نعرف بعد نتيجة البطاقة السابقة. يرجى الدفع فقط إذا لم توافق على تلك العملية. "
                "وإذا خُصم المبلغ من البطاقتين فسيُعاد إليك أحد المبلغين كاملًا."
            ),
        ),
        _S.WAITING: ("جارٍ تأكيد الدفع", "يستغرق ذلك عادةً بضع ثوانٍ. يرجى عدم الدفع مرة أخرى."),
        _S.PAID: ("تم استلام الدفع", "تذاكرك في طريقها إلى طلبك."),
        _S.RETURNING: (
            "سيُعاد إليك المبلغ",
            "استلمنا الدفع، لكنه لا يشمل أي تذاكر. المبلغ كاملًا في طريقه إلى بطاقتك.",
        ),
        _S.REFUNDED: ("تمت إعادة المبلغ", "المبلغ كاملًا في طريقه إلى بطاقتك."),
        _S.FAILED: (
            "لم تتم عملية الدفع",
            (
                "لم يُخصم أي مبلغ من البطاقة. إذا جرّبت بطاقة أخرى للتو فانتظر: ستعرض هذه الصفحة نتيجتها. "
                "وإلا فيرجى بدء الدفع من جديد."
            ),
        ),
        _S.OVER: (
            "انتهى الوقت",
            (
                "لم يعد الدفع ممكنًا هنا. إذا دفعت للتو فانتظر ولا تدفع مرة أخرى: ستعرض هذه الصفحة "
                "نتيجة الدفع. وإلا فيرجى اختيار مقاعدك من جديد."
            ),
        ),
        _S.ENDED: (
            "انتهى هذا الحجز",
            (
                "لم يصلنا أي مبلغ، ولم تعد المقاعد محجوزة لك. يرجى اختيارها من جديد. وإذا خُصم المبلغ من "
                "بطاقتك رغم ذلك فستحصل على تذاكرك أو يُعاد إليك المبلغ كاملًا."
            ),
        ),
    },
}

BACK_WITHOUT_A_PAYMENT: Final = {
    Language.EN: ("Thank you", "You may close this page. Your order shows whether the payment went through."),
    Language.AR: ("شكرًا لك", "يمكنك إغلاق هذه الصفحة. يعرض طلبك ما إذا تمت عملية الدفع."),
}
NO_SUCH_PAYMENT: Final = {
    Language.EN: (
        "There is no such payment",
        "The link is not whole, or too old. Your order shows whether it was paid; you can pay from there.",
    ),
    Language.AR: (
        "لا توجد عملية دفع كهذه",
        "الرابط غير كامل أو قديم. يعرض طلبك ما إذا تم الدفع، ومنه يمكنك الدفع مرة أخرى.",
    ),
}
