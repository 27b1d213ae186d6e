"""Knobs of the gateway. Defaults are a friendly day; numbers that the vendor leaves open can be turned."""

from dataclasses import dataclass
from typing import Literal

from muvi_sandbox.courier import DeliveryKnobs
from muvi_sandbox.hyperpay import codes


@dataclass
class Knobs(DeliveryKnobs):
    """Durations are in seconds of the sandbox clock, those of webhooks in real seconds."""

    status_per_minute: int = 2
    query_per_minute: int = 2
    throttle_style: Literal["code", "bare"] = "code"
    checkout_life_s: float = 1800.0
    paid_once: bool = True
    challenge_life_s: float = 2400.0
    report_lag_s: float = 3.0
    success_code: str = codes.SUCCESS
    force_code: str = ""
    whole_amounts_only: bool = False
    pending_s: float = 10.0
    refund_pending_s: float = 0.0
    refund_volume_checked: bool = False
    empty_return_call: bool = False
    webhook_pending_first: bool = False
    webhook_wrapper: Literal["hex", "json"] = "hex"
    webhook_ndc: Literal["checkout", "entity"] = "checkout"
    webhook_key: str = ""
