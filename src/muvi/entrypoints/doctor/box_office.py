"""Vista: each platform's token is tried with the smallest read there is."""

from __future__ import annotations

from collections.abc import AsyncIterator

from muvi.adapters.kit.http_client import VendorHttp, VendorReply
from muvi.entrypoints.doctor.answers import asked
from muvi.entrypoints.doctor.findings import Finding, check
from muvi.entrypoints.doctor.patient import Patient

SECTION = "box office"


@check(SECTION, "tokens", within_s=30)
async def tokens(patient: Patient) -> AsyncIterator[Finding]:
    """One cinema of the reference data, by each token in turn."""
    vista = patient.settings.vista

    async def one_cinema(http: VendorHttp) -> VendorReply:
        return await http.get("OData.svc/Cinemas", query=(("$format", "json"), ("$top", "1")))

    for platform, token in vista.tokens.items():
        yield await asked(
            patient,
            platform.value,
            vista.base_url,
            headers=(("connectApiToken", token),),
            question=one_cinema,
            names=("VISTA_BASE_URL", f"VISTA_{platform.upper()}_TOKEN"),
        )


CHECKS = (tokens,)
