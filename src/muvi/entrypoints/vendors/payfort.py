"""PayFort (Amazon Payment Services), the second payment gateway: its addresses, account and phrases."""

from __future__ import annotations

from dataclasses import dataclass, field

from muvi.adapters.payments.payfort.signature import Signer
from muvi.entrypoints.environment import Environment

NAMES = (
    "PAYFORT_BASE_URL",
    "PAYFORT_PAGE_URL",
    "PAYFORT_ACCESS_CODE",
    "PAYFORT_MERCHANT_IDENTIFIER",
    "PAYFORT_SHA_REQUEST_PHRASE",
    "PAYFORT_SHA_RESPONSE_PHRASE",
)
DIGESTS = ("sha-256", "sha-512", "sha256", "sha512")


@dataclass(frozen=True, slots=True, kw_only=True)
class PayFortSettings:
    """`base_url`: the payment API, whole; `page_url`: where browsers post the form of a payment."""

    base_url: str
    page_url: str
    access_code: str = field(repr=False)
    merchant_identifier: str
    signer: Signer

    @property
    def api(self) -> tuple[str, str]:
        """The payment API as a base address and the path below it."""
        base, _, path = self.base_url.rpartition("/")
        return base, path


def read(env: Environment, sandbox: str) -> PayFortSettings | None:
    """PAYFORT_*; faults are gathered by `env`. None in production when none of them is set: not in use."""
    if env.production and not env.all_or_none(NAMES):
        return None
    digest = env.one_of("PAYFORT_SHA_TYPE", "sha-256", DIGESTS).replace("-", "")
    return PayFortSettings(
        base_url=env.partner("PAYFORT_BASE_URL", f"{sandbox}/payfort/FortAPI/paymentApi"),
        page_url=env.partner("PAYFORT_PAGE_URL", f"{sandbox}/payfort/FortAPI/paymentPage"),
        access_code=env.secret("PAYFORT_ACCESS_CODE", "sandboxAccessCode000"),
        merchant_identifier=env.secret("PAYFORT_MERCHANT_IDENTIFIER", "sandboxM"),
        signer=Signer(
            digest=digest,
            request_phrase=env.secret("PAYFORT_SHA_REQUEST_PHRASE", "sandbox-request-phrase"),
            response_phrase=env.secret("PAYFORT_SHA_RESPONSE_PHRASE", "sandbox-response-phrase"),
        ),
    )
