"""HyperPay, the payment gateway: its address, credentials, accounts (entities) and webhook keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from muvi.adapters.payments.hyperpay.webhook import WebhookReader
from muvi.entrypoints.environment import Environment, words

SANDBOX_WEBHOOK_KEY = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
SANDBOX_ENTITY = "8ac7a4c79394bdc801939736f17e063d"


@dataclass(frozen=True, slots=True, kw_only=True)
class HyperPaySettings:
    """`entities`: accounts by brand group; `webhook_keys`: several while they are rotated."""

    base_url: str
    token: str = field(repr=False)
    entities: Mapping[str, str]
    webhook_keys: tuple[str, ...] = field(repr=False)


def read(env: Environment, sandbox: str) -> HyperPaySettings:
    """HYPER_PAY_*; faults are gathered by `env`."""
    keys = env.secret("HYPER_PAY_WEBHOOK_KEY", SANDBOX_WEBHOOK_KEY)
    return HyperPaySettings(
        base_url=env.partner("HYPER_PAY_BASE_URL", f"{sandbox}/hyperpay"),
        token=env.secret("HYPER_PAY_TOKEN", "sandbox-hyperpay-token"),
        entities=_entities(env),
        webhook_keys=words(
            env.readable("HYPER_PAY_WEBHOOK_KEY", keys, lambda text: WebhookReader(words(text)))
        ),
    )


def _entities(env: Environment) -> dict[str, str]:
    """The default serves VISA, MASTER and MADA, unless a group has an account of its own."""
    found = {"DEFAULT": env.secret("HYPER_PAY_ENTITY_ID", SANDBOX_ENTITY)}
    for group in ("MADA", "APPLEPAY"):
        value = env.text(f"HYPER_PAY_{group}_ENTITY_ID", "")
        if value:
            found[group] = value
    return found
