"""Settings from the environment, read once. Names are those the operators have today.

Outside production every secret has a default that belongs to the sandbox; production refuses those.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path

from muvi.adapters.payments.hyperpay.webhook import WebhookReader
from muvi.adapters.tickets.signer import Ed25519TicketSigner
from muvi.adapters.tokens.keys import read_keys
from muvi.adapters.vista.client import CALLS_PER_CINEMA
from muvi.domain.identity.challenge import CODE_LENGTHS
from muvi.domain.shared.actor import Platform
from muvi.domain.tickets.zatca import TaxSeller
from muvi.entrypoints.environment import BadSettings, Environment

SANDBOX_WEBHOOK_KEY = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
SANDBOX_ENTITY = "8ac7a4c79394bdc801939736f17e063d"
SANDBOX_VAT_NUMBER = "399999999900003"
LONGEST_SESSION = "366d"
SHORTEST_ORDER = "5m"
"""With less than three minutes left an order cannot be paid; the buyer needs time to choose as well."""
LONGEST_ORDER = "30m"
"""As long as a gateway's checkout can be paid: a longer life would outlast the watch over its payments."""
LOG_LEVELS = ("debug", "info", "warning", "error", "critical")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that differs between places. Times in seconds."""

    production: bool
    home: Path
    host: str
    port: int
    sandbox_port: int
    worker_metrics_port: int
    database_url: str
    read_database_url: str
    redis_url: str
    pool_size: int
    public_base_url: str
    return_origins: tuple[str, ...]
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...]
    scheduler_token: str
    ticket_signing_key: str
    seller_name: str
    vat_number: str
    vista_base_url: str
    vista_tokens: Mapping[Platform, str]
    vista_calls_per_cinema: int
    hyperpay_base_url: str
    hyperpay_token: str
    hyperpay_entities: Mapping[str, str]
    hyperpay_webhook_keys: tuple[str, ...]
    unifonic_url: str
    unifonic_token: str
    unifonic_app_id: str
    unifonic_channel: str
    unifonic_code_length: int
    sendgrid_base_url: str
    sendgrid_api_key: str
    sender_email: str
    jwt_keys: str
    access_token_s: int
    refresh_token_s: int
    order_lifetime_s: int
    log_level: str

    @property
    def allowed_origins(self) -> tuple[str, ...]:
        """Origins a buyer may be sent back to."""
        local = () if self.production else (f"http://127.0.0.1:{self.port}", f"http://localhost:{self.port}")
        return tuple(dict.fromkeys((self.public_base_url, *local, *self.return_origins)))


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read and check the environment. Raises `BadSettings`."""
    env = Environment(os.environ if environment is None else environment)
    sandbox_port = env.port("SANDBOX_PORT", 3900)
    sandbox = f"http://127.0.0.1:{sandbox_port}"
    port = env.port("SERVER_PORT", 3000)
    settings = Settings(
        production=env.production,
        home=Path(env.text("MUVI_HOME", ".muvi")),
        host=env.text("SERVER_HOST", "0.0.0.0" if env.production else "127.0.0.1"),  # noqa: S104
        port=port,
        sandbox_port=sandbox_port,
        worker_metrics_port=env.port("WORKER_METRICS_PORT", 0),
        database_url=env.database("WRITE"),
        read_database_url=env.database("READ"),
        redis_url=env.redis(),
        pool_size=env.number("DB_POOL_MAX", 20),
        public_base_url=env.address(
            "PUBLIC_BASE_URL", env.chosen("PUBLIC_BASE_URL", f"http://127.0.0.1:{port}")
        ),
        return_origins=env.origins("RETURN_ORIGINS"),
        trusted_proxies=env.networks("TRUSTED_PROXIES"),
        scheduler_token=env.secret("SCHEDULER_TOKEN", "sandbox-scheduler-token"),
        ticket_signing_key=env.readable(
            "TICKET_SIGNING_KEY", env.secret("TICKET_SIGNING_KEY", ""), Ed25519TicketSigner.from_setting
        ),
        seller_name=env.readable(
            "ZATCA_SELLER_NAME", env.chosen("ZATCA_SELLER_NAME", "Muvi Cinemas"), _seller_of_name
        ),
        vat_number=env.readable(
            "ZATCA_VAT_NUMBER", env.secret("ZATCA_VAT_NUMBER", SANDBOX_VAT_NUMBER), _seller_of_number
        ),
        vista_base_url=_partner(env, "VISTA_BASE_URL", f"{sandbox}/vista/WSVistaWebClient"),
        vista_tokens={
            platform: env.secret(f"VISTA_{platform.upper()}_TOKEN", f"sandbox-vista-{platform}")
            for platform in Platform
        },
        vista_calls_per_cinema=env.number("VISTA_CALLS_PER_CINEMA", CALLS_PER_CINEMA),
        hyperpay_base_url=_partner(env, "HYPER_PAY_BASE_URL", f"{sandbox}/hyperpay"),
        hyperpay_token=env.secret("HYPER_PAY_TOKEN", "sandbox-hyperpay-token"),
        hyperpay_entities=_entities(env),
        hyperpay_webhook_keys=_words(
            env.readable(
                "HYPER_PAY_WEBHOOK_KEY",
                env.secret("HYPER_PAY_WEBHOOK_KEY", SANDBOX_WEBHOOK_KEY),
                lambda keys: WebhookReader(_words(keys)),
            )
        ),
        unifonic_url=_partner(env, "UNIFONIC_URL", f"{sandbox}/unifonic/services/api/v2"),
        unifonic_token=env.secret("UNIFONIC_AUTH_TOKEN", "sandbox-unifonic-token"),
        unifonic_app_id=env.secret("UNIFONIC_APP_ID", "sandbox-app"),
        unifonic_channel=env.text("UNIFONIC_CHANNEL", "sms"),
        unifonic_code_length=env.number("UNIFONIC_LENGTH", 6, least=CODE_LENGTHS[0], most=CODE_LENGTHS[-1]),
        sendgrid_base_url=env.address(
            "SENDGRID_BASE_URL",
            env.text(
                "SENDGRID_BASE_URL", "https://api.sendgrid.com" if env.production else f"{sandbox}/sendgrid"
            ),
        ),
        sendgrid_api_key=env.secret("SENDGRID_API_KEY", "sandbox-sendgrid-key"),
        sender_email=env.readable(
            "SENDGRID_FROM_EMAIL", env.secret("SENDGRID_FROM_EMAIL", "tickets@muvi.example"), _mail_address
        ),
        jwt_keys=env.readable("JWT_SECRET_KEY", env.secret("JWT_SECRET_KEY", ""), read_keys),
        access_token_s=env.seconds("JWT_EXPIRES_IN", 900, least="1s", most=LONGEST_SESSION),
        refresh_token_s=env.seconds("REFRESH_JWT_EXPIRES_IN", 30 * 86400, least="1s", most=LONGEST_SESSION),
        order_lifetime_s=env.seconds("ORDER_LIFETIME_SECONDS", 600, least=SHORTEST_ORDER, most=LONGEST_ORDER),
        log_level=env.one_of("LOG_LEVEL", "info", LOG_LEVELS),
    )
    env.finish()
    return settings


def settings_or_exit() -> Settings:
    """The settings of a process; when they cannot be worked with it ends with the faults on stderr."""
    try:
        return read_settings()
    except BadSettings as fault:
        sys.exit(str(fault))


def _entities(env: Environment) -> dict[str, str]:
    """HyperPay entities by brand group; the default serves VISA, MASTER and MADA."""
    found = {"DEFAULT": env.secret("HYPER_PAY_ENTITY_ID", SANDBOX_ENTITY)}
    for group in ("MADA", "APPLEPAY"):
        value = env.text(f"HYPER_PAY_{group}_ENTITY_ID", "")
        if value:
            found[group] = value
    return found


def _partner(env: Environment, name: str, sandbox: str) -> str:
    """The address of a third party, which the sandbox plays outside production."""
    return env.address(name, env.secret(name, sandbox))


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.replace(",", " ").split())


def _seller_of_name(name: str) -> TaxSeller:
    return TaxSeller(name, SANDBOX_VAT_NUMBER)


def _seller_of_number(number: str) -> TaxSeller:
    return TaxSeller("Muvi", number)


def _mail_address(text: str) -> str:
    name, _, host = text.rpartition("@")
    if not name or not host or " " in text:
        raise ValueError("it is no mail address")
    return text
