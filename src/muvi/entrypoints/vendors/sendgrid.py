"""SendGrid, which delivers mail. Its public address is the default in production."""

from __future__ import annotations

from dataclasses import dataclass, field

from muvi.entrypoints.environment import Environment


@dataclass(frozen=True, slots=True, kw_only=True)
class SendgridSettings:
    """`sender`: the address letters come from, which the vendor has verified."""

    base_url: str
    api_key: str = field(repr=False)
    sender: str


def read(env: Environment, sandbox: str) -> SendgridSettings:
    """SENDGRID_*; faults are gathered by `env`."""
    usual = "https://api.sendgrid.com" if env.production else f"{sandbox}/sendgrid"
    sender = env.secret("SENDGRID_FROM_EMAIL", "tickets@muvi.example")
    return SendgridSettings(
        base_url=env.address("SENDGRID_BASE_URL", env.text("SENDGRID_BASE_URL", usual)),
        api_key=env.secret("SENDGRID_API_KEY", "sandbox-sendgrid-key"),
        sender=env.readable("SENDGRID_FROM_EMAIL", sender, _mail_address),
    )


def _mail_address(text: str) -> str:
    name, _, host = text.rpartition("@")
    if not name or not host or " " in text:
        raise ValueError("it is no mail address")
    return text
