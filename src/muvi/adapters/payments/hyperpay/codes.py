"""What HyperPay's result codes mean.

The groups and their patterns are the platform's own, in its order (reference/resultCodes of its
documentation). The digit left out of the review group keeps `000.400.030`, a communication failure, from
counting as paid.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache

from muvi.domain.payments.report import Verdict

NOBODY_PAID_YET = "000.200.100"
GONE = "200.300.404"
"""The status was given before, or the checkout is dead: the same for paid and abandoned ones."""
NO_SUCH_TRANSACTION = "700.400.580"
THROTTLED = "800.120.100"
BAD_CREDENTIALS = "800.900.300"
DUPLICATE = "800.110.100"
TIMED_OUT_AND_REVERSED = "900.100.301"
_TEST_MODE = ("000.100.110", "000.100.111", "000.100.112")


class CodeClass(StrEnum):
    """The platform's groups."""

    SUCCESS = "success"
    REVIEW = "success_manual_review"
    PENDING_SHORT = "pending_short"
    PENDING_LONG = "pending_long"
    REJECTED_3DS_INTERCARD = "rejected_3ds_intercard"
    REJECTED_BANK = "rejected_bank"
    ERROR_COMMUNICATION = "error_communication"
    ERROR_SYSTEM = "error_system"
    REJECTED_ASYNC = "rejected_async"
    SOFT_DECLINE = "soft_decline_sca"
    REJECTED_RISK = "rejected_external_risk"
    REJECTED_AVS = "rejected_avs"
    REJECTED_3DS = "rejected_3ds"
    REJECTED_BLACKLIST = "rejected_blacklist"
    REJECTED_RISK_VALIDATION = "rejected_risk_validation"
    ERROR_CONFIG = "error_config_validation"
    ERROR_REGISTRATION = "error_registration_validation"
    ERROR_JOB = "error_job_validation"
    ERROR_REFERENCE = "error_reference_validation"
    ERROR_FORMAT = "error_format_validation"
    ERROR_ADDRESS = "error_address_validation"
    ERROR_CONTACT = "error_contact_validation"
    ERROR_ACCOUNT = "error_account_validation"
    ERROR_AMOUNT = "error_amount_validation"
    ERROR_RISK_MANAGEMENT = "error_risk_management"
    CHARGEBACK = "chargeback"
    MERCHANT_ADVICE = "merchant_advice_block"
    UNLISTED = "unlisted"


_C = CodeClass
_GROUPS: tuple[tuple[CodeClass, re.Pattern[str]], ...] = tuple(
    (group, re.compile(pattern))
    for group, pattern in (
        (_C.SUCCESS, r"^(000\.000\.|000\.100\.1|000\.[36]|000\.400\.[1][12]0)"),
        (_C.REVIEW, r"^(000\.400\.0[^3]|000\.400\.100)"),
        (_C.PENDING_SHORT, r"^(000\.200)"),
        (_C.PENDING_LONG, r"^(800\.400\.5|100\.400\.500)"),
        (_C.REJECTED_3DS_INTERCARD, r"^(000\.400\.[1][0-9][1-9]|000\.400\.2)"),
        (_C.REJECTED_BANK, r"^(800\.[17]00|800\.800\.[123])"),
        (_C.ERROR_COMMUNICATION, r"^(900\.[1234]00|000\.400\.030)"),
        (_C.ERROR_SYSTEM, r"^(800\.[56]|999\.|600\.1|800\.800\.[84])"),
        (_C.REJECTED_ASYNC, r"^(100\.39[765])"),
        (_C.SOFT_DECLINE, r"^(300\.100\.100)"),
        (_C.REJECTED_RISK, r"^(100\.400\.[0-3]|100\.380\.100|100\.380\.11|100\.380\.4|100\.380\.5)"),
        (_C.REJECTED_AVS, r"^(800\.400\.1)"),
        (_C.REJECTED_3DS, r"^(800\.400\.2|100\.390)"),
        (_C.REJECTED_BLACKLIST, r"^(800\.[32])"),
        (_C.REJECTED_RISK_VALIDATION, r"^(800\.1[123456]0)"),
        (_C.ERROR_CONFIG, r"^(600\.[23]|500\.[12]|800\.121)"),
        (_C.ERROR_REGISTRATION, r"^(100\.[13]50)"),
        (_C.ERROR_JOB, r"^(100\.250|100\.360)"),
        (_C.ERROR_REFERENCE, r"^(700\.[1345][05]0)"),
        (_C.ERROR_FORMAT, r"^(200\.[123]|100\.[53][07]|800\.900|100\.[69]00\.500)"),
        (_C.ERROR_ADDRESS, r"^(100\.800)"),
        (_C.ERROR_CONTACT, r"^(100\.[97]00)"),
        (_C.ERROR_ACCOUNT, r"^(100\.100|100\.2[01])"),
        (_C.ERROR_AMOUNT, r"^(100\.55)"),
        (_C.ERROR_RISK_MANAGEMENT, r"^(100\.380\.[23]|100\.380\.101)"),
        (_C.CHARGEBACK, r"^(000\.100\.2)"),
        (_C.MERCHANT_ADVICE, r"^(700\.60[01])"),
    )
)
_UNKNOWN = frozenset({_C.ERROR_COMMUNICATION, _C.ERROR_SYSTEM, _C.CHARGEBACK, _C.UNLISTED})


@lru_cache(maxsize=512)
def classify(code: str) -> CodeClass:
    """The platform's group of a code; UNLISTED when it has none."""
    return next((group for group, pattern in _GROUPS if pattern.match(code)), CodeClass.UNLISTED)


def verdict_of(code: str, *, accept_test_codes: bool = True) -> Verdict:
    """What the code of one transaction says of its money.

    Only for codes of transactions, never for those of envelopes: a report's own `000.000.100` says nothing
    of any payment, although it matches the success pattern. A payment under review was taken. What the
    platform could not find out, or never listed, is unknown. A test-mode success is unknown in production.
    """
    group = classify(code)
    if group in (CodeClass.SUCCESS, CodeClass.REVIEW):
        taken = accept_test_codes or code not in _TEST_MODE
        return Verdict.CAPTURED if taken else Verdict.UNKNOWN
    if group in (CodeClass.PENDING_SHORT, CodeClass.PENDING_LONG):
        return Verdict.UNPAID if code == NOBODY_PAID_YET else Verdict.PENDING
    if code == TIMED_OUT_AND_REVERSED:
        return Verdict.DECLINED
    if group in _UNKNOWN or code in (THROTTLED, GONE, BAD_CREDENTIALS, NO_SUCH_TRANSACTION):
        return Verdict.UNKNOWN
    return Verdict.DECLINED
