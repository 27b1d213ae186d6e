"""What the sandbox is told from outside: addresses and the credentials that both sides agree on."""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from muvi_sandbox.clock import Clock

PLATFORMS = ("website", "android", "ios", "huawei", "kiosk")
ENTITY_CARDS = "8ac7a4c79394bdc801939736f17e063d"
ENTITY_APPLE_PAY = "8ac7a4c79394bdc801939736f1b30641"
HYPERPAY_TOKEN = "sandbox-hyperpay-token"  # noqa: S105 - the sandbox's own, opens nothing real
WEBHOOK_KEY = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

_API = "http://127.0.0.1:3000/api/v1"
PAYFORT_ACCESS_CODE = "sandboxAccessCode000"
PAYFORT_MERCHANT = "sandboxM"
PAYFORT_REQUEST_PHRASE = "sandbox-request-phrase"
PAYFORT_RESPONSE_PHRASE = "sandbox-response-phrase"


def _vista_tokens() -> dict[str, str]:
    return {platform: f"sandbox-vista-{platform}" for platform in PLATFORMS}


@dataclass(frozen=True, slots=True, kw_only=True)
class PayfortConfig:
    """One merchant of PayFort: its account, its two phrases, and where it listens."""

    access_code: str = PAYFORT_ACCESS_CODE
    merchant_identifier: str = PAYFORT_MERCHANT
    sha_type: str = "sha256"
    request_phrase: str = PAYFORT_REQUEST_PHRASE
    response_phrase: str = PAYFORT_RESPONSE_PHRASE
    webhook_url: str = f"{_API}/cms/transactions/payfort-webhooks"
    return_url: str = f"{_API}/transactions/payfort"

    def __post_init__(self) -> None:
        """Raises ValueError for a digest that the gateway does not know."""
        if self.sha_type not in {"sha256", "sha512"}:
            raise ValueError("PAYFORT_SHA_TYPE must be SHA-256 or SHA-512")


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
    hyperpay_webhook_url: str = f"{_API}/cms/transactions/hyperpay-webhooks"
    payfort: PayfortConfig = field(default_factory=PayfortConfig)
    unifonic_app_id: str = "sandbox-app"
    unifonic_token: str = "sandbox-unifonic-token"  # noqa: S105 - as above
    taqnyat_key: str = "sandbox-taqnyat-key"
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

    api = f"http://127.0.0.1:{number('SERVER_PORT', 3000)}/api/v1"
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
        hyperpay_webhook_url=read("HYPER_PAY_WEBHOOK_URL", f"{api}/cms/transactions/hyperpay-webhooks"),
        payfort=_payfort(read, api),
        unifonic_app_id=read("UNIFONIC_APP_ID", "sandbox-app"),
        unifonic_token=read("UNIFONIC_AUTH_TOKEN", "sandbox-unifonic-token"),
        taqnyat_key=read("TAQNYAT_API_KEY", "sandbox-taqnyat-key"),
        sendgrid_key=read("SENDGRID_API_KEY", "sandbox-sendgrid-key"),
        sendgrid_from=read("SENDGRID_FROM_EMAIL", ""),
    )


def _first(keys: str) -> str:
    """The key that the gateway seals with; the service may hold further ones while it is rotated."""
    return next(iter(keys.replace(",", " ").split()), "")


def _payfort(read: Callable[[str, str], str], api: str) -> PayfortConfig:
    return PayfortConfig(
        access_code=read("PAYFORT_ACCESS_CODE", PAYFORT_ACCESS_CODE),
        merchant_identifier=read("PAYFORT_MERCHANT_IDENTIFIER", PAYFORT_MERCHANT),
        sha_type=read("PAYFORT_SHA_TYPE", "sha256").lower().replace("-", ""),
        request_phrase=read("PAYFORT_SHA_REQUEST_PHRASE", PAYFORT_REQUEST_PHRASE),
        response_phrase=read("PAYFORT_SHA_RESPONSE_PHRASE", PAYFORT_RESPONSE_PHRASE),
        webhook_url=read("PAYFORT_WEBHOOK_URL", f"{api}/cms/transactions/payfort-webhooks"),
        return_url=f"{api}/transactions/payfort",
    )
