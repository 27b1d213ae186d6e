"""The encrypted messages of HyperPay: published vectors, wrappers, rotation, forgery."""

import json
import os

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from muvi.adapters.payments.hyperpay.webhook import WebhookReader
from muvi.domain.payments.report import Verdict
from muvi.ports.payments.gateway import WebhookForged, WebhookMalformed

# Published by the platform's webhook guide: developers.primeiropay.com/webhook-1/webhook-integration-guide
KEY = "000102030405060708090a0b0c0d0e0f000102030405060708090a0b0c0d0e0f"
HEADERS = {
    "X-Initialization-Vector": "3D575574536D450F71AC76D8",
    "X-Authentication-Tag": "19FDD068C6F383C173D3A906F7BD1D83",
}
BODY = b"F8E2F759E528CB69375E51DB2AF9B53734E393"
OTHER_KEY = "ff" * 32
MESSAGE = {
    "type": "PAYMENT",
    "payload": {
        "id": "8ac7a4a1000000010000000200000003",
        "paymentType": "DB",
        "merchantTransactionId": "01KA1MERF0000000000000001Z",
        "result": {"code": "000.200.000"},
        "ndc": "A1B2C3D4E5F6A7B8C9D0E1F2A3B4C5D6.example-node",
    },
}


def sealed(message: object, key: str = KEY) -> tuple[dict[str, str], bytes]:
    """A message as the platform seals it."""
    vector = os.urandom(12)
    plaintext = message if isinstance(message, bytes) else json.dumps(message).encode()
    both = AESGCM(bytes.fromhex(key)).encrypt(vector, plaintext, None)
    headers = {"x-initialization-vector": vector.hex(), "x-authentication-tag": both[-16:].hex()}
    return headers, both[:-16].hex().encode()


def test_published_vector_opens() -> None:
    assert WebhookReader([KEY]).read(HEADERS, BODY).kind == "PAYMENT"


def test_published_vector_opens_in_the_json_wrapper() -> None:
    wrapped = json.dumps({"encryptedBody": BODY.decode()}).encode()
    assert WebhookReader([KEY]).read(HEADERS, wrapped) == WebhookReader([KEY]).read(HEADERS, BODY)


@pytest.mark.parametrize(
    ("code", "kind", "says"),
    [
        ("000.200.000", "DB", Verdict.PENDING),
        ("800.400.500", "DB", Verdict.PENDING),
        ("000.200.000", "RF", Verdict.UNKNOWN),
        ("000.000.000", "DB", Verdict.CAPTURED),
        ("800.100.152", "DB", Verdict.DECLINED),
        ("900.100.300", "DB", Verdict.UNKNOWN),
        ("", "DB", Verdict.UNKNOWN),
    ],
)
def test_what_a_message_says_of_a_payment(code: str, kind: str, says: Verdict) -> None:
    payload = MESSAGE["payload"] | {"paymentType": kind, "result": {"code": code}}
    message = {"type": "PAYMENT", "payload": payload}
    assert WebhookReader([KEY]).read(*sealed(message)).says is says


@pytest.mark.parametrize(("kind", "name"), [("RF", "8ac7a4a1000000010000000200000003"), ("DB", "")])
def test_a_message_about_a_refund_brings_its_name(kind: str, name: str) -> None:
    message = {"type": "PAYMENT", "payload": MESSAGE["payload"] | {"paymentType": kind}}
    notice = WebhookReader([KEY]).read(*sealed(message))
    assert (notice.refund_id, notice.reference) == (name, "01KA1MERF0000000000000001Z")


def test_a_refund_that_is_declined_has_no_name() -> None:
    payload = MESSAGE["payload"] | {"paymentType": "RF", "result": {"code": "800.100.152"}}
    assert WebhookReader([KEY]).read(*sealed({"type": "PAYMENT", "payload": payload})).refund_id == ""


def test_vector_with_one_tag_byte_changed_is_forged() -> None:
    changed = HEADERS | {"X-Authentication-Tag": "18FDD068C6F383C173D3A906F7BD1D83"}
    with pytest.raises(WebhookForged):
        WebhookReader([KEY]).read(changed, BODY)


@pytest.mark.parametrize("position", [0, 7, 18])
def test_any_changed_byte_of_the_body_is_forged(position: int) -> None:
    changed = bytearray(bytes.fromhex(BODY.decode()))
    changed[position] ^= 1
    with pytest.raises(WebhookForged):
        WebhookReader([KEY]).read(HEADERS, changed.hex().encode())


def test_a_tampered_body_decrypts_to_something_else_when_the_tag_is_not_checked() -> None:
    """The twin: the same cipher without its tag takes the changed message for a message."""
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes  # noqa: PLC0415

    changed = bytearray(bytes.fromhex(BODY.decode()))
    changed[10] ^= 1
    counter = bytes.fromhex(HEADERS["X-Initialization-Vector"]) + (2).to_bytes(4, "big")
    cipher = Cipher(algorithms.AES(bytes.fromhex(KEY)), modes.CTR(counter)).decryptor()
    assert cipher.update(bytes(changed)) not in (b"", b'{"type": "PAYMENT"}')


def test_both_keys_open_during_a_rotation() -> None:
    reader = WebhookReader([OTHER_KEY, KEY])
    assert reader.read(HEADERS, BODY).kind == "PAYMENT"
    assert reader.read(*sealed(MESSAGE, OTHER_KEY)).payment_id == MESSAGE["payload"]["id"]  # type: ignore[index]


def test_after_the_rotation_the_old_key_is_forged() -> None:
    with pytest.raises(WebhookForged):
        WebhookReader([OTHER_KEY]).read(HEADERS, BODY)


def test_the_notice_names_what_to_ask_about() -> None:
    notice = WebhookReader([KEY]).read(*sealed(MESSAGE))
    assert notice.kind == "PAYMENT:DB"
    assert notice.reference == "01KA1MERF0000000000000001Z"
    assert notice.checkout_id == "A1B2C3D4E5F6A7B8C9D0E1F2A3B4C5D6.example-node"
    assert not notice.is_test


def test_a_repeated_message_has_the_same_digest_and_a_new_state_another() -> None:
    reader = WebhookReader([KEY])
    paid = MESSAGE | {
        "payload": {"id": "8ac7a4a1000000010000000200000003", "result": {"code": "000.000.000"}}
    }
    first, again, later = (reader.read(*sealed(m)).digest for m in (MESSAGE, MESSAGE, paid))
    assert first == again != later


@pytest.mark.parametrize("message", [{"type": "test"}, {"type": "test", "payload": "hello"}])
def test_the_test_of_the_portal_is_told_apart(message: object) -> None:
    assert WebhookReader([KEY]).read(*sealed(message)).is_test


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({}, BODY),
        (HEADERS, b""),
        (HEADERS, b"not hexadecimal"),
        (HEADERS, b"{"),
        (HEADERS, b'{"encryptedBody": 7}'),
        (HEADERS, b'{"other": "00"}'),
        (HEADERS, b'{"other":' * 5000),
        (HEADERS, b"\xff\xfe"),
        (HEADERS | {"X-Initialization-Vector": "3D57"}, BODY),
        (HEADERS | {"X-Authentication-Tag": "zz"}, BODY),
        (HEADERS | {"X-Authentication-Tag": "19FD"}, BODY),
    ],
)
def test_what_cannot_be_a_message_is_malformed(headers: dict[str, str], body: bytes) -> None:
    with pytest.raises(WebhookMalformed):
        WebhookReader([KEY]).read(headers, body)


@pytest.mark.parametrize(
    "plaintext", [b"[]", b"no json", b'{"payload": {}}', b"\xff", b'{"type":"PAYMENT","payload":[1]}']
)
def test_a_genuine_message_of_another_shape_is_malformed(plaintext: bytes) -> None:
    with pytest.raises(WebhookMalformed):
        WebhookReader([KEY]).read(*sealed(plaintext))


@pytest.mark.parametrize("keys", [[], ["00"], ["00" * 16]])
def test_keys_have_64_characters(keys: list[str]) -> None:
    with pytest.raises(ValueError, match="64"):
        WebhookReader(keys)
