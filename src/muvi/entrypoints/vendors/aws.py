"""How a service of AWS is reached: each has its own region and keys, as the operators have them."""

from __future__ import annotations

from dataclasses import dataclass, field

from muvi.entrypoints.environment import Environment


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsAccess:
    """`key_id` and `secret` empty: AWS's own search finds them (the machine's role)."""

    region: str
    key_id: str = ""
    secret: str = field(default="", repr=False)


def read(env: Environment, prefix: str) -> AwsAccess:
    """`<prefix>_REGION`, and both or none of `<prefix>_ACCESS_KEY_ID` and `<prefix>_SECRET_ACCESS_KEY`;
    faults are gathered by `env`.
    """
    region = env.needed(f"{prefix}_REGION")
    names = f"{prefix}_ACCESS_KEY_ID", f"{prefix}_SECRET_ACCESS_KEY"
    if not any(env.text(name, "") for name in names):
        return AwsAccess(region=region)
    key_id, secret = (env.needed(name) for name in names)
    return AwsAccess(region=region, key_id=key_id, secret=secret)
