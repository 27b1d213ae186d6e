"""How the signing key is set, and that a stranger with the public key alone can check a ticket."""

from __future__ import annotations

import base64
import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from tests.builders_tickets import an_admission
from tests.scanner import scanner_check

from muvi.adapters.tickets.signer import Ed25519TicketSigner
from muvi.domain.tickets.errors import TicketKeyUnknown
from muvi.domain.tickets.token import verify_token

# RFC 8032, section 7.1, test 1
SEED = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
PUBLIC = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"


KEY = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(SEED))


def pem_of(key: Ed25519PrivateKey | RSAPrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@pytest.mark.parametrize(
    "setting",
    [
        SEED,
        f" {SEED} ,",
        base64.b64encode(bytes.fromhex(SEED)).decode(),
        pem_of(KEY),
        pem_of(KEY).replace("\n", "\\n"),
    ],
    ids=["hex", "hex-with-blanks", "base64", "pem", "pem-in-one-line"],
)
def test_a_key_is_read_in_each_form(setting: str) -> None:
    signer = Ed25519TicketSigner.from_setting(setting)
    public = bytes.fromhex(PUBLIC)

    assert dict(signer.public_keys()) == {
        hashlib.sha256(public).hexdigest()[:8]: base64.b64encode(public).decode()
    }


def test_a_retired_key_may_be_kept_as_its_public_half() -> None:
    former = Ed25519TicketSigner.from_setting(SEED).sign(an_admission())
    public = base64.b64encode(bytes.fromhex(PUBLIC)).decode()

    assert Ed25519TicketSigner.from_setting(f"{'11' * 32},public:{public}").verify(former) == an_admission()


@pytest.mark.parametrize(
    "setting",
    [
        "",
        " , ",
        f"public:{PUBLIC}",
        SEED[:-2],
        SEED[:-1] + "g",
        "not a key",
        f"{SEED},public:{PUBLIC[:-2]}",
        generate_private_key(65537, 2048)
        .private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        .decode(),
    ],
)
def test_a_bad_setting_is_refused_without_quoting_it(setting: str) -> None:
    with pytest.raises(ValueError, match="key") as refused:
        Ed25519TicketSigner.from_setting(setting)

    assert not setting.strip(" ,") or setting.strip(" ,") not in str(refused.value)


def test_a_scanner_needs_nothing_but_the_documented_layout() -> None:
    """Written from docs/tickets.md alone, without any of our code."""
    token = Ed25519TicketSigner.from_setting(SEED).sign(an_admission())

    assert token.startswith("M1")
    body = base64.b32decode(token[2:] + "=" * (-len(token[2:]) % 8))
    claims, signature = body[:-64], body[-64:]
    assert claims[:4] == hashlib.sha256(bytes.fromhex(PUBLIC)).digest()[:4]
    Ed25519PublicKey.from_public_bytes(bytes.fromhex(PUBLIC)).verify(signature, b"M1" + claims)
    assert claims[47:].decode() == "F12"


def test_a_scanner_with_the_published_keys_checks_offline() -> None:
    signer = Ed25519TicketSigner.from_setting(SEED)
    check = scanner_check(signer.public_keys())

    assert verify_token(signer.sign(an_admission()), check) == an_admission()
    with pytest.raises(TicketKeyUnknown):
        verify_token(signer.sign(an_admission()), scanner_check({}))
