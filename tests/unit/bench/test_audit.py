"""The audit sees what is wrong, and only that."""

import pytest
from bench import audit
from bench.buyers import Bought

BOOKING = {
    "event": "booking-completed",
    "bookingId": "WAAA",
    "cinemaId": "0001",
    "totalCents": 5000,
    "tenders": [{"reference": "d1"}],
    "sessions": {"7": ["1-0-1", "1-0-2"]},
}
DEBIT = {"event": "debit", "id": "d1", "amount_minor": 5000}
SEEN = Bought("o1", "s1", frozenset({"1-0-1", "1-0-2"}), 5000, "WAAA", 0.0)


def test_all_is_well() -> None:
    assert audit.compared([BOOKING], [DEBIT], [SEEN]) == []


@pytest.mark.parametrize(
    ("vista", "hyperpay", "seen", "words"),
    [
        ([BOOKING, {**BOOKING, "bookingId": "WBBB", "tenders": []}], [DEBIT], [], "booked 2 times"),
        ([], [], [SEEN], "without a booking"),
        ([{**BOOKING, "sessions": {"7": ["1-0-9"]}}], [DEBIT], [SEEN], "other seats"),
        ([], [DEBIT], [], "bought nothing"),
        ([{**BOOKING, "totalCents": 4000}], [DEBIT], [], "costs 4000 and 5000"),
    ],
)
def test_a_fault_is_named(
    vista: list[dict[str, object]], hyperpay: list[dict[str, object]], seen: list[Bought], words: str
) -> None:
    assert any(words in fault for fault in audit.compared(vista, hyperpay, seen))


def test_money_given_back_bought_nothing_rightly() -> None:
    back = {"event": "refund", "referencedId": "d1"}
    assert audit.compared([], [DEBIT, back], []) == []


def test_the_same_number_of_another_cinema_is_another_session() -> None:
    other = {**BOOKING, "bookingId": "WBBB", "cinemaId": "0002", "tenders": [{"reference": "d2"}]}
    assert audit.compared([BOOKING, other], [DEBIT, {**DEBIT, "id": "d2"}], []) == []
