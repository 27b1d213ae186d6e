"""What can be wrong with a ticket, its token or its tax QR."""

from __future__ import annotations

from muvi.domain.shared.errors import Invalid


class TicketCodeMalformed(Invalid):
    """The text is no ticket code: wrong length, or a character outside the alphabet."""

    code = "ticket-code-malformed"
    title = "This is not a ticket code"
    title_ar = "هذا ليس رمز تذكرة"


class TicketTokenMalformed(Invalid):
    """The scanned text is not laid out as an admission token."""

    code = "ticket-token-malformed"
    title = "This is not a ticket"
    title_ar = "هذه ليست تذكرة"


class TicketKeyUnknown(Invalid):
    """The token names a key the scanner does not hold: its key list is old, or the token is not ours."""

    code = "ticket-key-unknown"
    title = "The ticket was signed with an unknown key"
    title_ar = "التذكرة موقعة بمفتاح غير معروف"


class TicketForged(Invalid):
    """The signature does not belong to the claims."""

    code = "ticket-forged"
    title = "The ticket is not genuine"
    title_ar = "التذكرة غير أصلية"


class TicketForAnotherShowtime(Invalid):
    """A genuine ticket, shown at the wrong door or for another time; `facts` say which showtime it is for."""

    code = "ticket-for-another-showtime"
    title = "The ticket is for another showtime"
    title_ar = "التذكرة لعرض آخر"


class TaxQrUnencodable(Invalid):
    """A value does not fit the tax QR; `field` in the facts names it."""

    code = "tax-qr-unencodable"
    title = "The tax QR code cannot be made from these values"
    title_ar = "لا يمكن إنشاء رمز الفاتورة الضريبية من هذه القيم"
