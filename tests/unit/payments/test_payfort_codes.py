"""What PayFort's codes say of money: the vendor's table of transaction codes, and those its plug-in holds."""

import pytest

from muvi.adapters.payments.payfort.codes import is_unrecognised, refund_verdict_of, verdict_of
from muvi.adapters.payments.payfort.wire import Answer, minor_amount, purchase
from muvi.domain.payments.report import TransactionKind, Verdict
from muvi.domain.shared.money import Money


@pytest.mark.parametrize(
    ("verdict", "codes"),
    [
        (Verdict.CAPTURED, "02000 14000 04000 06000"),
        (Verdict.PENDING, "20064 19000 19065 01000 10000 40000"),
        (Verdict.DECLINED, "13666 13029 13012 03000 00072 00002 13778 17773 08000"),
        (Verdict.UNKNOWN, "15777 15778 15779 15780 15781 14777 15000"),
        (Verdict.UNKNOWN, "00006 01006 03006 07006 09006 11006 17006 00007 00066 13784 13785 06047"),
        (Verdict.UNKNOWN, "05000 05666 07000 07036 07048 09000 09666"),
        (Verdict.UNKNOWN, "18000 52062 88000 58000 99999 1 "),
    ],
)
def test_each_code_has_its_verdict(verdict: Verdict, codes: str) -> None:
    assert {code: verdict_of(code) for code in codes.split()} == dict.fromkeys(codes.split(), verdict)


def told(code: str, **facts: str) -> Answer:
    return Answer(
        response_code="12000", transaction_code=code, **({"fort_id": "1", "captured_amount": "0"} | facts)
    )


@pytest.mark.parametrize(
    ("verdict", "codes"),
    [
        (Verdict.CAPTURED, "06000"),
        (Verdict.DECLINED, "07036 07048 07666 00001 00027 11036"),
        (Verdict.PENDING, "01000 19000 20000 40000"),
        (Verdict.UNKNOWN, "02000 04000 08000 12000 14000 06777 06001 07006 07784 13666 15777 00047 99999 1"),
    ],
)
def test_each_answer_to_a_refund_has_its_verdict(verdict: Verdict, codes: str) -> None:
    assert {code: refund_verdict_of(code) for code in codes.split()} == dict.fromkeys(codes.split(), verdict)


@pytest.mark.parametrize(
    ("code", "message", "ours"),
    [
        *[(code, "", True) for code in ("00008", "00009", "00010", "11008")],
        ("00002", "Invalid parameter format - access_code", True),
        ("00002", "Invalid Merchant Identifier", True),
        ("00002", "Invalid parameter format", False),
        ("00002", "Invalid parameter format - merchant_reference", False),
        ("00001", "Missing parameter access_code", False),
        ("07666", "", False),
    ],
)
def test_which_codes_say_that_our_credentials_are_wrong(
    code: str,
    message: str,
    ours: bool,  # noqa: FBT001
) -> None:
    assert is_unrecognised(code, message) is ours


@pytest.mark.parametrize("code", ["14000", "06000", "13666", "00066", "15777", "10000", "07048", "00072"])
def test_money_that_was_taken_outweighs_what_came_after_it(code: str) -> None:
    row = purchase(told(code, captured_amount="8650"), "SAR", "m")
    assert (row.verdict, row.amount, row.kind) == (Verdict.CAPTURED, Money(8650), TransactionKind.DEBIT)


@pytest.mark.parametrize("amount", ["65.00", "x", "-1", "8650 SAR", "9" * 11, "9" * 5000])
@pytest.mark.parametrize("code", ["07048", "13666", "10000", "00072", "14000"])
def test_an_amount_that_cannot_be_read_leaves_everything_open(code: str, amount: str) -> None:
    row = purchase(told(code, captured_amount=amount), "SAR", "m")
    assert (row.verdict, row.amount) == (Verdict.UNKNOWN, None)


def test_without_any_amount_the_code_tells() -> None:
    assert purchase(told("13666", captured_amount=""), "SAR", "m").verdict is Verdict.DECLINED


@pytest.mark.parametrize("facts", [{}, {"captured_amount": "8650", "fort_id": ""}, {"captured_amount": "x"}])
def test_a_success_without_amount_or_id_proves_nothing(facts: dict[str, str]) -> None:
    row = purchase(told("14000", **facts), "SAR", "m")
    assert (row.verdict, row.amount) == (Verdict.UNKNOWN, None)


def test_reserved_money_is_not_taken() -> None:
    row = purchase(told("02000"), "SAR", "m")
    assert (row.kind, row.verdict, row.amount) == (TransactionKind.AUTHORIZATION, Verdict.CAPTURED, None)


@pytest.mark.parametrize(
    ("money", "text"), [(Money(6500), "6500"), (Money(6500, "KWD"), "6500"), (Money(1), "1")]
)
def test_amounts_are_minor_units_of_their_currency(money: Money, text: str) -> None:
    assert minor_amount(money) == text


@pytest.mark.parametrize("minor", [0, 10**10])
def test_amounts_that_do_not_fit_are_refused(minor: int) -> None:
    with pytest.raises(ValueError, match="digits"):
        minor_amount(Money(minor))
