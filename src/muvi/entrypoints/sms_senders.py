"""Who sends one-time codes, in the order of the house: the one mapping that everything else asks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from muvi.adapters.kit.http_client import VendorHttp
from muvi.adapters.sms.taqnyat import TaqnyatOtp, taqnyat_http
from muvi.adapters.sms.unifonic import UnifonicOtp, unifonic_http
from muvi.entrypoints.settings import Settings
from muvi.ports.identity.sms_otp import SmsOtp


@dataclass(frozen=True, slots=True)
class SmsSender:
    """One that is set up. `connect` opens its connections; `code_length`: the digits of its codes, None where
    nobody said. The variable that says it is `<NAME>_LENGTH`.
    """

    connect: Callable[[], tuple[VendorHttp, SmsOtp]]
    code_length: int | None


def _unifonic(settings: Settings) -> SmsSender:
    own = settings.unifonic

    def connect() -> tuple[VendorHttp, SmsOtp]:
        http = unifonic_http(own.base_url, app_id=own.app_id, token=own.token)
        return http, UnifonicOtp(http, channel=own.channel, length=own.code_length)

    return SmsSender(connect, own.code_length)


def _taqnyat(settings: Settings) -> SmsSender | None:
    own = settings.taqnyat
    if own is None:
        return None

    def connect() -> tuple[VendorHttp, SmsOtp]:
        http = taqnyat_http(own.base_url, api_key=own.api_key)
        return http, TaqnyatOtp(
            http, api_key=own.api_key, sender=own.sender, note=own.autofill_hash, length=own.code_length
        )

    return SmsSender(connect, own.code_length)


SMS_SENDERS: Mapping[str, Callable[[Settings], SmsSender | None]] = {
    "unifonic": _unifonic,
    "taqnyat": _taqnyat,
}
"""How each is made; None where it is not set up."""


def set_up(settings: Settings) -> dict[str, SmsSender]:
    """Those that can send here, in the order of the house."""
    made = {name: make(settings) for name, make in SMS_SENDERS.items()}
    return {name: sender for name, sender in made.items() if sender is not None}
