"""Taqnyat, the second sender of sign-in codes. Its public address is the default in production."""

from __future__ import annotations

from dataclasses import dataclass, field

from muvi.domain.identity.challenge import CODE_LENGTHS
from muvi.entrypoints.environment import Environment


@dataclass(frozen=True, slots=True, kw_only=True)
class TaqnyatSettings:
    """`sender`: the name that texts come from; `autofill_hash`: by it Android fills a code in; `code_length`:
    the digits that our account is set to, None where nobody said.
    """

    base_url: str
    api_key: str = field(repr=False)
    sender: str
    autofill_hash: str
    code_length: int | None


def read(env: Environment, sandbox: str) -> TaqnyatSettings | None:
    """TAQNYAT_*; None in production without a key: there is one sender only. Faults are gathered by `env`."""
    if env.production and not env.text("TAQNYAT_API_KEY", ""):
        return None
    usual = "https://api.taqnyat.sa" if env.production else f"{sandbox}/taqnyat"
    return TaqnyatSettings(
        base_url=env.address("TAQNYAT_URL", env.text("TAQNYAT_URL", usual)),
        api_key=env.secret("TAQNYAT_API_KEY", "sandbox-taqnyat-key"),
        sender=env.text("TAQNYAT_SENDER", "muviCinemas"),
        autofill_hash=env.text("TAQNYAT_ANDROID_AUTOFILL_HASH", ""),
        code_length=env.number("TAQNYAT_LENGTH", 4, least=CODE_LENGTHS[0], most=CODE_LENGTHS[-1])
        if env.text("TAQNYAT_LENGTH", "")
        else None,
    )
