"""Buyers are sent back only to origins that somebody vouched for."""

import pytest

from muvi.domain.payments.return_address import ReturnAddressNotAllowed, require_return_address

ALLOWED = ("https://muvi.example", "http://127.0.0.1:3000", "muvi://", "muvikiosk://paid")


@pytest.mark.parametrize(
    "address",
    [
        "",
        "https://muvi.example",
        "https://muvi.example/",
        "https://MUVI.example:443/paid?x=1#y",
        "http://127.0.0.1:3000/ok",
        "muvi://order/7",
        "MUVI:done",
        "muvikiosk://paid/7",
    ],
)
def test_allowed(address: str) -> None:
    assert require_return_address(address, ALLOWED) == address


@pytest.mark.parametrize(
    "address",
    [
        "http://muvi.example/",
        "https://muvi.example:444/",
        "https://muvi.example.evil.example/",
        "https://evil.example/https://muvi.example/",
        "https://muvi.example@evil.example/",
        "https://evil.example\\@muvi.example/",
        "https://user@muvi.example/",
        "//muvi.example/",
        "/paid",
        "paid",
        "javascript:alert(1)",
        "data:text/html,x",
        "https:muvi.example",
        "https:///muvi.example",
        "https://muvi.example:port/",
        "https://muvi.example/\r\nset-cookie: a=b",
        " https://muvi.example/",
        "https://mu\u200bvi.example/",
        "http://127.0.0.1:3001/",
        "muvikiosk://elsewhere/7",
        "https://muvi.example/" + "a" * 2000,
    ],
)
def test_refused(address: str) -> None:
    with pytest.raises(ReturnAddressNotAllowed) as refused:
        require_return_address(address, ALLOWED, field="successWebUrl")
    assert refused.value.code == "return-address-not-allowed"
    assert refused.value.facts == {"field": "successWebUrl"}


def test_comparing_beginnings_instead_of_origins_would_let_a_stranger_in() -> None:
    """The twin: the address of a stranger that begins like ours."""
    assert "https://muvi.example.evil.example/".startswith(ALLOWED[0])
