"""Who sends texts and letters. Nothing is sent: each is asked for something incomplete, to be refused."""

from __future__ import annotations

from collections.abc import AsyncIterator

from muvi.adapters.kit.http_client import VendorHttp, VendorReply
from muvi.domain.identity.challenge import SAFE_LENGTH
from muvi.entrypoints.doctor.answers import Manner, asked
from muvi.entrypoints.doctor.findings import Finding, check, ok, warning
from muvi.entrypoints.doctor.patient import Patient
from muvi.entrypoints.sms_senders import set_up

SMS, MAIL = "SMS", "mail"


@check(SMS, "unifonic")
async def unifonic(patient: Patient) -> AsyncIterator[Finding]:
    """Compare a code of no number: credentials are looked at first."""
    settings = patient.settings.unifonic

    async def of_nobody(http: VendorHttp) -> VendorReply:
        return await http.post_form("/verifications/check", ())

    yield await asked(
        patient,
        "unifonic",
        settings.base_url,
        headers=(
            ("x-authenticate-app-id", settings.app_id),
            ("Authorization", f"Bearer {settings.token}"),
        ),
        question=of_nobody,
        names=("UNIFONIC_URL", "UNIFONIC_APP_ID and UNIFONIC_AUTH_TOKEN"),
    )


@check(SMS, "taqnyat")
async def taqnyat(patient: Patient) -> AsyncIterator[Finding]:
    """Ask what is left on the account."""
    settings = patient.settings.taqnyat
    if settings is None:
        yield ok("taqnyat", "not configured: there is one sender only")
        return

    async def balance(http: VendorHttp) -> VendorReply:
        return await http.get("/account/balance")

    yield await asked(
        patient,
        "taqnyat",
        settings.base_url,
        headers=(("Authorization", f"Bearer {settings.api_key}"),),
        question=balance,
        names=("TAQNYAT_URL", "TAQNYAT_API_KEY"),
        manner=Manner(optional=True),
    )


@check(SMS, "codes")
async def codes(patient: Patient) -> AsyncIterator[Finding]:
    """How long codes are, by each sender: few digits are easily guessed, and accounts may decide."""
    lengths = {name: sender.code_length for name, sender in set_up(patient.settings).items()}
    short = {name: digits for name, digits in lengths.items() if digits is None or digits < SAFE_LENGTH}
    if not patient.settings.production or not short:
        yield ok("codes", "long enough, or only for trying things out")
        return
    for name, digits in short.items():
        said = "of a length that nobody told us" if digits is None else f"of {digits} digits only"
        yield warning(
            "codes",
            f"{name}: {said}; a stranger's guess is a hundred times likelier with 4 digits than with 6",
            f"have the account set to {SAFE_LENGTH} digits, and {name.upper()}_LENGTH to {SAFE_LENGTH}",
        )


@check(MAIL, "sendgrid")
async def sendgrid(patient: Patient) -> AsyncIterator[Finding]:
    """A letter without anything in it, to nobody."""
    settings = patient.settings.sendgrid

    async def nothing(http: VendorHttp) -> VendorReply:
        return await http.post_json("/v3/mail/send", {})

    yield await asked(
        patient,
        "sendgrid",
        settings.base_url,
        headers=(("Authorization", f"Bearer {settings.api_key}"),),
        question=nothing,
        names=("SENDGRID_BASE_URL", "SENDGRID_API_KEY"),
    )


CHECKS = (unifonic, taqnyat, codes, sendgrid)
