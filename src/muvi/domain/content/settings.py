"""Settings of the chain that staff may change while everything runs; the defaults stand here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields

from muvi.domain.shared.text import LocalizedText


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainSettings:
    """The settings. Field names are the keys under which changes are stored."""

    maintenance_mode: bool = False
    max_seats: int = 10
    checkout_timeout_min: int = 10
    checkout_extended_time_in_3ds_s: int = 120
    otp_count_down_s: int = 60
    minutes_since_start_film: int = 15
    minutes_after_finish_film: int = 30
    starting_now_min: int = 60
    check_gap_between_seats_rule: bool = False
    check_gap_with_path_rule: bool = False
    app_store_url: str = ""
    play_store_url: str = ""
    experience_description: LocalizedText = field(default_factory=lambda: LocalizedText("", ""))
    offer_description: LocalizedText = field(default_factory=lambda: LocalizedText("", ""))
    contact_us_description: LocalizedText = field(default_factory=lambda: LocalizedText("", ""))
    food_menu_description: LocalizedText = field(default_factory=lambda: LocalizedText("", ""))
    voucher_redemption_description: LocalizedText = field(default_factory=lambda: LocalizedText("", ""))

    @classmethod
    def of(cls, stored: Mapping[str, object]) -> ChainSettings:
        """Lay stored values over the defaults; an unknown key or a value of another type is passed over."""
        known: dict[str, object] = {}
        defaults = cls()
        for one in fields(cls):
            value = stored.get(one.name)
            default = getattr(defaults, one.name)
            if isinstance(default, LocalizedText):
                value = _text(value)
            if type(value) is type(default):
                known[one.name] = value
        return cls(**known)  # type: ignore[arg-type]  # every value was compared with its default's type


def _text(value: object) -> LocalizedText | None:
    if isinstance(value, dict) and isinstance(value.get("en"), str) and isinstance(value.get("ar"), str):
        return LocalizedText(value["en"], value["ar"])
    return None
