"""Purchases on a gateway with a page of its own: whatever becomes of its messages and of its visits back, an
order keeps what it costs, once.
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from tests.e2e.checker import at_rest, brought_to_rest
from tests.e2e.guest import CARD, CHALLENGED, DECLINED, VISA, Box, Guest, Hall, Json
from tests.e2e.town import Town, eventually
from tests.faults.guards import without
from tests.faults.stories import confirmed

from muvi.domain.shared.ids import to_wire

FIRST_POLL_S, EXPIRED_S = 91, 720
UNCERTAIN = "4000000000000119"
ATTEMPT = "SELECT * FROM payment_attempts WHERE checkout_id = $1"
REFUND = "SELECT r.* FROM refunds r JOIN payment_attempts a ON a.id = r.attempt_id WHERE a.checkout_id = $1"


@dataclass(frozen=True)
class Buyer:
    """A guest who pays one order at PayFort."""

    guest: Guest
    town: Town
    hall: Hall
    order_id: str

    async def form(self) -> Json:
        """What the button to pay leads to."""
        opened = await self.guest.open_payment(self.order_id, gateway="payfort")
        assert opened.is_success, opened.text
        action: Json = opened.json()["nextAction"]
        assert action["type"] == "form"
        return action

    async def on_the_page(self, action: Json) -> str:
        """The browser posts our form; the address of the gateway's page."""
        posted = await self.guest.http.post(action["formUrl"], data=action["formFields"])
        assert posted.status_code == 303, posted.text
        return f"{self.town.sandbox.url}{posted.headers['location']}"

    async def submit(self, action: Json, card: str = VISA) -> Json:
        """A card is put in; what the browser is then made to post, and where to."""
        page = await self.on_the_page(action)
        answer = await self.guest.http.post(page, data={"card_number": card, **CARD})
        if answer.status_code == 303:
            bank = f"{self.town.sandbox.url}{answer.headers['location']}"
            answer = await self.guest.http.post(bank, data={"result": "Y"})
        back: Json = answer.json()
        return back

    async def come_back(self, back: Json) -> str:
        """The browser posts the signed fields to us; where we send it."""
        answer = await self.guest.http.post(back["url"], data=back["fields"])
        assert answer.status_code == 303, answer.text
        return str(answer.headers["location"])

    async def attempt(self, action: Json) -> Json:
        (row,) = await self.town.rows(ATTEMPT, reference(action))
        return row

    async def becomes(self, action: Json, status: str) -> None:
        async def there() -> bool:
            return (await self.attempt(action))["status"] == status

        await eventually(there, self.town)

    async def is_unpaid(self, action: Json) -> None:
        """Until the gateway, asked since the visit, has said that nobody paid by this form."""

        async def there() -> bool:
            row = await self.attempt(action)
            return bool(row["pay_by"] <= row["checked_at"]) if row["checked_at"] else False

        await eventually(there, self.town)

    async def lose_messages(self, action: Json) -> None:
        await self.town.sandbox.rule("payfort", "webhook", fault="lose", times=9, match=reference(action))

    async def moved(self, action: Json) -> tuple[list[int], list[int]]:
        """What the gateway took, and what it gave back."""
        events = await self.town.sandbox.truth("payfort", "debit", "refund")
        ours = [one for one in events if one["merchant_reference"] == reference(action)]
        taken, given = ([one for one in ours if one["event"] == name] for name in ("debit", "refund"))
        return [one["amount_minor"] for one in taken], [one["amount_minor"] for one in given]


def reference(action: Json) -> str:
    return str(action["formFields"]["merchant_reference"])


@pytest.fixture
async def buyer(box: Box, town: Town) -> Buyer:
    return await a_buyer(box, town)


async def a_buyer(box: Box, town: Town) -> Buyer:
    """Somebody whose seats are held."""
    guest, hall = await box.guest(), await box.hall()
    return Buyer(guest, town, hall, await guest.hold(hall.id, hall.free[:2]))


@pytest.mark.parametrize("card", [VISA, CHALLENGED, UNCERTAIN])
async def test_paid_on_the_gateways_page(box: Box, town: Town, buyer: Buyer, card: str) -> None:
    action = await buyer.form()
    page = await buyer.guest.http.get(action["url"])
    assert f'action="{action["formUrl"]}"' in page.text
    where = await buyer.come_back(await buyer.submit(action, card))
    assert f"/pay/{to_wire((await buyer.attempt(action))['id'])}/done" in where
    order = await confirmed(buyer.guest, buyer.order_id)
    await at_rest(town, box.guests)
    assert await buyer.moved(action) == ([round(order["totalAmount"] * 100)], [])


async def test_the_button_pressed_twice_leads_to_the_same_form(buyer: Buyer) -> None:
    first = await buyer.form()
    assert await buyer.form() == first
    await buyer.submit(first)
    again = await buyer.guest.http.post(first["formUrl"], data=first["formFields"])
    assert again.json()["fields"]["response_code"] == "00066"
    await buyer.come_back(again.json())
    await confirmed(buyer.guest, buyer.order_id)


async def test_a_form_that_is_taken_once_is_followed_by_another(box: Box, town: Town, buyer: Buyer) -> None:
    """Whoever came back without paying posts it again; the first page is still watched."""
    await town.sandbox.knobs("payfort", reference_once=True)
    first = await buyer.form()
    await buyer.on_the_page(first)
    refused = await buyer.guest.http.post(first["formUrl"], data=first["formFields"])
    assert refused.json()["fields"]["response_code"] == "00066"
    assert await buyer.form() == first
    await buyer.come_back(refused.json())
    await buyer.is_unpaid(first)
    second = await buyer.form()
    assert reference(second) != reference(first)
    await buyer.come_back(await buyer.submit(second))
    await buyer.guest.until(buyer.order_id, "CONFIRMED")
    assert (await buyer.attempt(first))["next_check_at"] is not None
    await brought_to_rest(town, box.guests)


async def test_declined_and_then_paid_under_another_reference(box: Box, town: Town, buyer: Buyer) -> None:
    first = await buyer.form()
    await buyer.come_back(await buyer.submit(first, DECLINED))
    await buyer.becomes(first, "FAILED")
    second = await buyer.form()
    assert reference(second) != reference(first)
    await buyer.come_back(await buyer.submit(second))
    await buyer.guest.until(buyer.order_id, "CONFIRMED")
    await brought_to_rest(town, box.guests)


async def test_without_a_message_the_visit_settles(box: Box, town: Town, buyer: Buyer) -> None:
    action = await buyer.form()
    await buyer.lose_messages(action)
    await buyer.come_back(await buyer.submit(action))
    await confirmed(buyer.guest, buyer.order_id)
    await at_rest(town, box.guests)


async def test_without_either_the_poll_settles(box: Box, town: Town, buyer: Buyer) -> None:
    action = await buyer.form()
    await buyer.lose_messages(action)
    await buyer.submit(action)
    assert (await buyer.attempt(action))["signals"] == 0
    await town.jump(FIRST_POLL_S)
    await confirmed(buyer.guest, buyer.order_id)
    await brought_to_rest(town, box.guests)


async def forged(buyer: Buyer) -> tuple[Json, int, str]:
    """Success is claimed by a message and by a visit; how each is answered."""
    action, sandbox = await buyer.form(), buyer.town.sandbox
    await buyer.on_the_page(action)
    after = (await sandbox.truth("payfort"))[-1]["seq"]
    await sandbox.knobs("payfort", webhook_retry_s=[])
    await sandbox.act("payfort", "webhook-forged", merchant_reference=reference(action))

    async def heard() -> list[Json]:
        return await sandbox.truth("payfort", "webhook", after=after)

    (told,) = await eventually(heard, buyer.town)
    claimed = action["formFields"] | {"response_code": "14000", "status": "14", "fort_id": "1"}
    where = await buyer.come_back({"url": claimed["return_url"], "fields": claimed})
    return action, told["status"], where


async def test_forged_messages_and_visits_change_nothing(buyer: Buyer) -> None:
    action, status, where = await forged(buyer)
    assert (status, "/pay/back" in where) == (401, True)
    row = await buyer.attempt(action)
    assert (row["status"], row["signals"]) == ("PENDING", 0)


async def test_without_the_signature_they_would_be_heard(open_box: Box, open_town: Town) -> None:
    """The twin. That they are hints only still holds: the gateway is asked, and it knows of no money."""
    buyer = await a_buyer(open_box, open_town)
    with without(open_town, "signature"):
        action, status, where = await forged(buyer)
        assert (status, "/done" in where) == (200, True)

        async def asked() -> bool:
            return bool((await buyer.attempt(action))["polls"])

        await eventually(asked, open_town)
    row = await buyer.attempt(action)
    assert row["status"] == "PENDING"
    assert row["signals"] > 0


async def test_a_message_told_twice_is_heard_once(box: Box, town: Town, buyer: Buyer) -> None:
    action = await buyer.form()
    await town.sandbox.rule("payfort", "webhook", fault="duplicate", match=reference(action))
    await buyer.submit(action)
    await confirmed(buyer.guest, buyer.order_id)

    async def both() -> bool:
        told = await town.sandbox.truth("payfort", "webhook")
        id_ = (await town.sandbox.truth("payfort", "debit"))[-1]["id"]
        return [one["status"] for one in told if one["id"] == id_] == [200, 200]

    await eventually(both, town)
    attempt_id = (await buyer.attempt(action))["id"]
    assert len(await town.rows("SELECT 1 FROM webhook_events WHERE attempt_id = $1", attempt_id)) == 1
    await at_rest(town, box.guests)


async def paid_too_late(buyer: Buyer) -> Json:
    """The card is put in when the order is over."""
    action = await buyer.form()
    page = await buyer.on_the_page(action)
    await buyer.town.jump(EXPIRED_S)
    await buyer.guest.until(buyer.order_id, "EXPIRED")
    action["page"] = page
    return action


async def pay_now(buyer: Buyer, action: Json) -> None:
    answer = await buyer.guest.http.post(action["page"], data={"card_number": VISA, **CARD})
    await buyer.come_back(answer.json())


async def test_late_money_buys_the_seats_again(box: Box, town: Town, buyer: Buyer) -> None:
    action = await paid_too_late(buyer)
    await pay_now(buyer, action)
    await buyer.guest.until(buyer.order_id, "CONFIRMED")
    await brought_to_rest(town, box.guests)
    assert (await buyer.moved(action))[1] == []


@pytest.mark.parametrize("fault", ["hang-after", "garbage-after", "before"])
async def test_late_money_goes_back_once_also_when_the_answer_is_lost(
    box: Box, town: Town, buyer: Buyer, fault: str
) -> None:
    """The seats are somebody else's by then. The refund is asked about, never sent again on a guess."""
    action = await paid_too_late(buyer)
    other = await box.guest()
    await other.buy(buyer.hall.id, buyer.hall.free[:2])
    await town.sandbox.rule("payfort", "refund", fault=fault, status=502, match=reference(action))
    await pay_now(buyer, action)
    await eventually(lambda: town.rows(REFUND, reference(action)), town)
    await brought_to_rest(town, box.guests)
    taken, given = await buyer.moved(action)
    assert taken == given
    assert len(given) == 1
    (refund,) = await town.rows(REFUND, reference(action))
    assert refund["status"] == "DONE"


async def test_paid_at_both_gateways_one_payment_goes_back(box: Box, town: Town, buyer: Buyer) -> None:
    action = await buyer.form()
    widget = (await buyer.guest.open_payment(buyer.order_id, gateway="hyperpay")).json()["nextAction"]
    assert widget["type"] == "widget"
    await buyer.submit(action)
    await buyer.guest.http.get(await buyer.guest.submit(widget))
    await buyer.guest.until(buyer.order_id, "CONFIRMED")
    await brought_to_rest(town, box.guests)


async def test_a_gateway_that_is_not_offered_is_named_in_the_refusal(buyer: Buyer) -> None:
    refused = await buyer.guest.open_payment(buyer.order_id, gateway="tabby")
    assert (refused.status_code, refused.json()["code"]) == (422, "unknown-gateway")
    assert refused.json()["offered"] == ["hyperpay", "payfort"]
