"""The platform's published result codes and what each does to money."""

import re

import pytest

from muvi.adapters.payments.hyperpay.codes import CodeClass, classify, verdict_of
from muvi.domain.payments.report import Verdict

# Published: https://hyperpay.docs.oppwa.com/reference/resultCodes, by group.
PUBLISHED = {
    "success": "000.000.000 000.100.110 000.100.112 000.300.000 000.400.110 000.400.120 000.600.000",
    "success_manual_review": "000.400.000 000.400.010 000.400.020 000.400.100",
    "pending_short": "000.200.000 000.200.100 000.200.103",
    "pending_long": "800.400.500 100.400.500",
    "soft_decline_sca": "300.100.100",
    "rejected_3ds_intercard": "000.400.101 000.400.103 000.400.106",
    "rejected_bank": "800.100.151 800.100.153 800.100.157 800.100.159 800.100.160 800.100.162 800.100.172 "
    "800.700.100",
    "error_communication": "900.100.100 900.100.300 900.100.301 900.100.400 900.100.600 000.400.030",
    "error_system": "999.999.999",
    "rejected_blacklist": "800.300.101 800.300.200 800.300.301",
    "rejected_risk_validation": "800.110.100 800.120.100",
    "merchant_advice_block": "700.600.002 700.600.025 700.601.001 700.601.003",
    "chargeback": "000.100.200 000.100.220 000.100.221 000.100.232",
    "error_account_validation": "100.100.100 100.100.101 100.100.303",
    "error_amount_validation": "100.550.300 100.550.401",
    "error_config_validation": "600.200.100 600.200.201 500.100.201",
    "error_format_validation": "200.300.404 800.900.300",
    "error_reference_validation": "700.400.580",
}
CODES = [(code, group) for group, codes in PUBLISHED.items() for code in codes.split()]


@pytest.mark.parametrize(("code", "group"), CODES)
def test_published_codes_fall_into_their_groups(code: str, group: str) -> None:
    assert classify(code) is CodeClass(group)


def test_all_59_published_codes_are_here() -> None:
    assert len(CODES) == 59


@pytest.mark.parametrize("code", (PUBLISHED["success"] + " " + PUBLISHED["success_manual_review"]).split())
def test_money_under_review_was_taken(code: str) -> None:
    assert verdict_of(code) is Verdict.CAPTURED


@pytest.mark.parametrize("code", ["000.100.110", "000.100.112"])
def test_a_test_success_is_no_money_in_production(code: str) -> None:
    assert verdict_of(code, accept_test_codes=False) is Verdict.UNKNOWN
    assert verdict_of("000.000.000", accept_test_codes=False) is Verdict.CAPTURED


UNCLEAR = (
    "900.100.300 900.100.100 999.999.999 000.400.030 800.120.100 200.300.404 000.100.200 800.900.300 "
    "700.400.580 123.456.789 600.1 800.500.100 nonsense"
)


@pytest.mark.parametrize("code", ["", *UNCLEAR.split()])
def test_doubt_is_never_failure(code: str) -> None:
    assert verdict_of(code) is Verdict.UNKNOWN


@pytest.mark.parametrize("code", ["800.100.151", "100.100.101", "000.400.101", "100.396.101", "300.100.100"])
def test_refused_cards_are_declined(code: str) -> None:
    assert verdict_of(code) is Verdict.DECLINED


def test_timed_out_and_reversed_took_nothing() -> None:
    assert verdict_of("900.100.301") is Verdict.DECLINED


def test_nobody_has_paid_yet_is_not_a_challenge() -> None:
    assert verdict_of("000.200.100") is Verdict.UNPAID
    assert verdict_of("000.200.000") is Verdict.PENDING


def test_without_the_digit_exclusion_a_communication_failure_would_count_as_paid() -> None:
    """The twin: a known plugin's pattern takes 000.400.030 for money."""
    assert re.match(r"^(000\.400\.0|000\.400\.100)", "000.400.030")
    assert verdict_of("000.400.030") is not Verdict.CAPTURED
