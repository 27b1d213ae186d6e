"""Transaction feedback and returns of PayFort, among them the messages that the vendor's kits publish."""

import hashlib
from urllib.parse import urlencode

import msgspec
import pytest

from muvi.adapters.payments.payfort.signature import Signer, concatenated
from muvi.adapters.payments.payfort.webhook import WebhookReader
from muvi.ports.payments.gateway import WebhookForged, WebhookMalformed

SIGNER = Signer(digest="sha256", request_phrase="out", response_phrase="PASS")
READER = WebhookReader(SIGNER, "TestAccessCode", "TestMerchantIdentifier")
PURCHASE = {
    "access_code": "TestAccessCode",
    "merchant_identifier": "TestMerchantIdentifier",
    "merchant_reference": "01JATTEMPT",
    "command": "PURCHASE",
    "response_code": "14000",
    "amount": "8650",
    "currency": "SAR",
    "fort_id": "169900000000000001",
}
PUBLISHED_FAILURE = {
    "amount": "243",
    "response_code": "00006",
    "merchant_identifier": "TestMerchantIdentifier",
    "access_code": "TestAccessCode",
    "language": "en",
    "command": "PURCHASE",
    "response_message": "Technical problem",
    "merchant_reference": "merchant_reference",
    "customer_email": "test@test.com",
    "return_url": "http://test.com",
    "currency": "USD",
    "status": "00",
    "signature": "b1869e119965f0b56be7d6401964003ce9ab65ed02b6ec2110eb3f94d136bd79",
}
"""A return as the kit for .NET publishes it (APS.DotNetSDK.Tests, NotificationValidatorTests)."""


def signed(fields: dict[str, str], phrase: str = "PASS") -> dict[str, str]:
    signer = Signer(digest="sha256", request_phrase=phrase, response_phrase="-")
    return signer.signed(fields)


def as_json(fields: dict[str, str]) -> bytes:
    return msgspec.json.encode(fields)


def as_form(fields: dict[str, str]) -> bytes:
    return urlencode(fields).encode()


@pytest.mark.parametrize("encode", [as_json, as_form])
def test_a_genuine_message_names_its_payment(encode: object) -> None:
    notice = READER.read(encode(signed(PURCHASE)))  # type: ignore[operator]
    assert (notice.kind, notice.reference, notice.checkout_id) == ("PURCHASE", "01JATTEMPT", "01JATTEMPT")
    assert notice.payment_id == "169900000000000001"


def test_a_published_return_is_read_decoded() -> None:
    notice = READER.read(as_form(PUBLISHED_FAILURE))
    assert (notice.reference, notice.payment_id) == ("merchant_reference", "")


def test_json_is_hashed_as_it_came() -> None:
    told = signed(PURCHASE | {"response_message": "Success &amp; more", "customer_name": "ليلى"})
    assert READER.read(as_json(told)).reference == "01JATTEMPT"


def test_a_refund_is_named_by_our_reference_for_it() -> None:
    refund = PURCHASE | {"command": "REFUND", "response_code": "06000", "maintenance_reference": "01JREFUND"}
    notice = READER.read(as_json(signed(refund)))
    assert (notice.kind, notice.reference, notice.payment_id) == ("REFUND", "01JREFUND", "")
    assert (notice.refund_id, notice.is_some_refund) == ("01JREFUND", False)


@pytest.mark.parametrize("code", ["07666", "00042", "00008"])
@pytest.mark.parametrize("name", [{}, {"maintenance_reference": "01JREFUND"}])
def test_a_refund_that_is_refused_did_not_arrive(code: str, name: dict[str, str]) -> None:
    refused = PURCHASE | {"command": "REFUND", "response_code": code} | name
    notice = READER.read(as_json(signed(refused)))
    assert (notice.refund_id, notice.is_some_refund) == ("", False)
    assert notice.reference == name.get("maintenance_reference", "01JATTEMPT")


@pytest.mark.parametrize("name", [{}, {"maintenance_reference": ""}])
def test_a_refund_without_our_reference_is_some_refund_of_its_payment(name: dict[str, str]) -> None:
    refund = PURCHASE | {"command": "REFUND", "response_code": "06000"} | name
    notice = READER.read(as_json(signed(refund)))
    assert (notice.reference, notice.refund_id, notice.is_some_refund) == ("01JATTEMPT", "", True)
    assert READER.read(as_json(signed(PURCHASE))).is_some_refund is False


@pytest.mark.parametrize(
    "change", [{"amount": "1"}, {"response_code": "14001"}, {"extra": "1"}, {"signature": ""}]
)
def test_what_was_changed_on_the_way_is_forged(change: dict[str, str]) -> None:
    with pytest.raises(WebhookForged):
        READER.read(as_json(signed(PURCHASE) | change))


@pytest.mark.parametrize("account", ["access_code", "merchant_identifier"])
def test_another_account_is_not_ours(account: str) -> None:
    with pytest.raises(WebhookForged):
        READER.read(as_json(signed(PURCHASE | {account: "another"})))


def test_our_own_phrase_for_requests_proves_nothing() -> None:
    with pytest.raises(WebhookForged):
        READER.read(as_json(signed(PURCHASE, "out")))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"{",
        b"[]",
        b"a",
        b"a=%ff",
        b'{"signature": "x"}',
        b"merchant_reference=1",
        b"\xff",
        b'{"a":' * 5000,
    ],
)
def test_nonsense_is_malformed(body: bytes) -> None:
    with pytest.raises(WebhookMalformed):
        READER.read(body)


@pytest.mark.parametrize(("code", "used_up"), [("00066", True), ("00007", True), ("14000", False)])
def test_a_form_that_was_refused_as_used_says_so(code: str, used_up: bool) -> None:  # noqa: FBT001
    told = signed(PURCHASE | {"response_code": code})
    assert READER.read(as_form(told)).is_used_up is used_up


def test_repetitions_are_one_message_and_news_are_another() -> None:
    def digest(**change: str) -> str:
        return READER.read(as_json(signed(PURCHASE | change))).digest

    assert digest() == digest(customer_ip="192.0.2.1") == READER.read(as_form(signed(PURCHASE))).digest
    news = ({"response_code": "19000"}, {"amount": "1"}, {"fort_id": "2"}, {"maintenance_reference": "r"})
    assert len({digest(), *(digest(**change) for change in news)}) == 1 + len(news)


RECUT = PURCHASE | {"language": "en", "eci": "ECOMMERCE", "response_message": "Success", "status": "14"}


def recut(*names: str) -> dict[str, str]:
    """A genuine message whose neighbouring fields became one; the signature still fits."""
    fields = signed(RECUT)
    told = "".join(f"{name}={fields.pop(name)}" for name in names)
    name, _, text = told.partition("=")
    return fields | {name: text}


@pytest.mark.parametrize(
    "names",
    [
        ("fort_id", "language"),
        ("command", "currency"),
        ("response_code", "response_message"),
        ("merchant_reference", "response_code"),
        ("amount", "command"),
        ("eci", "fort_id"),
        ("access_code", "amount"),
    ],
)
@pytest.mark.parametrize("encode", [as_json, as_form])
def test_one_message_cannot_be_cut_into_others(names: tuple[str, ...], encode: object) -> None:
    fields = recut(*names)
    assert SIGNER.is_genuine(fields)
    with pytest.raises((WebhookMalformed, WebhookForged)):
        READER.read(encode(fields))  # type: ignore[operator]


def test_a_fields_name_cannot_hold_others() -> None:
    fields = signed(RECUT)
    fields[f"amount={fields.pop('amount')}command"] = fields.pop("command")
    assert SIGNER.is_genuine(fields)
    with pytest.raises(WebhookMalformed):
        READER.read(as_json(fields))


@pytest.mark.parametrize(
    "change",
    [
        {"response_message": "amount=8650 is above the limit of fort_id=1"},
        {"order_description": "command=1"},
        {"customer_name": "fort_id=7"},
    ],
)
def test_words_that_look_like_fields_are_no_reason_to_refuse_a_message(change: dict[str, str]) -> None:
    assert READER.read(as_json(signed(RECUT | change))).reference == "01JATTEMPT"
    without = {name: text for name, text in RECUT.items() if name not in ("fort_id", "amount", "command")}
    late = {"response_message": "no amount=, command= or fort_id="}
    assert READER.read(as_json(signed(without | late))).reference == "01JATTEMPT"


def test_a_field_that_tells_nothing_apart_may_be_cut() -> None:
    """The twin: it is the same message, heard once."""
    fields = recut("response_message", "status")
    assert READER.read(as_json(fields)).digest == READER.read(as_json(signed(RECUT))).digest


@pytest.mark.parametrize(
    "change",
    [{"merchant_reference": 1}, {"fort_id": 1}, {"command": None}, {"amount": ["8650"]}, {"fort_id": "1\n"}],
)
def test_what_the_gateway_never_writes_is_malformed(change: dict[str, object]) -> None:
    fields: dict[str, object] = {**PURCHASE, **change}
    text = concatenated(fields, "PASS")
    signature = hashlib.sha256(text.encode()).hexdigest()
    with pytest.raises(WebhookMalformed):
        READER.read(msgspec.json.encode({**fields, "signature": signature}))


def test_nested_values_are_part_of_the_text() -> None:
    body = {"a": {"z": 1, "b": None}, "c": [1, {"d": ""}]}
    assert concatenated(body, "") == "a={z=1, b=}c=[1, {d=}]"
