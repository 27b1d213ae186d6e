"""Payment gateways: each account is asked about a reference that nobody ever used."""

from __future__ import annotations

from collections.abc import AsyncIterator
from http import HTTPStatus

import msgspec

from muvi.adapters.kit.http_client import VendorHttp, VendorReply
from muvi.adapters.payments.hyperpay.codes import BAD_CREDENTIALS
from muvi.adapters.payments.hyperpay.wire import read
from muvi.adapters.payments.payfort.codes import NOT_FOUND, message_of
from muvi.adapters.payments.payfort.wire import Answer
from muvi.adapters.payments.payfort.wire import read as read_payfort
from muvi.entrypoints.doctor.answers import Manner, asked, by_status, way_to
from muvi.entrypoints.doctor.findings import Finding, check, failure, ok, warning
from muvi.entrypoints.doctor.patient import Patient
from muvi.ports.errors import PortError

SECTION = "payment gateways"
NOBODYS = "MUVIDOCTOR"


@check(SECTION, "hyperpay", within_s=20)
async def hyperpay(patient: Patient) -> AsyncIterator[Finding]:
    """The report knows no such reference; a wrong token or account is told before that."""
    settings = patient.settings.hyperpay
    for group, entity in settings.entities.items():
        query = (("entityId", entity), ("merchantTransactionId", NOBODYS))

        async def report(http: VendorHttp, query: tuple[tuple[str, str], ...] = query) -> VendorReply:
            return await http.get("v1/query", query=query)

        token, account = "HYPER_PAY_TOKEN", f"HYPER_PAY_{'' if group == 'DEFAULT' else f'{group}_'}ENTITY_ID"
        yield await asked(
            patient,
            f"hyperpay {group.lower()}",
            settings.base_url,
            headers=(("Authorization", f"Bearer {settings.token}"),),
            question=report,
            manner=Manner(understood=_a_report, accepted=_accepted),
            names=("HYPER_PAY_BASE_URL", f"{token} or {account}"),
        )


def _a_report(reply: VendorReply) -> bool:
    """Every answer of the platform has a result code, whatever its status."""
    return bool(read(reply.status, reply.body).code)


def _accepted(reply: VendorReply) -> bool:
    return by_status(reply) and read(reply.status, reply.body).code != BAD_CREDENTIALS


@check(SECTION, "payfort")
async def payfort(patient: Patient) -> AsyncIterator[Finding]:
    """CHECK_STATUS knows no such reference; a wrong account or phrase is told before that."""
    settings = patient.settings.payfort
    if settings is None:
        yield ok("payfort", "is not in use")
        return
    base_url, path = settings.api
    asked_for = settings.signer.signed(
        {
            "query_command": "CHECK_STATUS",
            "access_code": settings.access_code,
            "merchant_identifier": settings.merchant_identifier,
            "merchant_reference": NOBODYS,
            "language": "en",
        }
    )

    def known(reply: VendorReply) -> bool:
        answer = read_payfort(reply.body, settings.signer)
        return answer is not None and message_of(answer.response_code) == NOT_FOUND

    yield await asked(
        patient,
        "payfort",
        base_url,
        headers=(),
        question=lambda http: http.post_json(path, asked_for, safe=True),
        manner=Manner(understood=_of_the_api, accepted=known),
        names=("PAYFORT_BASE_URL", "PAYFORT_ACCESS_CODE, PAYFORT_MERCHANT_IDENTIFIER or PAYFORT_SHA_…"),
    )


def _of_the_api(reply: VendorReply) -> bool:
    """Whether the payment API says something, signed or not: what it refuses may be unsigned."""
    try:
        return bool(msgspec.json.decode(reply.body, type=Answer).response_code)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return False


@check(SECTION, "payfort page")
async def payfort_page(patient: Patient) -> AsyncIterator[Finding]:
    """Whether there is a page for buyers' forms; that it wants a posted one is fine."""
    settings = patient.settings.payfort
    if settings is None:
        return
    about, remedy = "payfort page", "look at PAYFORT_PAGE_URL"
    base_url, _, path = settings.page_url.rpartition("/")
    try:
        async with patient.http(base_url) as http:
            reply = await http.get(path)
    except PortError as error:
        yield failure(about, f"not reachable: {error}", way_to(patient, base_url, "PAYFORT_PAGE_URL"))
        return
    if reply.status in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE):
        yield failure(about, f"there is no such page ({reply.status})", remedy)
    elif reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        yield warning(about, f"answers {reply.status} to somebody who brings no form", remedy)
    else:
        yield ok(about, "is there")


@check(SECTION, "offered")
async def offered(patient: Patient) -> AsyncIterator[Finding]:
    """Which gateways take new payments."""
    first, *others = patient.settings.payment_gateways
    beside = f"; beside it {', '.join(others)}" if others else ""
    yield ok("new payments", f"go to {first} unless the buyer names another{beside}")


CHECKS = (hyperpay, payfort, payfort_page, offered)
