"""What the sandbox is told from outside: addresses and the credentials that both sides agree on."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from muvi_sandbox.clock import Clock

PLATFORMS = ("website", "android", "ios", "huawei", "kiosk")
ENTITY_CARDS = "8ac7a4c79394bdc801939736f17e063d"
ENTITY_APPLE_PAY = "8ac7a4c79394bdc801939736f1b30641"
HYPERPAY_TOKEN = "sandbox-hyperpay-token"  # noqa: S105 - the sandbox's own, opens nothing real
WEBHOOK_KEY = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"


def _vista_tokens() -> dict[str, str]:
    return {platform: f"sandbox-vista-{platform}" for platform in PLATFORMS}


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxConfig:
    """One sandbox. Defaults are the credentials that the service uses outside production."""

    host: str = "127.0.0.1"
    port: int = 3900
    home: Path = Path(".muvi")
    seed: int = 1
    vista_tokens: Mapping[str, str] = field(default_factory=_vista_tokens)
    hyperpay_token: str = HYPERPAY_TOKEN
    hyperpay_entity: str = ENTITY_CARDS
    hyperpay_mada_entity: str = ""
    hyperpay_applepay_entity: str = ENTITY_APPLE_PAY
    hyperpay_webhook_key: str = WEBHOOK_KEY
    hyperpay_webhook_url: str = "http://127.0.0.1:3000/api/v1/cms/transactions/hyperpay-webhooks"
    unifonic_app_id: str = "sandbox-app"
    unifonic_token: str = "sandbox-unifonic-token"  # noqa: S105 - as above
    sendgrid_key: str = "sandbox-sendgrid-key"
    sendgrid_from: str = ""
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        """Raises ValueError for a webhook key that is not 32 bytes in hexadecimal."""
        if not re.fullmatch(r"[0-9A-Fa-f]{64}", self.hyperpay_webhook_key):
            raise ValueError("HYPER_PAY_WEBHOOK_KEY must be 64 hexadecimal characters")

    @property
    def url(self) -> str:
        """Where a client on this machine reaches the sandbox."""
        host = "127.0.0.1" if self.host in {"0.0.0.0", "::"} else self.host  # noqa: S104 - compared, not bound
        return f"http://{host}:{self.port}"

    @property
    def hyperpay_entities(self) -> tuple[str, ...]:
        """Every entity that the gateway knows, without repeats."""
        named = (self.hyperpay_entity, self.hyperpay_mada_entity, self.hyperpay_applepay_entity)
        return tuple(dict.fromkeys(entity for entity in named if entity))


def from_env(environ: Mapping[str, str] | None = None) -> SandboxConfig:
    """Read the environment names that the service reads too; an empty value counts as unset.

    Raises ValueError naming the variable.
    """
    env = os.environ if environ is None else environ

    def read(name: str, default: str) -> str:
        return env.get(name) or default

    def number(name: str, default: int) -> int:
        value = read(name, str(default))
        if not value.isdecimal():
            raise ValueError(f"{name} must be a whole number, not {value!r}")
        return int(value)

    callback = f"http://127.0.0.1:{number('SERVER_PORT', 3000)}/api/v1/cms/transactions/hyperpay-webhooks"
    return SandboxConfig(
        host=read("SANDBOX_HOST", "127.0.0.1"),
        port=number("SANDBOX_PORT", 3900),
        home=Path(read("MUVI_HOME", ".muvi")),
        seed=number("SANDBOX_SEED", 1),
        vista_tokens={
            name: read(f"VISTA_{name.upper()}_TOKEN", token) for name, token in _vista_tokens().items()
        },
        hyperpay_token=read("HYPER_PAY_TOKEN", HYPERPAY_TOKEN),
        hyperpay_entity=read("HYPER_PAY_ENTITY_ID", ENTITY_CARDS),
        hyperpay_mada_entity=read("HYPER_PAY_MADA_ENTITY_ID", ""),
        hyperpay_applepay_entity=read("HYPER_PAY_APPLEPAY_ENTITY_ID", ENTITY_APPLE_PAY),
        hyperpay_webhook_key=_first(read("HYPER_PAY_WEBHOOK_KEY", WEBHOOK_KEY)),
        hyperpay_webhook_url=read("HYPER_PAY_WEBHOOK_URL", callback),
        unifonic_app_id=read("UNIFONIC_APP_ID", "sandbox-app"),
        unifonic_token=read("UNIFONIC_AUTH_TOKEN", "sandbox-unifonic-token"),
        sendgrid_key=read("SENDGRID_API_KEY", "sandbox-sendgrid-key"),
        sendgrid_from=read("SENDGRID_FROM_EMAIL", ""),
    )


def _first(keys: str) -> str:
    """The key that the gateway seals with; the service may hold further ones while it is rotated."""
    return next(iter(keys.replace(",", " ").split()), "")
