"""The senders of codes as the sandbox plays them: how each is reached, and how its calls are named there."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import httpx
from litestar import Litestar

from muvi.adapters.kit.http_client import VendorHttp
from muvi.adapters.sms.taqnyat import TaqnyatOtp
from muvi.adapters.sms.unifonic import UnifonicOtp
from muvi.ports.identity.sms_otp import SmsOtp

START, CHECK = "start", "check"
APP, TOKEN, KEY = "sandbox-app", "sandbox-unifonic-token", "sandbox-taqnyat-key"


@dataclass(frozen=True)
class Vendor:
    """`adapter` makes the port on a sandbox, with credentials that it knows or not."""

    name: str
    make: Callable[[Litestar, bool], SmsOtp]
    calls: Mapping[str, str]

    def adapter(self, app: Litestar, *, known: bool = True) -> SmsOtp:
        return self.make(app, known)

    def call(self, call: str) -> dict[str, str]:
        return {"system": self.name, "call": self.calls[call]}


def http(app: Litestar, path: str, *headers: tuple[str, str]) -> VendorHttp:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)  # a cut reply ends short
    return VendorHttp("sms", f"http://sandbox{path}", headers=headers, transport=transport)


def unifonic(app: Litestar, known: bool) -> SmsOtp:  # noqa: FBT001
    headers = (("x-authenticate-app-id", APP), ("Authorization", f"Bearer {TOKEN}")) if known else ()
    return UnifonicOtp(http(app, "/unifonic/services/api/v2", *headers))


def taqnyat(app: Litestar, known: bool) -> SmsOtp:  # noqa: FBT001
    key = KEY if known else "another"
    made = http(app, "/taqnyat", ("Authorization", f"Bearer {key}"))
    return TaqnyatOtp(made, api_key=key, sender="muviCinemas", note="FA+9qCX9VSu")


VENDORS = {
    vendor.name: vendor
    for vendor in (
        Vendor("unifonic", unifonic, {START: "verifications/start", CHECK: "verifications/check"}),
        Vendor("taqnyat", taqnyat, {START: "verify/send", CHECK: "verify/check"}),
    )
}
