"""What people type, and what of it is a mobile number."""

import pytest

from muvi.adapters.memory.identity import MemoryPhoneNumbers
from muvi.adapters.sms.phone_numbers import LibPhoneNumbers
from muvi.domain.identity.phone import InvalidPhoneNumber, PhoneNumber
from muvi.ports.identity.phones import PhoneNumbers

BOTH = pytest.mark.parametrize("numbers", [LibPhoneNumbers(), MemoryPhoneNumbers()], ids=["lib", "memory"])


@BOTH
@pytest.mark.parametrize(
    "typed",
    [
        "+966512345678",
        "966512345678",
        "00966512345678",
        "0512345678",
        "512345678",
        " 05 1234 5678 ",
        "+966 51-234-5678",
    ],
)
def test_saudi_spellings_mean_one_number(numbers: PhoneNumbers, typed: str) -> None:
    assert numbers.read(typed) == PhoneNumber("+966512345678")


@BOTH
@pytest.mark.parametrize(
    "typed",
    [
        "",
        "hello",
        "+",
        "+966",
        "05123",
        "05123456789",
        "+9665123456789012345678",
        "+966112345678",  # a land line in Riyadh
        "+966920000000",  # a unified business number
        "0512345678;ext=1",
        "0512345678 x12",
        "051234567O",
        "+966512345678\n+966512345679",
        "' OR 1=1 --",
        "5" * 5000,
    ],
)
def test_anything_else_is_refused(numbers: PhoneNumbers, typed: str) -> None:
    with pytest.raises(InvalidPhoneNumber):
        numbers.read(typed)


def test_visitors_use_their_own_country() -> None:
    assert LibPhoneNumbers().read("+971501234567").e164 == "+971501234567"


def test_arabic_digits() -> None:
    assert LibPhoneNumbers().read("٠٥١٢٣٤٥٦٧٨").e164 == "+966512345678"
