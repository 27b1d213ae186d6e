"""Settings: names of the operators, defaults of the sandbox, and what production refuses."""

import base64
from collections.abc import Callable
from functools import cache

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from muvi.domain.shared.actor import Platform
from muvi.entrypoints import api, worker
from muvi.entrypoints.environment import BadSettings
from muvi.entrypoints.settings import read_settings

PLACE = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none", "REDIS_URL": "redis://127.0.0.1:1/0"}
TICKET_KEY = base64.b64encode(bytes(range(32))).decode()


@cache
def token_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


PRODUCTION = PLACE | {
    "NODE_ENV": "production",
    "PUBLIC_BASE_URL": "https://muvi.example/",
    "SCHEDULER_TOKEN": "a token of our own",
    "TICKET_SIGNING_KEY": TICKET_KEY,
    "JWT_SECRET_KEY": token_key(),
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
    "S3_BUCKET": "muvi-files",
    "S3_REGION": "me-south-1",
    "SENDGRID_API_KEY": "s",
    "SENDGRID_FROM_EMAIL": "tickets@muvi.example.sa",
}


def test_a_machine_needs_nothing_but_its_servers() -> None:
    settings = read_settings(PLACE)
    assert settings.database_url == "postgresql+asyncpg://nobody@127.0.0.1:1/none"
    assert settings.read_database_url == settings.database_url
    assert settings.vista.base_url == "http://127.0.0.1:3900/vista/WSVistaWebClient"
    assert settings.public_base_url == "http://127.0.0.1:3000"
    assert settings.allowed_origins == ("http://127.0.0.1:3000", "http://localhost:3000")
    assert settings.vista.calls_per_cinema == 8


def test_another_port_moves_everything_that_depends_on_it() -> None:
    settings = read_settings(PLACE | {"SERVER_PORT": "3001", "SANDBOX_PORT": "3901"})
    assert settings.public_base_url == "http://127.0.0.1:3001"
    assert settings.hyperpay.base_url == "http://127.0.0.1:3901/hyperpay"


def test_production_starts_with_everything_set() -> None:
    settings = read_settings(PRODUCTION)
    assert settings.production
    assert settings.host == "0.0.0.0"
    assert settings.sendgrid.base_url == "https://api.sendgrid.com"
    assert settings.allowed_origins == ("https://muvi.example",)
    assert settings.vista.tokens[Platform.KIOSK] == "k"


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


def faults(environment: dict[str, str]) -> list[str]:
    with pytest.raises(BadSettings) as told:
        read_settings(environment)
    return str(told.value).splitlines()


def test_every_fault_is_told_at_once_and_once() -> None:
    told = faults({"SERVER_PORT": "many", "SANDBOX_PORT": "few", "DATABASE_URL": "mysql://x"})
    assert [line.split()[0] for line in told] == ["SANDBOX_PORT", "SERVER_PORT", "DATABASE_URL", "REDIS_URL"]


BAD = [
    ("SERVER_PORT", "abc"),
    ("SERVER_PORT", "70000"),
    ("SANDBOX_PORT", "0"),
    ("WORKER_METRICS_PORT", "metrics"),
    ("DB_POOL_MAX", "0"),
    ("DB_POOL_MAX", "ten"),
    ("JWT_EXPIRES_IN", "soon"),
    ("REFRESH_JWT_EXPIRES_IN", "-1d"),
    ("JWT_EXPIRES_IN", "0m"),
    ("JWT_EXPIRES_IN", "9" * 5000),
    ("REFRESH_JWT_EXPIRES_IN", "99999d"),
    ("DB_POOL_MAX", "2h"),
    ("ORDER_LIFETIME_SECONDS", "0"),
    ("ORDER_LIFETIME_SECONDS", "99999999999"),
    ("ORDER_LIFETIME_SECONDS", "31m"),
    ("ORDER_LIFETIME_SECONDS", "4m"),
    ("NODE_ENV", "prodction"),
    ("MUVI_ENV", "live"),
    ("DB_PORT", "zz"),
    ("REDIS_PORT", "zz"),
    ("UNIFONIC_LENGTH", "99"),
    ("LOG_LEVEL", "loud"),
    ("TRUSTED_PROXIES", "proxy"),
    ("RETURN_ORIGINS", "https://shop.example muvi.example"),
    ("RETURN_ORIGINS", "https://"),
    ("PUBLIC_BASE_URL", "muvi.example"),
    ("PUBLIC_BASE_URL", "https://muvi.example:abc"),
    ("VISTA_BASE_URL", "vista"),
    ("HYPER_PAY_BASE_URL", "ftp://gateway.example"),
    ("UNIFONIC_URL", "https:/sms.example"),
    ("SENDGRID_BASE_URL", "mail example"),
    ("SENDGRID_FROM_EMAIL", "tickets"),
    ("DATABASE_URL", "mysql://db/muvi"),
    ("DATABASE_URL", "postgresql://muvi@db:abc/muvi"),
    ("REDIS_URL", "cache:6379"),
    ("REDIS_URL", "redis://cache:abc/0"),
    ("JWT_SECRET_KEY", "hello"),
    ("TICKET_SIGNING_KEY", "hello"),
    ("TICKET_SIGNING_KEY", "-----BEGIN PRIVATE KEY-----"),
    ("HYPER_PAY_WEBHOOK_KEY", "zz"),
    ("SENTRY_DSN", "https://key@/x"),
    ("SENTRY_DSN", "https://key@errors.example/x"),
    ("SENTRY_DSN", "https://key@errors.example:abc/1"),
    ("SENTRY_DSN", "https://errors.example/1"),
    ("ZATCA_VAT_NUMBER", "12"),
    ("ZATCA_SELLER_NAME", "s" * 128),
]


@pytest.mark.parametrize(("name", "value"), BAD)
def test_a_value_that_cannot_be_used_is_one_line_that_names_it(name: str, value: str) -> None:
    (line,) = faults(PLACE | {name: value})
    assert line.startswith(f"{name} ")


@pytest.mark.parametrize("name", ["DB_PORT", "REDIS_PORT"])
def test_so_are_the_parts_of_an_address(name: str) -> None:
    parts = {"DB_WRITE_HOST": "db", "REDIS_HOST": "cache"}
    assert faults(parts | {name: "abc"}) == [f"{name} must be a port (1 to 65535), not 'abc'"]


SECRETS = ("JWT_SECRET_KEY", "TICKET_SIGNING_KEY", "HYPER_PAY_WEBHOOK_KEY", "DATABASE_URL", "REDIS_URL")


@pytest.mark.parametrize("name", SECRETS)
def test_a_fault_never_quotes_a_secret(name: str) -> None:
    assert "s3cret" not in "".join(faults(PLACE | {name: "s3cret"}))


def test_addresses_that_can_be_used() -> None:
    """The twin: what the checks above let pass."""
    good = {
        "DATABASE_URL": "postgresql://postgres@/muvi?host=/run/muvi",
        "REDIS_URL": "unix:///run/muvi/redis.sock",
        "RETURN_ORIGINS": "https://shop.example:8443, muvi:// muvi://paid",
        "PUBLIC_BASE_URL": "https://[::1]:3000",
        "LOG_LEVEL": "WARNING",
        "JWT_SECRET_KEY": token_key().replace("\n", "\\n"),
        "TICKET_SIGNING_KEY": TICKET_KEY,
    }
    assert read_settings(good).redis_url == "unix:///run/muvi/redis.sock"


@pytest.mark.parametrize("main", [api.main, worker.main])
def test_a_process_that_cannot_start_says_why_in_one_line(
    main: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (PLACE | {"SERVER_PORT": "abc"}).items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == "SERVER_PORT must be a port (1 to 65535), not 'abc'"


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


def test_a_bad_life_is_told_the_form_it_should_have() -> None:
    (line,) = faults(PLACE | {"JWT_EXPIRES_IN": "foo"})
    assert line == "JWT_EXPIRES_IN must be a time from 1s to 366d, like 900, 900s, 15m, 12h or 30d, not 'foo'"


def test_an_order_lives_no_longer_than_a_checkout_can_be_paid() -> None:
    lives = [
        read_settings(PLACE | {"ORDER_LIFETIME_SECONDS": life}).order_lifetime_s for life in ("5m", "30m")
    ]
    assert lives == [300, 1800]


@pytest.mark.parametrize("name", ["local", "Development", "test", "uat", "staging"])
def test_the_known_places(name: str) -> None:
    assert not read_settings(PLACE | {"NODE_ENV": name}).production
    assert read_settings(PRODUCTION | {"NODE_ENV": name, "MUVI_ENV": "prod"}).production


def test_keys_that_are_rotated_stand_side_by_side() -> None:
    keys = ("ab" * 32, "cd" * 32)
    assert read_settings(PLACE | {"HYPER_PAY_WEBHOOK_KEY": ", ".join(keys)}).hyperpay.webhook_keys == keys


def test_settings_print_no_secret() -> None:
    secrets = {
        "DATABASE_URL": "postgresql://muvi:hidden-one@127.0.0.1/muvi",
        "REDIS_URL": "redis://:hidden-two@127.0.0.1:6379/0",
        "SCHEDULER_TOKEN": "hidden-three",
        "HYPER_PAY_TOKEN": "hidden-four",
        "UNIFONIC_AUTH_TOKEN": "hidden-five",
        "SENDGRID_API_KEY": "hidden-six",
        "VISTA_WEBSITE_TOKEN": "hidden-seven",
    }
    assert "hidden" not in repr(read_settings(PLACE | secrets))


def test_files_are_kept_where_somebody_says() -> None:
    assert read_settings(PLACE).s3 is None
    assert read_settings(PLACE | {"S3_BUCKET": "files", "STORAGE": "local"}).s3 is None
    kept = read_settings(PRODUCTION).s3
    assert kept is not None
    assert (kept.bucket, kept.access.region, kept.access.key_id) == ("muvi-files", "me-south-1", "")


def test_production_keeps_files_on_one_machine_only_when_told_to() -> None:
    bare = {name: value for name, value in PRODUCTION.items() if not name.startswith("S3_")}
    assert "STORAGE to local" in faults(bare)[0]
    assert read_settings(bare | {"STORAGE": "local"}).s3 is None


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({"STORAGE": "s3"}, ["S3_BUCKET", "S3_REGION"]),
        ({"S3_BUCKET": "files"}, ["S3_REGION"]),
        ({"S3_BUCKET": "files", "S3_REGION": "x", "S3_ACCESS_KEY_ID": "k"}, ["S3_SECRET_ACCESS_KEY"]),
        ({"STORAGE": "cupboard"}, ["STORAGE"]),
    ],
)
def test_half_a_bucket_is_refused(given: dict[str, str], missing: list[str]) -> None:
    assert [line.split()[0] for line in faults(PLACE | given)] == missing


def test_the_second_sender_is_there_when_it_has_a_key() -> None:
    assert read_settings(PLACE).taqnyat is not None
    assert read_settings(PRODUCTION).taqnyat is None
    second = read_settings(PRODUCTION | {"TAQNYAT_API_KEY": "t"}).taqnyat
    assert second is not None
    assert (second.base_url, second.sender) == ("https://api.taqnyat.sa", "muviCinemas")
    assert second.code_length is None
    told = read_settings(PRODUCTION | {"TAQNYAT_API_KEY": "t", "TAQNYAT_LENGTH": "6"}).taqnyat
    assert told is not None
    assert told.code_length == 6
    assert faults(PLACE | {"TAQNYAT_LENGTH": "3"})[0].startswith("TAQNYAT_LENGTH must be a whole number")
    assert faults(PRODUCTION | {"TAQNYAT_API_KEY": "sandbox-taqnyat-key"})[0].startswith("TAQNYAT_API_KEY")


def test_no_secret_is_shown() -> None:
    keys = {"S3_BUCKET": "b", "S3_REGION": "r", "S3_ACCESS_KEY_ID": "k", "S3_SECRET_ACCESS_KEY": "canary-s3"}
    assert "canary" not in repr(read_settings(PLACE | keys | {"TAQNYAT_API_KEY": "canary-key"}))


PAYFORT = {
    "PAYFORT_BASE_URL": "https://paymentservices.payfort.com/FortAPI/paymentApi",
    "PAYFORT_PAGE_URL": "https://checkout.payfort.com/FortAPI/paymentPage",
    "PAYFORT_ACCESS_CODE": "code",
    "PAYFORT_MERCHANT_IDENTIFIER": "merchant",
    "PAYFORT_SHA_TYPE": "SHA-512",
    "PAYFORT_SHA_REQUEST_PHRASE": "canary-request",
    "PAYFORT_SHA_RESPONSE_PHRASE": "canary-response",
}


def test_production_may_do_without_the_second_gateway() -> None:
    assert read_settings(PLACE).payment_gateways == ("hyperpay", "payfort")
    without = read_settings(PRODUCTION)
    assert (without.payfort, without.payment_gateways) == (None, ("hyperpay",))
    settings = read_settings(PRODUCTION | PAYFORT)
    assert settings.payfort is not None
    assert settings.payfort.signer.digest == "sha512"
    assert settings.payfort.api == ("https://paymentservices.payfort.com/FortAPI", "paymentApi")
    assert "canary" not in repr(settings)


@pytest.mark.parametrize("name", sorted(set(PAYFORT) - {"PAYFORT_SHA_TYPE"}))
def test_a_gateway_set_in_part_is_one_fault(name: str) -> None:
    (fault,) = faults(PRODUCTION | {key: value for key, value in PAYFORT.items() if key != name})
    assert fault.startswith(f"{name} must be set too")


def test_production_refuses_the_sandboxs_second_gateway() -> None:
    for name, value in (
        ("PAYFORT_SHA_RESPONSE_PHRASE", "sandbox-response-phrase"),
        ("PAYFORT_PAGE_URL", "http://127.0.0.1:3900/payfort/FortAPI/paymentPage"),
    ):
        (fault,) = faults(PRODUCTION | PAYFORT | {name: value})
        assert fault.startswith(name)
    (fault,) = faults(PRODUCTION | PAYFORT | {"PAYFORT_SHA_TYPE": "SHA-1"})
    assert fault.startswith("PAYFORT_SHA_TYPE")


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("payfort", ("payfort",)),
        ("payfort, hyperpay", ("payfort", "hyperpay")),
        ("", ("hyperpay", "payfort")),
    ],
)
def test_gateways_for_new_payments_are_named(text: str, offered: tuple[str, ...]) -> None:
    assert read_settings(PLACE | {"PAYMENT_GATEWAYS": text}).payment_gateways == offered


def test_a_gateway_that_is_not_configured_cannot_be_offered() -> None:
    (fault,) = faults(PRODUCTION | {"PAYMENT_GATEWAYS": "payfort"})
    assert fault.startswith("PAYMENT_GATEWAYS cannot be used: payfort is not configured")
