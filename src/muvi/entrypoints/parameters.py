"""Settings that the operators keep in AWS's parameter store, added to the environment of a process.

Asked for where `SSM_REGION` is set and a deployed place is named (`NODE_ENV`, `MUVI_ENV`: any but `local` and
`test`). What the environment itself says wins, so that one process can be told otherwise by hand. Values are
never logged; names are.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, MutableMapping

from muvi.entrypoints.environment import BadSettings, Environment, place_of
from muvi.entrypoints.vendors import aws

AT_HOME = frozenset({"local", "test"})
SETTINGS = ("SSM_REGION", "SSM_ACCESS_KEY_ID", "SSM_SECRET_ACCESS_KEY")
LOADED = "MUVI_PARAMETERS"
"""The path whose parameters a process has; its children inherit both and do not ask again."""
NOT_FROM_THERE = ("NODE_ENV", "MUVI_ENV", LOADED)
"""What says which parameters to read, together with SSM_*, cannot come from among them."""


class ParametersUnread(BadSettings):
    """The store, or what is in it, cannot be used; the settings that it may hold are not known."""


def path_in(environment: Mapping[str, str]) -> str:
    """Below which path parameters are kept for this environment (`/production/`, in lower case however the
    place is written); empty when none are.
    """
    place = place_of(environment)
    if not environment.get("SSM_REGION", "").strip() or place in AT_HOME:
        return ""
    return f"/{place}/"


def add_parameters(environment: MutableMapping[str, str]) -> str:
    """Add what is kept for this environment, once. Returns a line that tells the names, empty when nothing
    was read. Raises `BadSettings`, `ParametersUnread`.
    """
    path = path_in(environment)
    if not path or environment.get(LOADED) == path:
        return ""
    env = Environment(environment)
    access = aws.read(env, "SSM")
    env.finish()
    kept = {
        name: value
        for name, value in _read(path, access).items()
        if name not in NOT_FROM_THERE and not name.startswith("SSM_")
    }
    own = sorted(name for name in kept if environment.get(name, "").strip())
    added = sorted(kept.keys() - set(own))
    environment.update({name: kept[name] for name in added} | {LOADED: path})
    spared = f"; the environment's own count for {', '.join(own)}" if own else ""
    return f"Parameters of {path}: {', '.join(added) or 'none'}{spared}"


def take_parameters() -> None:
    """Add to this process's environment what is kept for it, and tell the names on stderr. Raises
    `BadSettings`.
    """
    if names := add_parameters(os.environ):
        sys.stderr.write(f"{names}\n")


def _read(path: str, access: aws.AwsAccess) -> dict[str, str]:
    from muvi.adapters.config.ssm import TRIES, ParametersNotRead, parameters  # noqa: PLC0415  heavy
    from muvi.adapters.kit.aws import FAILURES, aws_client, told  # noqa: PLC0415

    try:
        client = aws_client(
            "ssm", region=access.region, key_id=access.key_id, secret=access.secret, tries=TRIES
        )
        try:
            return parameters(client, path)
        finally:
            client.close()
    except (ParametersNotRead, *FAILURES) as failure:
        why = str(failure) if isinstance(failure, ParametersNotRead) else told(failure)
        raise ParametersUnread(
            f"SSM_REGION is set, but the parameters under {path} cannot be read: {why} (needed: "
            "ssm:GetParametersByPath, kms:Decrypt)"
        ) from None
