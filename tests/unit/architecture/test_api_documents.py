"""What is written about the API is true: routes are complete, codes are explained.

That the committed files are current is looked at by `tests/contract/http`.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import msgspec
from tests.unit.architecture.test_errors import errors

from muvi.adapters.http.problem_kinds import OTHERS, kinds
from muvi.entrypoints.commands.openapi import documents

UNSAFE = {"post", "put", "patch", "delete"}
NOT_ON_A_ROUTE: Mapping[str, str] = {
    "already-there": "a defect of ours, where a use case does not expect it",
    "busy": "any change may meet a locked row; told in general under 409",
    "conflict": "a family",
    "expired": "a family",
    "forbidden": "a family",
    "illegal-transition": "a defect of ours, not a matter of the request",
    "invalid": "a family",
    "invariant-broken": "a defect of ours, told in general under 500",
    "limit-reached": "a family",
    "malformed-request": "told in general under 400",
    "not-found": "unknown paths",
    "not-waiting": "the command line's",
    "payment-changed": "within processes, tried again there",
    "payment-refused": "a family",
    "reference-lost": "a defect of ours, where a use case does not expect it",
    "refund-changed": "within processes, tried again there",
    "refund-exceeds-capture": "within processes",
    "tax-qr-unencodable": "settings, checked at start",
    "ticket-code-malformed": "the scanner's",
    "ticket-for-another-showtime": "the scanner's",
    "ticket-forged": "the scanner's",
    "ticket-key-unknown": "the scanner's",
    "ticket-token-malformed": "the scanner's",
    "unauthenticated": "told in general under 401",
    "unknown-platform": "told in general under 400",
}
"""Code: why no route lists it by name."""


@cache
def api() -> dict[str, Any]:
    described: dict[str, Any] = msgspec.json.decode(documents()["openapi.json"])
    return described


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in api()["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def where(path: str, method: str) -> str:
    return f"{method.upper()} {path}"


def test_documents_are_the_same_each_time() -> None:
    assert documents() == documents()


def test_operations_have_names_of_their_own_tags_and_a_sentence() -> None:
    names = Counter(operation["operationId"] for _, _, operation in operations())
    assert [name for name, times in names.items() if times > 1] == []
    assert [where(p, m) for p, m, operation in operations() if not operation.get("tags")] == []
    assert [where(p, m) for p, m, operation in operations() if not operation.get("description")] == []


def test_every_route_lists_its_problems() -> None:
    missing = [
        where(path, method)
        for path, method, operation in operations()
        if path.startswith("/api/") and not {"400", "500"} <= operation["responses"].keys()
    ]
    assert missing == []


def test_problems_have_the_shape_of_problems() -> None:
    for path, method, operation in operations():
        for status, response in operation["responses"].items():
            if status >= "400" and response.get("content"):
                pages = {*operation["responses"].get("200", {}).get("content", ())} & {"text/html"}
                told = response["content"].keys() - pages  # a page may be answered by a page
                assert told == {"application/problem+json"}, where(path, method)


def test_media_types_leave_the_character_set_to_the_framework() -> None:
    """It adds one to every text, so that one of ours would stand there twice."""
    media_types = {
        media_type
        for _, _, operation in operations()
        for response in operation["responses"].values()
        for media_type in response.get("content", {})
    }
    assert [one for one in media_types if ";" in one] == []


def test_answers_have_a_schema() -> None:
    bare = [
        where(path, method)
        for path, method, operation in operations()
        for status, response in operation["responses"].items()
        for media_type, content in response.get("content", {}).items()
        if status.startswith("2") and media_type == "application/json" and not content.get("schema")
    ]
    assert bare == []


def answered(operation: dict[str, Any]) -> set[str]:
    """The members of what a route answers with 200."""
    shape = operation["responses"].get("200", {}).get("content", {}).get("application/json", {})
    name = shape.get("schema", {}).get("$ref", "").rpartition("/")[2]
    return {*api()["components"]["schemas"].get(name, {}).get("properties", {})}


def test_lists_are_paged_in_one_way() -> None:
    lists = {
        where(path, method): [
            one for one in operation.get("parameters", []) if one["name"] in {"page", "limit"}
        ]
        for path, method, operation in operations()
        if "pageCount" in answered(operation)
    }
    assert "GET /api/v1/orders" in lists
    assert "GET /api/v1/films" in lists
    (one, *others) = lists.values()
    assert [parameter["name"] for parameter in one] == ["page", "limit"]
    assert [other for other in others if other != one] == []


def test_routes_with_a_body_say_what_they_do_not_take() -> None:
    missing = [
        where(path, method)
        for path, method, operation in operations()
        if "requestBody" in operation
        and not ({"413", "415"} - _any_type(operation)) <= operation["responses"].keys()
    ]
    assert missing == []


def _any_type(operation: dict[str, Any]) -> set[str]:
    """415 for a route that reads the bytes, whatever they are said to be."""
    bytes_read = {"text/plain", "application/x-www-form-urlencoded"} & operation["requestBody"][
        "content"
    ].keys()
    return {"415"} if bytes_read else set()


def test_routes_say_what_they_read() -> None:
    silent = {
        path
        for path, method, operation in operations()
        if method in {"post", "put", "patch"} and not operation.get("requestBody")
    }
    assert {path for path in silent if not path.endswith("/cron-sync")} == set()
    refresh = api()["paths"]["/api/v1/auth/auth-refresh"]["post"]["requestBody"]
    assert not refresh.get("required")
    assert [*refresh["content"]["application/json"]["schema"]["properties"]] == ["refreshToken"]
    webhook = api()["paths"]["/api/v1/cms/transactions/hyperpay-webhooks"]["post"]["requestBody"]
    assert webhook["required"]
    assert webhook["content"]["text/plain"]["schema"]["type"] == "string"
    assert webhook["content"]["application/json"]["schema"]["required"] == ["encryptedBody"]


def test_protected_routes_say_how() -> None:
    schemes = api()["components"]["securitySchemes"]
    for path, method, operation in operations():
        named = {name for one in operation.get("security", []) for name in one}
        assert named <= schemes.keys(), where(path, method)
        if "/orders" in path or path.endswith("/me"):
            assert named == {"bearer"}, where(path, method)
        if path.endswith("cron-sync"):
            assert named == {"scheduler"}, where(path, method)


def test_buying_takes_idempotency_keys() -> None:
    without = [
        where(path, method)
        for path, method, operation in operations()
        if method in UNSAFE and "/orders" in path
        if "Idempotency-Key" not in {parameter["name"] for parameter in operation.get("parameters", [])}
    ]
    assert without == []


def test_every_code_is_explained() -> None:
    assert {error.code for error in errors()} <= kinds().keys()
    assert not {kind.code for kind in OTHERS} & {error.code for error in errors()}
    assert [kind.code for kind in kinds().values() if not kind.meaning or not kind.title_ar] == []


def test_every_code_stands_on_a_route_that_can_say_it() -> None:
    told = " ".join(
        response.get("description", "")
        for _, _, operation in operations()
        for response in operation["responses"].values()
    )
    unsaid = {error.code for error in errors() if f"`{error.code}`" not in told}
    assert sorted(unsaid - NOT_ON_A_ROUTE.keys()) == [], "list the error in `problems(...)` of its routes"


def test_no_parameter_can_be_null_or_of_two_types() -> None:
    """A parameter is there or left out; one that is to be a number and a text at once has no right value."""
    wrong = [
        f"{where(path, method)}: {one['name']}"
        for path, method, operation in operations()
        for one in operation.get("parameters", ())
        if "oneOf" in one["schema"] or one["schema"]["type"] == "null"
    ]
    assert wrong == []


def test_amounts_are_numbers() -> None:
    """They leave as JSON numbers, `100` or `43.5`: no texts, and none that are whole numbers alone."""
    schemas = api()["components"]["schemas"]
    number = {"type": "number"}
    assert schemas["OrderPlaced"]["properties"]["totalAmount"] == number
    assert schemas["Cancellability"]["properties"]["refundAmount"] == number
    price = {"oneOf": [number, {"type": "null"}]}
    assert schemas["ShowtimeShown"]["properties"]["priceFrom"] == price


def test_who_is_sent_on_gets_an_address_and_nothing_to_read() -> None:
    redirects = [one["responses"]["303"] for _, _, one in operations() if "303" in one["responses"]]
    assert redirects
    for told in redirects:
        assert "content" not in told
        assert "location" in told["headers"]
