"""Unifonic, which sends and verifies sign-in codes."""

from __future__ import annotations

from dataclasses import dataclass, field

from muvi.domain.identity.challenge import CODE_LENGTHS
from muvi.entrypoints.environment import Environment


@dataclass(frozen=True, slots=True, kw_only=True)
class UnifonicSettings:
    """`channel`: how a code travels, such as `sms`; `code_length`: its digits."""

    base_url: str
    token: str = field(repr=False)
    app_id: str
    channel: str
    code_length: int


def read(env: Environment, sandbox: str) -> UnifonicSettings:
    """UNIFONIC_*; faults are gathered by `env`."""
    return UnifonicSettings(
        base_url=env.partner("UNIFONIC_URL", f"{sandbox}/unifonic/services/api/v2"),
        token=env.secret("UNIFONIC_AUTH_TOKEN", "sandbox-unifonic-token"),
        app_id=env.secret("UNIFONIC_APP_ID", "sandbox-app"),
        channel=env.text("UNIFONIC_CHANNEL", "sms"),
        code_length=env.number("UNIFONIC_LENGTH", 6, least=CODE_LENGTHS[0], most=CODE_LENGTHS[-1]),
    )
