"""Facts of an error never displace what every problem document says."""

import msgspec
from litestar.testing import RequestFactory

from muvi.adapters.http.problems import on_domain_error
from muvi.domain.orders.errors import OrderNotOpen
from muvi.domain.orders.order import OrderStatus
from muvi.domain.shared.errors import DomainError


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
