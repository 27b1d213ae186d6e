"""Settings: names of the operators, defaults of the sandbox, and what production refuses."""

import pytest

from muvi.domain.shared.actor import Platform
from muvi.entrypoints.settings import BadSettings, read_settings

PLACE = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none", "REDIS_URL": "redis://127.0.0.1:1/0"}
PRODUCTION = PLACE | {
    "NODE_ENV": "production",
    "PUBLIC_BASE_URL": "https://muvi.example/",
    "SCHEDULER_TOKEN": "a token of our own",
    "TICKET_SIGNING_KEY": "a key of our own",
    "JWT_SECRET_KEY": "another key of our own",
    "ZATCA_SELLER_NAME": "Muvi Cinemas",
    "ZATCA_VAT_NUMBER": "310122393500003",
    "VISTA_BASE_URL": "https://vista.example/WSVistaWebClient",
    "VISTA_WEBSITE_TOKEN": "w",
    "VISTA_IOS_TOKEN": "i",
    "VISTA_ANDROID_TOKEN": "a",
    "VISTA_HUAWEI_TOKEN": "h",
    "VISTA_KIOSK_TOKEN": "k",
    "HYPER_PAY_BASE_URL": "https://gateway.example",
    "HYPER_PAY_TOKEN": "g",
    "HYPER_PAY_ENTITY_ID": "e",
    "HYPER_PAY_WEBHOOK_KEY": "ab" * 32,
    "UNIFONIC_URL": "https://sms.example",
    "UNIFONIC_AUTH_TOKEN": "u",
    "UNIFONIC_APP_ID": "app",
    "SENDGRID_API_KEY": "s",
    "SENDGRID_FROM_EMAIL": "tickets@muvi.example.sa",
}


def test_a_machine_needs_nothing_but_its_servers() -> None:
    settings = read_settings(PLACE)
    assert settings.database_url == "postgresql+asyncpg://nobody@127.0.0.1:1/none"
    assert settings.read_database_url == settings.database_url
    assert settings.vista_base_url == "http://127.0.0.1:3900/vista/WSVistaWebClient"
    assert settings.public_base_url == "http://127.0.0.1:3000"
    assert settings.allowed_origins == ("http://127.0.0.1:3000", "http://localhost:3000")


def test_another_port_moves_everything_that_depends_on_it() -> None:
    settings = read_settings(PLACE | {"SERVER_PORT": "3001", "SANDBOX_PORT": "3901"})
    assert settings.public_base_url == "http://127.0.0.1:3001"
    assert settings.hyperpay_base_url == "http://127.0.0.1:3901/hyperpay"


def test_production_starts_with_everything_set() -> None:
    settings = read_settings(PRODUCTION)
    assert settings.production
    assert settings.host == "0.0.0.0"
    assert settings.sendgrid_base_url == "https://api.sendgrid.com"
    assert settings.allowed_origins == ("https://muvi.example",)
    assert settings.vista_tokens[Platform.KIOSK] == "k"


@pytest.mark.parametrize("name", sorted(set(PRODUCTION) - {"NODE_ENV"}))
def test_production_refuses_a_missing_value(name: str) -> None:
    with pytest.raises(BadSettings, match=name.removesuffix("_URL")):
        read_settings({key: value for key, value in PRODUCTION.items() if key != name})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HYPER_PAY_TOKEN", "sandbox-hyperpay-token"),
        ("VISTA_WEBSITE_TOKEN", "sandbox-vista-website"),
        ("SCHEDULER_TOKEN", "sandbox-scheduler-token"),
        ("VISTA_BASE_URL", "http://127.0.0.1:3900/vista/WSVistaWebClient"),
        ("ZATCA_VAT_NUMBER", "399999999900003"),
    ],
)
def test_production_refuses_what_belongs_to_the_sandbox(name: str, value: str) -> None:
    with pytest.raises(BadSettings, match=name):
        read_settings(PRODUCTION | {name: value})


def test_elsewhere_the_same_values_are_welcome() -> None:
    """The twin."""
    assert not read_settings(PRODUCTION | {"NODE_ENV": "staging", "HYPER_PAY_TOKEN": ""}).production


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(BadSettings) as told:
        read_settings({"SERVER_PORT": "many", "DATABASE_URL": "mysql://x"})
    assert [line.split()[0] for line in str(told.value).splitlines()] == [
        "SERVER_PORT",
        "DATABASE_URL",
        "DATABASE_URL",
        "REDIS_URL",
    ]


def test_databases_by_their_parts() -> None:
    parts = {
        "DB_WRITE_HOST": "primary",
        "DB_WRITE_USERNAME": "muvi",
        "DB_WRITE_PASSWORD": "p@ss/word",
        "DB_READ_HOST": "replica",
        "DB_DATABASE": "chain",
        "DB_PORT": "5433",
        "REDIS_HOST": "cache",
    }
    settings = read_settings(parts)
    assert settings.database_url == "postgresql+asyncpg://muvi:p%40ss%2Fword@primary:5433/chain"
    assert settings.read_database_url == "postgresql+asyncpg://muvi:p%40ss%2Fword@replica:5433/chain"
    assert settings.redis_url == "redis://cache:6379/0"


def test_lives_take_a_unit() -> None:
    settings = read_settings(PLACE | {"JWT_EXPIRES_IN": "15m", "REFRESH_JWT_EXPIRES_IN": "30d"})
    assert (settings.access_token_s, settings.refresh_token_s) == (900, 30 * 86400)


def test_keys_that_are_rotated_stand_side_by_side() -> None:
    keys = ("ab" * 32, "cd" * 32)
    assert read_settings(PLACE | {"HYPER_PAY_WEBHOOK_KEY": ", ".join(keys)}).hyperpay_webhook_keys == keys
