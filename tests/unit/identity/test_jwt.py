"""The corpus of bad tokens (RFC 8725), and what a good one says."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as generate_elliptic_key
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key

from muvi.adapters.memory.clock import FakeClock
from muvi.adapters.tokens.jwt_rs256 import CLOCK_SKEW, JwtTokens
from muvi.adapters.tokens.keys import BadTokenKey, kept_key, read_keys, thumbprint
from muvi.domain.shared.actor import Actor, ActorKind
from muvi.domain.shared.ids import to_wire
from muvi.ports.identity.tokens import RefreshClaim, TokenSubject

KEY = generate_private_key(public_exponent=65537, key_size=2048)
FOREIGN = generate_private_key(public_exponent=65537, key_size=2048)
USER, SESSION = UUID(int=7), UUID(int=8)
ACCESS_S, REFRESH_S = 900, 86_400
CLOCK = FakeClock()
NOW = int(CLOCK.now().timestamp())
ACTOR = Actor(kind=ActorKind.GUEST, id=USER)


def tokens(clock: FakeClock = CLOCK, key: RSAPrivateKey = KEY) -> JwtTokens:
    return JwtTokens(key, clock, access_s=ACCESS_S, refresh_s=REFRESH_S)


def a_subject(**changes: object) -> TokenSubject:
    facts = {
        "user_id": USER,
        "session_id": SESSION,
        "kind": ActorKind.GUEST,
        "generation": 3,
        "issued_at": CLOCK.now(),
    }
    return TokenSubject(**{**facts, **changes})


def public_pem() -> bytes:
    return KEY.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def claims(**changes: object) -> dict[str, Any]:
    facts = {
        "iss": "muvi",
        "aud": "muvi-api",
        "sub": to_wire(USER),
        "sid": to_wire(SESSION),
        "kind": "guest",
        "iat": NOW,
        "exp": NOW + ACCESS_S,
    }
    return {name: value for name, value in {**facts, **changes}.items() if value is not None}


def sign(
    payload: dict[str, Any], key: RSAPrivateKey = KEY, algorithm: str = "RS256", **headers: object
) -> str:
    fields = {"kid": thumbprint(KEY.public_key()), "typ": "at+jwt", **headers}
    return jwt.encode(payload, key, algorithm=algorithm, headers=fields)


def by_hand(header: dict[str, Any], payload: dict[str, Any], signature: bytes = b"") -> str:
    def part(data: bytes) -> str:
        return base64.urlsafe_b64encode(data).rstrip(b"=").decode()

    return ".".join((part(json.dumps(header).encode()), part(json.dumps(payload).encode()), part(signature)))


def hmac_with_public_key() -> str:
    kid = thumbprint(KEY.public_key())
    unsigned = by_hand({"alg": "HS256", "typ": "at+jwt", "kid": kid}, claims()).rsplit(".", 1)[0]
    mac = hmac.new(public_pem(), unsigned.encode(), hashlib.sha256).digest()
    return f"{unsigned}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"


def foreign_jwk() -> dict[str, Any]:
    return json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(FOREIGN.public_key()))


KID = thumbprint(KEY.public_key())
CORPUS: dict[str, Callable[[], str]] = {
    "empty": lambda: "",
    "not a token": lambda: "hello",
    "two parts": lambda: "a.b",
    "alg none": lambda: by_hand({"alg": "none", "typ": "at+jwt", "kid": KID}, claims()),
    "alg NONE": lambda: by_hand({"alg": "NONE", "typ": "at+jwt", "kid": KID}, claims()),
    "HS256 keyed with our public key": hmac_with_public_key,
    "another RSA algorithm": lambda: sign(claims(), algorithm="RS512"),
    "PSS": lambda: sign(claims(), algorithm="PS256"),
    "a stranger's key under our kid": lambda: sign(claims(), FOREIGN),
    "a stranger's key under its own kid": lambda: sign(
        claims(), FOREIGN, kid=thumbprint(FOREIGN.public_key())
    ),
    "kid as a path": lambda: sign(claims(), FOREIGN, kid="../../../../dev/null"),
    "kid as SQL": lambda: sign(claims(), FOREIGN, kid="x' UNION SELECT 'key' --"),
    "no kid": lambda: jwt.encode(claims(), KEY, algorithm="RS256", headers={"typ": "at+jwt"}),
    "embedded jwk": lambda: sign(claims(), FOREIGN, jwk=foreign_jwk()),
    "jku elsewhere": lambda: sign(claims(), FOREIGN, jku="http://127.0.0.1:1/keys"),
    "x5u elsewhere": lambda: sign(claims(), FOREIGN, x5u="http://127.0.0.1:1/cert"),
    "unknown crit": lambda: sign(claims(), crit=["b64"], b64=False),
    "wrong issuer": lambda: sign(claims(iss="evil")),
    "no issuer": lambda: sign(claims(iss=None)),
    "wrong audience": lambda: sign(claims(aud="another-api")),
    "no audience": lambda: sign(claims(aud=None)),
    "typ of a plain JWT": lambda: sign(claims(), typ="JWT"),
    "expired": lambda: sign(claims(iat=NOW - 2000, exp=NOW)),
    "no expiry": lambda: sign(claims(exp=None)),
    "expiry as text": lambda: sign(claims(exp="tomorrow")),
    "expiry beyond all time": lambda: sign(claims(exp=10**20)),
    "from the future": lambda: sign(claims(iat=NOW + 3600, exp=NOW + 7200)),
    "not yet": lambda: sign(claims(nbf=NOW + 3600)),
    "no subject": lambda: sign(claims(sub=None)),
    "subject is no id": lambda: sign(claims(sub="admin")),
    "no session": lambda: sign(claims(sid=None)),
    "kind staff": lambda: sign(claims(kind="staff")),
    "kind system": lambda: sign(claims(kind="system")),
    "no kind": lambda: sign(claims(kind=None)),
    "refresh as access": lambda: tokens().issue(a_subject()).refresh,
    "oversized": lambda: sign(claims(padding="x" * 5000)),
    "payload changed": lambda: _changed(tokens().issue(a_subject()).access),
    "not ASCII": lambda: "é.é.é",
}


def _changed(token: str) -> str:
    header, _, signature = token.split(".")
    other = tokens().issue(a_subject(user_id=UUID(int=9))).access.split(".")[1]
    return f"{header}.{other}.{signature}"


@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
@pytest.mark.parametrize("name", CORPUS)
def test_a_bad_token_speaks_for_nobody(name: str) -> None:
    assert tokens().actor_of(CORPUS[name]()) is None


def test_the_corpus_differs_from_a_good_token_by_one_thing_each() -> None:
    """The twin: with nothing changed the same maker makes a token that is accepted."""
    assert tokens().actor_of(sign(claims())) == ACTOR


def test_a_pair_says_who_and_which_number() -> None:
    pair = tokens().issue(a_subject())
    assert tokens().actor_of(pair.access) == ACTOR
    assert tokens().refresh_of(pair.refresh) == RefreshClaim(session_id=SESSION, generation=3)
    assert tokens().refresh_of(pair.access) is None


def test_the_same_subject_gives_the_same_pair() -> None:
    assert tokens().issue(a_subject()) == tokens().issue(a_subject())


def test_tokens_end() -> None:
    clock = FakeClock()
    pair = tokens(clock).issue(a_subject())
    clock.advance(seconds=ACCESS_S)
    assert tokens(clock).actor_of(pair.access) is None
    assert tokens(clock).refresh_of(pair.refresh) is not None
    clock.advance(seconds=REFRESH_S)
    assert tokens(clock).refresh_of(pair.refresh) is None


def test_clocks_of_two_machines_may_differ_a_little() -> None:
    ahead = CLOCK.now() + CLOCK_SKEW
    assert tokens().actor_of(tokens().issue(a_subject(issued_at=ahead)).access) == ACTOR
    ahead += timedelta(seconds=1)
    assert tokens().actor_of(tokens().issue(a_subject(issued_at=ahead)).access) is None


def test_a_former_key_is_still_read() -> None:
    old = tokens().issue(a_subject()).access
    rotated = JwtTokens(FOREIGN, CLOCK, access_s=ACCESS_S, refresh_s=REFRESH_S, former=[KEY.public_key()])
    assert rotated.actor_of(old) == ACTOR
    assert tokens(key=FOREIGN).actor_of(old) is None


def test_the_newest_key_signs() -> None:
    rotated = JwtTokens(FOREIGN, CLOCK, access_s=ACCESS_S, refresh_s=REFRESH_S, former=[KEY.public_key()])
    for token in (rotated.issue(a_subject()).access, rotated.issue(a_subject()).refresh):
        assert jwt.get_unverified_header(token)["kid"] == thumbprint(FOREIGN.public_key())


def test_the_id_of_the_key_in_rfc_7638() -> None:
    """The example of RFC 7638, section 3.1."""
    jwk = {
        "kty": "RSA",
        "n": (
            "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXj"
            "BZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqz"
            "s8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-"
            "G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"
        ),
        "e": "AQAB",
    }
    public = jwt.algorithms.RSAAlgorithm.from_jwk(jwk)
    assert thumbprint(public) == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"


def private_pem(key: RSAPrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


WEAK = generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505
ELLIPTIC = generate_elliptic_key(SECP256R1()).private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
)


@pytest.mark.parametrize(
    "pem", ["", "hello", ",", public_pem().decode(), private_pem(WEAK), ELLIPTIC.decode()]
)
def test_keys_that_cannot_sign_are_refused(pem: str) -> None:
    with pytest.raises(BadTokenKey):
        read_keys(pem)
    with pytest.raises(BadTokenKey):
        read_keys(f"{pem},{private_pem(KEY)}")


@pytest.mark.parametrize(
    "former", ["hello", private_pem(KEY).replace("PRIVATE", "PUBLIC"), private_pem(WEAK), ELLIPTIC.decode()]
)
def test_former_keys_that_cannot_check_are_refused(former: str) -> None:
    with pytest.raises(BadTokenKey):
        read_keys(f"{private_pem(KEY)},{former}")


@pytest.mark.parametrize("former", [private_pem(FOREIGN), private_pem(FOREIGN).replace("\n", "\\n")])
def test_of_several_keys_the_first_signs_and_the_others_check(former: str) -> None:
    keys = read_keys(f"{private_pem(KEY)},\n{former}")
    assert thumbprint(keys.signing.public_key()) == KID
    assert [thumbprint(public) for public in keys.former] == [thumbprint(FOREIGN.public_key())]


def test_of_a_former_key_the_public_half_is_enough() -> None:
    keys = read_keys(f"{private_pem(FOREIGN)},{public_pem().decode()}")
    assert [thumbprint(public) for public in keys.former] == [KID]


def test_a_key_is_made_once_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "tokens.pem"
    first, second = kept_key(path), kept_key(path)
    assert thumbprint(first.public_key()) == thumbprint(second.public_key())
    assert path.stat().st_mode & 0o777 == 0o600
    one_line = path.read_text().replace("\n", "\\n")
    assert thumbprint(read_keys(one_line).signing.public_key()) == thumbprint(first.public_key())
