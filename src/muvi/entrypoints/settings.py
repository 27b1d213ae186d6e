"""Settings from the environment, read once. Names are those the operators have today.

Outside production every secret has a default that belongs to the sandbox; production refuses those.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path

from muvi.adapters.tickets.signer import Ed25519TicketSigner
from muvi.adapters.tokens.keys import read_keys
from muvi.domain.tickets.zatca import TaxSeller
from muvi.entrypoints.environment import BadSettings, Environment, words
from muvi.entrypoints.parameters import take_parameters
from muvi.entrypoints.vendors import (
    hyperpay,
    payfort,
    sendgrid,
    storage,
    taqnyat,
    telemetry,
    unifonic,
    vista,
)
from muvi.entrypoints.vendors.hyperpay import HyperPaySettings
from muvi.entrypoints.vendors.payfort import PayFortSettings
from muvi.entrypoints.vendors.sendgrid import SendgridSettings
from muvi.entrypoints.vendors.storage import S3Settings
from muvi.entrypoints.vendors.taqnyat import TaqnyatSettings
from muvi.entrypoints.vendors.telemetry import TelemetrySettings
from muvi.entrypoints.vendors.unifonic import UnifonicSettings
from muvi.entrypoints.vendors.vista import VistaSettings

SANDBOX_VAT_NUMBER = "399999999900003"
LONGEST_SESSION = "366d"
SHORTEST_ORDER = "5m"
"""With less than three minutes left an order cannot be paid; the buyer needs time to choose as well."""
LONGEST_ORDER = "30m"
"""As long as a gateway's checkout can be paid: a longer life would outlast the watch over its payments."""
LOG_LEVELS = ("debug", "info", "warning", "error", "critical")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that differs between places. Times in seconds. No secret prints itself."""

    production: bool
    home: Path
    host: str
    port: int
    sandbox_port: int
    worker_metrics_port: int
    metrics_token: str = field(repr=False)
    database_url: str = field(repr=False)
    read_database_url: str = field(repr=False)
    redis_url: str = field(repr=False)
    pool_size: int
    public_base_url: str
    return_origins: tuple[str, ...]
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...]
    scheduler_token: str = field(repr=False)
    ticket_signing_key: str = field(repr=False)
    seller_name: str
    vat_number: str
    vista: VistaSettings
    hyperpay: HyperPaySettings
    payfort: PayFortSettings | None
    payment_gateways: tuple[str, ...]
    unifonic: UnifonicSettings
    taqnyat: TaqnyatSettings | None
    s3: S3Settings | None
    telemetry: TelemetrySettings
    sendgrid: SendgridSettings
    jwt_keys: str = field(repr=False)
    access_token_s: int
    refresh_token_s: int
    order_lifetime_s: int
    drain_s: int
    log_level: str

    @property
    def allowed_origins(self) -> tuple[str, ...]:
        """Origins a buyer may be sent back to."""
        local = () if self.production else (f"http://127.0.0.1:{self.port}", f"http://localhost:{self.port}")
        return tuple(dict.fromkeys((self.public_base_url, *local, *self.return_origins)))


def read_settings(environment: Mapping[str, str] | Environment | None = None) -> Settings:
    """Read and check the environment. Raises `BadSettings`."""
    if environment is None:
        take_parameters()
        environment = os.environ
    env = environment if isinstance(environment, Environment) else Environment(environment)
    sandbox_port = env.port("SANDBOX_PORT", 3900)
    sandbox = f"http://127.0.0.1:{sandbox_port}"
    port = env.port("SERVER_PORT", 3000)
    second_gateway = payfort.read(env, sandbox)
    settings = Settings(
        production=env.production,
        home=Path(env.text("MUVI_HOME", ".muvi")),
        host=env.text("SERVER_HOST", "0.0.0.0" if env.production else "127.0.0.1"),  # noqa: S104
        port=port,
        sandbox_port=sandbox_port,
        worker_metrics_port=env.port("WORKER_METRICS_PORT", 0),
        metrics_token=env.text("METRICS_TOKEN", ""),
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
        vista=vista.read(env, sandbox),
        hyperpay=hyperpay.read(env, sandbox),
        payfort=second_gateway,
        payment_gateways=_offered(env, ("hyperpay", *(("payfort",) if second_gateway else ()))),
        unifonic=unifonic.read(env, sandbox),
        taqnyat=taqnyat.read(env, sandbox),
        s3=storage.read(env),
        sendgrid=sendgrid.read(env, sandbox),
        telemetry=telemetry.read(env),
        jwt_keys=env.readable("JWT_SECRET_KEY", env.secret("JWT_SECRET_KEY", ""), read_keys),
        access_token_s=env.seconds("JWT_EXPIRES_IN", 900, least="1s", most=LONGEST_SESSION),
        refresh_token_s=env.seconds("REFRESH_JWT_EXPIRES_IN", 30 * 86400, least="1s", most=LONGEST_SESSION),
        drain_s=env.seconds("DRAIN_SECONDS", 5 if env.production else 0, least="0s", most="60s"),
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


def _offered(env: Environment, configured: tuple[str, ...]) -> tuple[str, ...]:
    """The gateways that take new payments, the default first."""

    def check(text: str) -> None:
        if unknown := sorted(set(words(text)) - set(configured)):
            raise ValueError(f"{', '.join(unknown)} is not configured; there are {', '.join(configured)}")

    return words(env.readable("PAYMENT_GATEWAYS", env.text("PAYMENT_GATEWAYS", " ".join(configured)), check))


def _seller_of_name(name: str) -> TaxSeller:
    return TaxSeller(name, SANDBOX_VAT_NUMBER)


def _seller_of_number(number: str) -> TaxSeller:
    return TaxSeller("Muvi", number)
