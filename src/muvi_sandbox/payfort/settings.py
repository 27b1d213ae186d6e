"""Knobs of the gateway. Defaults are a friendly day; numbers that the vendor leaves open can be turned."""

from dataclasses import dataclass, field
from typing import Literal

from muvi_sandbox.courier import DeliveryKnobs


@dataclass
class Knobs(DeliveryKnobs):
    """Durations are in seconds of the sandbox clock, those of webhooks in real seconds.

    `tries_on_page` is how many cards one page takes before the shopper is sent back; `token_code` is how a
    token that was made is told, 18062 and 18063 being successes too. The vendor repeats a
    notification ten times every ten seconds; here every second. `status_code` is told by CHECK_STATUS instead
    of the true one; the amounts beside it stay true. With `reference_once` a form is taken once
    even if nobody gave a card then.
    """

    tries_on_page: int = 1
    page_life_s: float = 1800.0
    challenge_life_s: float = 2400.0
    pending_s: float = 10.0
    status_lag_s: float = 0.0
    status_code: str = ""
    reference_once: bool = False
    force_code: str = ""
    token_code: str = "18000"  # noqa: S105 - a response code
    refund_code: str = ""
    empty_values: Literal["none", "skip", "keep"] = "none"
    upper_case: bool = False
    webhook_format: Literal["json", "form"] = "json"
    webhook_pending_first: bool = False
    webhook_retry_s: list[float] = field(default_factory=lambda: [1.0] * 10)
