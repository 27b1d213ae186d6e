"""Settings from the environment, read once. Names are those the operators have today.

Outside production every secret has a default that belongs to the sandbox; production refuses those.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import quote

from muvi.domain.shared.actor import Platform

SANDBOX_WEBHOOK_KEY = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
SANDBOX_ENTITY = "8ac7a4c79394bdc801939736f17e063d"
SANDBOX_VAT_NUMBER = "399999999900003"


class BadSettings(Exception):
    """The environment cannot be worked with; the message lists every fault and its remedy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that differs between places. Times in seconds."""

    production: bool
    home: Path
    host: str
    port: int
    sandbox_port: int
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
    jwt_private_key: str
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
    sandbox = f"http://127.0.0.1:{env.number('SANDBOX_PORT', 3900)}"
    port = env.number("SERVER_PORT", 3000)
    settings = Settings(
        production=env.production,
        home=Path(env.text("MUVI_HOME", ".muvi")),
        host=env.text("SERVER_HOST", "0.0.0.0" if env.production else "127.0.0.1"),  # noqa: S104
        port=port,
        sandbox_port=env.number("SANDBOX_PORT", 3900),
        database_url=env.database("WRITE"),
        read_database_url=env.database("READ"),
        redis_url=env.redis(),
        pool_size=env.number("DB_POOL_MAX", 20),
        public_base_url=env.chosen("PUBLIC_BASE_URL", f"http://127.0.0.1:{port}").rstrip("/"),
        return_origins=env.words("RETURN_ORIGINS"),
        trusted_proxies=env.networks("TRUSTED_PROXIES"),
        scheduler_token=env.secret("SCHEDULER_TOKEN", "sandbox-scheduler-token"),
        ticket_signing_key=env.secret("TICKET_SIGNING_KEY", ""),
        seller_name=env.chosen("ZATCA_SELLER_NAME", "Muvi Cinemas"),
        vat_number=env.secret("ZATCA_VAT_NUMBER", SANDBOX_VAT_NUMBER),
        vista_base_url=env.secret("VISTA_BASE_URL", f"{sandbox}/vista/WSVistaWebClient").rstrip("/"),
        vista_tokens={
            platform: env.secret(f"VISTA_{platform.upper()}_TOKEN", f"sandbox-vista-{platform}")
            for platform in Platform
        },
        hyperpay_base_url=env.secret("HYPER_PAY_BASE_URL", f"{sandbox}/hyperpay").rstrip("/"),
        hyperpay_token=env.secret("HYPER_PAY_TOKEN", "sandbox-hyperpay-token"),
        hyperpay_entities=_entities(env),
        hyperpay_webhook_keys=env.secrets("HYPER_PAY_WEBHOOK_KEY", SANDBOX_WEBHOOK_KEY),
        unifonic_url=env.secret("UNIFONIC_URL", f"{sandbox}/unifonic/services/api/v2").rstrip("/"),
        unifonic_token=env.secret("UNIFONIC_AUTH_TOKEN", "sandbox-unifonic-token"),
        unifonic_app_id=env.secret("UNIFONIC_APP_ID", "sandbox-app"),
        unifonic_channel=env.text("UNIFONIC_CHANNEL", "sms"),
        unifonic_code_length=env.number("UNIFONIC_LENGTH", 6),
        sendgrid_base_url=env.text(
            "SENDGRID_BASE_URL", "https://api.sendgrid.com" if env.production else f"{sandbox}/sendgrid"
        ).rstrip("/"),
        sendgrid_api_key=env.secret("SENDGRID_API_KEY", "sandbox-sendgrid-key"),
        sender_email=env.secret("SENDGRID_FROM_EMAIL", "tickets@muvi.example"),
        jwt_private_key=env.secret("JWT_SECRET_KEY", ""),
        access_token_s=env.number("JWT_EXPIRES_IN", 900),
        refresh_token_s=env.number("REFRESH_JWT_EXPIRES_IN", 30 * 86400),
        order_lifetime_s=env.number("ORDER_LIFETIME_SECONDS", 600),
        log_level=env.text("LOG_LEVEL", "info"),
    )
    env.finish()
    return settings


def _entities(env: Environment) -> dict[str, str]:
    """HyperPay entities by brand group; the default serves VISA, MASTER and MADA."""
    found = {"DEFAULT": env.secret("HYPER_PAY_ENTITY_ID", SANDBOX_ENTITY)}
    for group in ("MADA", "APPLEPAY"):
        value = env.text(f"HYPER_PAY_{group}_ENTITY_ID", "")
        if value:
            found[group] = value
    return found


class Environment:
    """Typed reading of environment variables that gathers every fault before it complains."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = variables
        self._faults: list[str] = []
        name = self.text("MUVI_ENV", self.text("NODE_ENV", "local")).lower()
        self.production = name in {"production", "prod"}

    def text(self, name: str, default: str) -> str:
        """A text; empty counts as missing."""
        return self._variables.get(name, "").strip() or default

    def words(self, name: str) -> tuple[str, ...]:
        """Texts separated by commas or spaces."""
        return tuple(self.text(name, "").replace(",", " ").split())

    def networks(self, name: str) -> tuple[IPv4Network | IPv6Network, ...]:
        """Addresses and networks (`10.0.0.7 10.1.0.0/16`)."""
        found = []
        for word in self.words(name):
            try:
                found.append(ip_network(word))
            except ValueError:
                self._faults.append(f"{name} holds {word!r}, which is neither an address nor a network")
        return tuple(found)

    def number(self, name: str, default: int) -> int:
        """A whole number of at least 0; a unit suffix `s`, `m`, `h`, `d` makes seconds of it."""
        value = self.text(name, str(default))
        units = {"s": 1, "m": 60, "h": 3600, "d": 86400}
        scale = units.get(value[-1:], 1)
        digits = value[:-1] if value[-1:] in units else value
        if not digits.isdecimal():
            self._faults.append(f"{name} must be a whole number, not {value!r}")
            return default
        return int(digits) * scale

    def secret(self, name: str, default: str) -> str:
        """A value whose default is for the sandbox only: production must set it, and to something else."""
        value = self.text(name, default)
        if self.production and (not value or value == default):
            self._faults.append(f"{name} must be set in production, and not to a sandbox value")
        return value

    def chosen(self, name: str, default: str) -> str:
        """A value that is no secret and that production must set, to whatever it likes."""
        if self.production and not self.text(name, ""):
            self._faults.append(f"{name} must be set in production")
        return self.text(name, default)

    def secrets(self, name: str, default: str) -> tuple[str, ...]:
        """Several values of one secret while it is rotated."""
        return tuple(self.secret(name, default).replace(",", " ").split())

    def database(self, role: str) -> str:
        """DATABASE_URL, else DB_*; the read role falls back to the write role, then to the same."""
        url = self.text("DATABASE_URL", "")
        if not url:
            host = self.text(f"DB_{role}_HOST", self.text("DB_WRITE_HOST", ""))
            if not host:
                self._faults.append("DATABASE_URL (or DB_WRITE_HOST, DB_DATABASE …) must be set")
                return ""
            user = quote(
                self.text(f"DB_{role}_USERNAME", self.text("DB_WRITE_USERNAME", "postgres")), safe=""
            )
            key = quote(self.text(f"DB_{role}_PASSWORD", self.text("DB_WRITE_PASSWORD", "")), safe="")
            name = self.text("DB_DATABASE", "muvi")
            login = f"{user}:{key}" if key else user
            url = f"postgresql://{login}@{host}:{self.number('DB_PORT', 5432)}/{name}"
        scheme, _, rest = url.partition("://")
        if scheme not in {"postgres", "postgresql", "postgresql+asyncpg"}:
            self._faults.append("DATABASE_URL must begin with postgresql://")
        return f"postgresql+asyncpg://{rest}"

    def redis(self) -> str:
        """REDIS_URL, else REDIS_HOST and REDIS_PORT."""
        url = self.text("REDIS_URL", "")
        if not url:
            host = self.text("REDIS_HOST", "")
            if not host:
                self._faults.append("REDIS_URL (or REDIS_HOST) must be set")
            url = f"redis://{host}:{self.number('REDIS_PORT', 6379)}/0"
        return url

    def finish(self) -> None:
        """Raise `BadSettings` when anything was wrong."""
        if self._faults:
            raise BadSettings("\n".join(self._faults))
