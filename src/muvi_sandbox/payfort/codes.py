"""Response codes: two digits of status, three of message; the texts in both languages."""

PURCHASED = "14000"
REFUNDED = "06000"
STATUS_TOLD = "12000"
INCOMPLETE = "10000"
TO_CHALLENGE = "20064"
WAITING = "19000"
UNCERTAIN = "15777"
DECLINED = "13666"
NO_FUNDS = "13029"
CARD_EXPIRED = "13012"
BAD_CARD = "13002"
AUTHENTICATION_FAILED = "13030"
SESSION_OVER = "13778"
CANCELLED = "00072"
MISSING = "00001"
BAD_FORMAT = "00002"
BAD_SIGNATURE = "00008"
EXTRA_FIELD = "00027"
REFERENCE_USED = "00066"
NO_CARD_TO_KEEP = "17002"
EXPIRED_CARD_TO_KEEP = "17012"
NO_ORDER = "11036"
NO_ORDER_TO_REFUND = "07036"
TOO_MUCH = "07048"

_MESSAGES = {
    "000": ("Success", "عملية ناجحة"),
    "001": ("Missing parameter", "حقل مفقود"),
    "002": ("Invalid parameter format", "صيغة الحقل غير صحيحة"),
    "006": ("Technical problem", "مشكلة تقنية"),
    "007": ("Duplicate order number", "رقم الطلب مكرر"),
    "008": ("Signature mismatch", "التوقيع غير متطابق"),
    "012": ("Card expired", "انتهت صلاحية البطاقة"),
    "027": ("Invalid extra parameters", "حقول إضافية غير مقبولة"),
    "029": ("Insufficient funds", "الرصيد غير كافٍ"),
    "030": ("Authentication failed", "فشل التحقق من الهوية"),
    "036": ("Order not found", "الطلب غير موجود"),
    "048": ("Amount is above the captured amount", "المبلغ أكبر من المبلغ المحصل"),
    "064": ("3-D Secure check requested", "مطلوب التحقق ثلاثي الأبعاد"),
    "065": ("Waiting", "بانتظار التأكيد"),
    "066": ("Merchant reference already exists", "مرجع التاجر موجود مسبقًا"),
    "072": ("Transaction cancelled by the customer", "ألغى العميل العملية"),
    "666": ("Transaction declined", "رُفضت العملية"),
    "777": ("Transaction processed but not confirmed", "عولجت العملية ولم تُؤكد"),
    "778": ("Session timeout", "انتهت مهلة الجلسة"),
}
_PENDING = frozenset({"01", "10", "19", "20"})


def message(code: str, language: str) -> str:
    """Return the sentence for a code, in Arabic or English."""
    known = _MESSAGES.get(code[2:])
    if known is None:
        return f"result {code}"
    return known[language == "ar"]


def moved(code: str) -> bool:
    """Tell whether a purchase with this code took money."""
    return code == PURCHASED


def pending(code: str) -> bool:
    """Tell whether the end is still open."""
    return code[:2] in _PENDING
