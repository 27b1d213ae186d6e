"""JSON Web Tokens signed with RS256 (RFC 8725 is the list of what can go wrong with them).

Access and refresh tokens differ in header `typ` and in `aud`, so neither passes for the other. The algorithm
is ours, not the token's; the key is found by `kid` among our own and nowhere else: `jku`, `x5u`, `jwk` are
not even looked at.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from typing_extensions import override

from muvi.adapters.tokens.keys import thumbprint
from muvi.domain.shared.actor import Actor, ActorKind
from muvi.domain.shared.ids import from_wire, to_wire
from muvi.ports.clock import Clock
from muvi.ports.identity.tokens import RefreshClaim, SessionTokens, TokenPair, TokenSubject

ALGORITHM: Final = "RS256"
ISSUER: Final = "muvi"
ACCESS: Final = "at+jwt"  # RFC 9068
REFRESH: Final = "rt+jwt"
AUDIENCES: Final = {ACCESS: "muvi-api", REFRESH: "muvi-refresh"}
MAX_LENGTH: Final = 4096
KEPT: Final = 2048
"""Tokens whose signature need not be checked again; refused ones are not kept."""
CLOCK_SKEW: Final = timedelta(seconds=30)
_BUYERS: Final = frozenset({ActorKind.GUEST, ActorKind.CUSTOMER})
_OPTIONS: Final = {
    "require": ["iss", "aud", "sub", "sid", "iat", "exp"],
    # times are compared with our own clock below
    "verify_exp": False,
    "verify_iat": False,
    "verify_nbf": False,
}


class JwtTokens(SessionTokens):
    """Signs with one key and accepts tokens of it and of `former` ones, which is how a key is rotated."""

    def __init__(
        self,
        key: RSAPrivateKey,
        clock: Clock,
        *,
        access_s: int,
        refresh_s: int,
        former: Iterable[RSAPublicKey] = (),
    ) -> None:
        self._key = key
        self._kid = thumbprint(key.public_key())
        self._keys = {thumbprint(public): public for public in (key.public_key(), *former)}
        self._clock = clock
        self._verified = lru_cache(KEPT)(self._verify)
        self._lifetimes = {ACCESS: access_s, REFRESH: refresh_s}

    @override
    def issue(self, subject: TokenSubject) -> TokenPair:
        kind = {"kind": subject.kind.value}
        return TokenPair(
            access=self._sign(ACCESS, subject, kind),
            refresh=self._sign(REFRESH, subject, {"gen": subject.generation}),
        )

    @override
    def actor_of(self, token: str) -> Actor | None:
        claims = self._claims(token, ACCESS)
        if claims is None:
            return None
        try:
            kind, user_id = ActorKind(claims["kind"]), from_wire(claims["sub"])
        except (KeyError, ValueError, TypeError):
            return None
        return Actor(kind=kind, id=user_id) if kind in _BUYERS else None

    @override
    def refresh_of(self, token: str) -> RefreshClaim | None:
        claims = self._claims(token, REFRESH)
        if claims is None:
            return None
        session_id, generation = _id(claims["sid"]), claims.get("gen")
        if session_id is None or type(generation) is not int:
            return None
        return RefreshClaim(session_id=session_id, generation=generation)

    def _sign(self, typ: str, subject: TokenSubject, more: dict[str, Any]) -> str:
        issued_at = int(subject.issued_at.timestamp())
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCES[typ],
            "sub": to_wire(subject.user_id),
            "sid": to_wire(subject.session_id),
            "iat": issued_at,
            "exp": issued_at + self._lifetimes[typ],
            **more,
        }
        return jwt.encode(claims, self._key, algorithm=ALGORITHM, headers={"kid": self._kid, "typ": typ})

    def _claims(self, token: str, typ: str) -> dict[str, Any] | None:
        """The claims of a valid token of this type."""
        try:
            claims = self._verified(token, typ)
        except (jwt.PyJWTError, ValueError, TypeError):
            return None
        return claims if self._in_time(claims) else None

    def _verify(self, token: str, typ: str) -> dict[str, Any]:
        """All but the time, which is why the answer can be kept. Raises `ValueError`, `TypeError`,
        `PyJWTError`.
        """
        if len(token) > MAX_LENGTH:
            raise ValueError("too long")
        header = jwt.get_unverified_header(token)
        key = self._keys.get(str(header.get("kid", "")))
        if key is None or header.get("typ") != typ:
            raise ValueError("not a token of this kind, or of an unknown key")
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=[ALGORITHM],
            audience=AUDIENCES[typ],
            issuer=ISSUER,
            options=_OPTIONS,  # type: ignore[arg-type]
        )
        return claims

    def _in_time(self, claims: dict[str, Any]) -> bool:
        now = self._clock.now()
        try:
            expires = datetime.fromtimestamp(claims["exp"], UTC)
            starts = datetime.fromtimestamp(max(claims["iat"], claims.get("nbf", claims["iat"])), UTC)
        except (TypeError, ValueError, OverflowError, OSError):
            return False
        return now < expires and starts <= now + CLOCK_SKEW


def _id(value: object) -> UUID | None:
    try:
        return from_wire(str(value))
    except ValueError:
        return None
