"""What a buyer without wishes takes, and how the forms of gateways are filled in."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatch
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest
from click.testing import CliRunner

from muvi.entrypoints.buying.card import could_be_a_card
from muvi.entrypoints.buying.forms import Forms
from muvi.entrypoints.buying.purchase import Purchase, Wish
from muvi.entrypoints.buying.sandbox import CARDS, Sandbox
from muvi.entrypoints.buying.seats import pick_film, pick_seats, pick_show
from muvi.entrypoints.buying.web import Api, CannotBuy
from muvi.entrypoints.commands.buy import buy
from muvi_sandbox import cards

NOW = datetime(2026, 1, 15, 14, 0, tzinfo=UTC)
SANDBOX, API = "http://sandbox.invalid", "http://muvi.invalid"
FILMS = [
    {"id": "01A", "title": "Inside Out 2", "uniqueName": "inside-out-2"},
    {"id": "01B", "title": "Dune: Part Two", "uniqueName": "dune-part-two"},
]
Answer = Callable[[httpx.Request], httpx.Response]


def a_show(minutes: int, seats: int = 50, *, sold_out: bool = False) -> dict[str, Any]:
    begins = (NOW + timedelta(minutes=minutes)).isoformat()
    return {"id": str(minutes), "startsAt": begins, "seatsAvailable": seats, "soldOut": sold_out}


def a_hall(*free: tuple[str, int], **others: str) -> dict[str, Any]:
    tickets = [{"id": "pair", "seats": 2}, {"id": "adult", "seats": 1}]
    seats = [
        {"id": f"{row}{number}", "row": row, "number": number, "areaId": "1", "status": "AVAILABLE"}
        for row, number in free
    ]
    return {
        "areas": [{"id": "1", "ticketTypes": tickets}],
        "seats": [{"type": "STANDARD", **seat, **others} for seat in seats],
    }


def test_a_film_is_found_by_what_people_call_it() -> None:
    assert pick_film(FILMS, "") == FILMS
    for wish in ("dune", "DUNE-PART-TWO", "01b", " part two "):
        assert [film["id"] for film in pick_film(FILMS, wish)] == ["01B"]
    with pytest.raises(CannotBuy, match="There are: Inside Out 2, Dune: Part Two"):
        pick_film(FILMS, "Barbie")
    with pytest.raises(CannotBuy, match="vista-sync"):
        pick_film([], "")


def test_the_soonest_show_that_can_still_be_bought() -> None:
    shows = [a_show(10), a_show(60, seats=1), a_show(70, sold_out=True), a_show(80), a_show(90)]
    assert pick_show(shows, 2, NOW) == shows[3]
    assert pick_show(shows[:3], 2, NOW) is None


def test_seats_beside_each_other_where_there_are_such() -> None:
    hall = a_hall(("A", 1), ("A", 3), ("B", 7), ("B", 8), ("B", 9))
    chosen = pick_seats(hall, 2)
    assert [(seat["id"], seat["ticketTypeId"]) for seat in chosen] == [("B7", "adult"), ("B8", "adult")]
    assert [seat["id"] for seat in pick_seats(hall, 4)] == ["A1", "A3", "B7", "B8"]
    with pytest.raises(CannotBuy, match="5 plain seats left, 6 were asked for"):
        pick_seats(hall, 6)
    with pytest.raises(CannotBuy, match="0 plain seats"):
        pick_seats(a_hall(("A", 1), groupId="sofa"), 1)


def forms(answer: Answer) -> Forms:
    return Forms(SANDBOX, httpx.Client(transport=httpx.MockTransport(answer)))


def sent_on(to: str) -> httpx.Response:
    return httpx.Response(303, headers={"location": to})


HOSTED = {
    "type": "form",
    "formUrl": f"{SANDBOX}/payfort/FortAPI/paymentPage",
    "formFields": {"signature": "s"},
}
WIDGET = {
    "type": "widget",
    "scriptUrl": f"{SANDBOX}/hyperpay/w.js",
    "checkoutId": "c",
    "resultUrl": f"{API}/back",
}


@pytest.mark.parametrize("card", ["paid", "declined", "challenge"])
def test_a_gateways_own_page_is_walked_to_its_end(card: str) -> None:
    """As the hosted page of the sandbox answers: on to the form, then perhaps a challenge, then back."""
    back = {"url": f"{API}/return", "fields": {"status": "14"}}
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        fields = parse_qs(request.content.decode())
        if request.url.path.endswith("paymentPage"):
            assert fields == {"signature": ["s"]}
            return sent_on("/payfort/page/ref")
        if request.url.path == "/payfort/page/ref":
            assert fields["card_number"] == [CARDS[card]]
            if card == "declined":
                return httpx.Response(200, html="<form>again</form>")
            return sent_on("/payfort/3ds/ref") if card == "challenge" else httpx.Response(200, json=back)
        return httpx.Response(200, json=back)

    way = forms(answer).fill_in(HOSTED, CARDS[card])
    assert (way.address, way.fields) == (f"{API}/return", {"status": "14"})
    assert (way.challenged, way.refused) == (card == "challenge", card == "declined")
    third = {"paid": [], "declined": ["/payfort/page/ref/cancel"], "challenge": ["/payfort/3ds/ref"]}
    assert asked == ["/payfort/FortAPI/paymentPage", "/payfort/page/ref", *third[card]]


def test_a_widgets_form_sends_the_browser_on() -> None:
    way = forms(lambda _: sent_on(f"{API}/back?id=c")).fill_in(WIDGET, CARDS["paid"])
    assert (way.address, dict(way.fields), way.challenged) == (f"{API}/back?id=c", {}, False)


@pytest.mark.parametrize(
    "answer",
    [
        lambda _: httpx.Response(400, text="gone"),
        lambda _: httpx.Response(200, json={"odd": 1}),
        lambda _: sent_on("/hyperpay/3ds/c"),
    ],
)
def test_a_form_that_leads_nowhere_is_told(answer: Answer) -> None:
    with pytest.raises(CannotBuy):
        forms(answer).fill_in(WIDGET, CARDS["paid"])


def test_only_forms_of_the_sandbox_get_a_card() -> None:
    known = forms(lambda _: httpx.Response(500))
    assert known.know(HOSTED)
    assert known.know(WIDGET)
    real = "https://checkout.example"
    for action in (
        {**HOSTED, "formUrl": f"{real}/page"},
        {**WIDGET, "scriptUrl": f"{real}/w.js"},
        {**WIDGET, "scriptUrl": f"{SANDBOX}.example/w.js"},
        {**WIDGET, "resultUrl": None},
        {"type": "nothing"},
    ):
        assert not known.know(action)


def test_a_code_is_the_one_of_the_newest_text() -> None:
    texts = [{"code": "222222"}, {"code": "111111"}]
    sandbox = Sandbox(SANDBOX, httpx.MockTransport(lambda _: httpx.Response(200, json=texts)))
    assert sandbox.code_after("+966551234567", 1) == "222222"


def test_a_refusal_says_what_the_api_said() -> None:
    problem = {"title": "Some seats are gone", "detail": "A1", "code": "seats-unavailable", "requestId": "r1"}
    api = Api(API, "en", httpx.MockTransport(lambda _: httpx.Response(409, json=problem)))
    with pytest.raises(CannotBuy) as told:
        api.post("/orders/1/seats", {})
    assert told.value.code == "seats-unavailable"
    assert "Some seats are gone: A1 (POST /api/v1/orders/1/seats → 409, code seats-unavailable" in str(
        told.value
    )


def test_something_else_than_muvi_is_told() -> None:
    api = Api(API, "en", httpx.MockTransport(lambda _: httpx.Response(200, text="<html>")))
    with pytest.raises(CannotBuy, match="is that Muvi"):
        api.get("/films")


@pytest.mark.parametrize(
    ("status", "paying", "said"),
    [
        (200, {}, "Order 7 was cancelled, its seats are free again"),
        (409, {}, "Order 7 holds its seats until 19:00"),
        (200, {"paymentId": "8"}, "Order 7 may have been paid: muvi order explain 7"),
    ],
)
def test_a_purchase_that_fails_says_what_became_of_its_order(
    status: int, paying: dict[str, str], said: str
) -> None:
    calls: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        calls.append(request.url.path)
        return httpx.Response(status, json={"status": "CANCELLED"})

    api = Api(API, "en", httpx.MockTransport(answer))
    purchase = Purchase(api, None, Wish(phone="+966550000000"), str, lambda _: None)
    assert purchase.left_behind() == ""
    purchase._order, purchase._paying = {"id": "7", "expiresAt": "19:00", "status": "PENDING"}, paying
    assert purchase.left_behind().strip() == said
    assert calls == ([] if paying else ["/api/v1/orders/7/cancel"])


def test_nobody_there_is_told_before_anybody_is_asked_for_money(monkeypatch: pytest.MonkeyPatch) -> None:
    def silent(_: Api, address: str) -> httpx.Response:
        raise CannotBuy(f"{address} does not answer")

    monkeypatch.setattr(Api, "fetch", silent)
    shown = CliRunner().invoke(buy, ["--base-url", API])
    assert (shown.exit_code, "for real" in shown.output) == (1, False)
    assert f"{API}/ does not answer" in shown.output


@pytest.mark.parametrize(
    "card", ["123", "4111 1111 1111 1112", "4111111111111111111111", "card", "٤١١١١١١١١١١١١١١١"]
)
def test_a_card_that_is_none_is_refused_before_anything_is_ordered(card: str) -> None:
    shown = CliRunner().invoke(buy, ["--base-url", API, "--card", card])
    assert (shown.exit_code, "is no card number" in shown.output) == (2, True)


def test_every_card_of_the_sandbox_could_be_one() -> None:
    stories = (cards.NO_FUNDS, cards.REVIEWED, cards.UNCERTAIN, cards.SLOW)
    assert all(could_be_a_card(number) for number in (*CARDS.values(), *stories))


@pytest.mark.parametrize("state", ["declined", "failed", "open"])
def test_a_refused_card_ends_the_wait_and_frees_the_seats(
    monkeypatch: pytest.MonkeyPatch, state: str
) -> None:
    """The twin, where the page says nothing of the card yet, waits and leaves the order as it is."""
    monkeypatch.setattr("muvi.entrypoints.buying.purchase.SANDBOX_PAYS_WITHIN_S", 0.0)
    calls: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        calls.append(request.url.path)
        if request.url.path.endswith("/state"):
            return httpx.Response(200, json={"state": state})
        return httpx.Response(200, json={"id": "7", "status": "PENDING"})

    api = Api(API, "en", httpx.MockTransport(answer))
    sandbox = Sandbox(SANDBOX, httpx.MockTransport(answer))
    purchase = Purchase(api, sandbox, Wish(phone="+966550000000"), str, lambda _: None)
    purchase._order, purchase._paying = {"id": "7"}, {"paymentId": "8", "nextAction": WIDGET}
    with pytest.raises(CannotBuy) as told:
        purchase.be_confirmed()
    refused = state != "open"
    assert ("was refused" in str(told.value)) is refused
    assert ("was cancelled" in purchase.left_behind()) is refused
    assert (calls[-1] == "/api/v1/orders/7/cancel") is refused


def test_a_kept_ticket_is_no_part_of_the_repository() -> None:
    ignored = Path(".gitignore").read_text(encoding="utf-8").splitlines()
    assert any(fnmatch("/ticket-WB73N5M.png", line) for line in ignored)
