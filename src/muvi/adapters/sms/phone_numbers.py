"""Numbers read with Google's metadata (`phonenumbers`)."""

from __future__ import annotations

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType
from typing_extensions import override

from muvi.domain.identity.phone import InvalidPhoneNumber, PhoneNumber
from muvi.ports.identity.phones import PhoneNumbers

HOME = "SA"
HOME_CODE = "966"
MAX_TYPED = 24
_MOBILE = frozenset({PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE})


class LibPhoneNumbers(PhoneNumbers):
    """Without a plus a number is Saudi. Some countries' plans cannot tell mobile from fixed; those pass."""

    @override
    def read(self, typed: str) -> PhoneNumber:
        text = typed.strip()
        if len(text) > MAX_TYPED or any(character.isalpha() for character in text):
            raise InvalidPhoneNumber
        if text.startswith("00"):
            text = "+" + text[2:]
        elif text.startswith(HOME_CODE):
            text = "+" + text
        try:
            number = phonenumbers.parse(text, HOME)
        except NumberParseException:
            raise InvalidPhoneNumber from None
        if number.extension or not phonenumbers.is_valid_number(number):
            raise InvalidPhoneNumber
        if phonenumbers.number_type(number) not in _MOBILE:
            raise InvalidPhoneNumber
        return PhoneNumber(phonenumbers.format_number(number, PhoneNumberFormat.E164))
