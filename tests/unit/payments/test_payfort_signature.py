"""PayFort's digests against what the vendor's own kits publish; each vector names its source."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from muvi.adapters.payments.payfort.signature import Signer, concatenated

VECTORS: list[dict[str, Any]] = json.loads(Path(__file__).with_name("payfort_vectors.json").read_text())
SIGNED = [vector for vector in VECTORS if vector["signature"]]


def a_signer(digest: str = "sha256", phrase: str = "PASS") -> Signer:
    return Signer(digest=digest, request_phrase=phrase, response_phrase=phrase)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: str(vector["id"]))
def test_the_text_that_is_hashed_is_the_published_one(vector: dict[str, Any]) -> None:
    assert concatenated(vector["fields"], vector["phrase"]) == vector["text"]


@pytest.mark.parametrize("vector", SIGNED, ids=lambda vector: str(vector["id"]))
@pytest.mark.parametrize("case", [str.lower, str.upper])
def test_a_published_signature_is_genuine_in_either_case(vector: dict[str, Any], case: Any) -> None:  # noqa: ANN401
    signer = a_signer(vector["digest"], vector["phrase"])
    fields = vector["fields"] | {"signature": case(vector["signature"])}
    assert signer.is_genuine(fields)
    assert not signer.is_genuine(fields | {"merchant_identifier": "another"})
    assert not a_signer(vector["digest"], "another").is_genuine(fields)


def test_what_we_send_is_signed_with_the_request_phrase_and_holds_nothing_empty() -> None:
    signer = Signer(digest="sha256", request_phrase="MySecretKey123", response_phrase="another")
    (vector,) = (one for one in VECTORS if one["id"] == "aps-docs-sample-computed")
    signed = signer.signed(vector["fields"] | {"order_description": ""})
    assert signed == vector["fields"] | {"signature": vector["signature"]}
    assert not signer.is_genuine(signed)


@pytest.mark.parametrize("text", ["PASSa=1b=PASS", "PASSa=1PASS"])
def test_empty_values_may_be_signed_in_either_way(text: str) -> None:
    signature = hashlib.sha256(text.encode()).hexdigest()
    assert a_signer().is_genuine({"b": "", "a": "1", "signature": signature})


def test_names_are_sorted_by_their_bytes() -> None:
    assert concatenated({"b": "1", "B": "2", "a_": "3", "aZ": "4"}, "") == "B=2aZ=4a_=3b=1"


@pytest.mark.parametrize("flaw", [{"digest": "md5"}, {"request_phrase": ""}, {"response_phrase": ""}])
def test_an_account_that_cannot_sign_is_refused(flaw: dict[str, str]) -> None:
    account = {"digest": "sha512", "request_phrase": "a", "response_phrase": "b"} | flaw
    with pytest.raises(ValueError, match=r"digest|phrases"):
        Signer(**account)


def test_no_phrase_prints_itself() -> None:
    assert "PASS" not in repr(a_signer())
