"""What a problem document says of an error: its standard members, its facts, in both languages."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from litestar import Response
from litestar.testing import RequestFactory

from muvi.adapters.http.problems import on_any_error, on_defect, on_domain_error, on_port_error
from muvi.domain.orders.errors import OrderNotOpen
from muvi.domain.orders.order import OrderStatus
from muvi.domain.shared.errors import AlreadyThere, DomainError, InvariantBroken, ReferenceLost
from muvi.ports.errors import OutcomeUnknown, Refused, Unavailable


def shown(error: DomainError) -> dict[str, object]:
    response = on_domain_error(RequestFactory().get("/"), error)
    return msgspec.json.decode(response.content, type=dict[str, object])


def test_facts_named_like_standard_members_lose() -> None:
    error = DomainError("text", status="x", code="y", title="z", detail="d", type="t", request_id="r")
    body = shown(error)
    assert (body["status"], body["code"], body["detail"]) == (422, "rule-broken", "text")


def test_a_closed_order_says_what_it_is() -> None:
    body = shown(OrderNotOpen(order_status=OrderStatus.CONFIRMED))
    assert (body["status"], body["code"], body["orderStatus"]) == (409, "order-not-open", "CONFIRMED")


ARABIC = RequestFactory().get("/", headers={"accept-language": "ar"})


@pytest.mark.parametrize(
    ("answer", "error", "status"),
    [
        (on_domain_error, OrderNotOpen(), 409),
        (on_port_error, Unavailable("down", system="gateway"), 503),
        (on_port_error, OutcomeUnknown("lost", system="gateway"), 503),
        (on_port_error, Refused("no", system="gateway"), 502),
        (on_any_error, LookupError("x"), 500),
    ],
)
def test_every_failure_is_told_in_arabic(
    answer: Callable[..., Response[bytes]], error: Exception, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    response = answer(ARABIC, error)
    capsys.readouterr()
    body: dict[str, Any] = msgspec.json.decode(response.content)
    assert response.status_code == status
    for said in (body["title"], body["detail"]):
        assert any("\u0600" <= letter <= "\u06ff" for letter in said)


@pytest.mark.parametrize("error", [InvariantBroken, AlreadyThere, ReferenceLost])
def test_a_broken_invariant_is_a_defect_and_is_logged_in_full(
    error: type[InvariantBroken], capsys: pytest.CaptureFixture[str]
) -> None:
    response = on_defect(RequestFactory().get("/"), error("uq_things_name refuses"))
    body: dict[str, Any] = msgspec.json.decode(response.content)
    assert (response.status_code, body["code"]) == (500, error.code)
    assert "uq_things_name" not in str(body)
    assert f"{error.__name__}" in (told := capsys.readouterr().out)
    assert "uq_things_name refuses" in told
