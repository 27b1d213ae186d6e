"""Two senders of codes before real processes: one steps in for the other, and a person chooses."""

from tests.e2e.guest import Box
from tests.e2e.town import Town, eventually


async def sent(town: Town) -> tuple[int, int]:
    one = await town.sandbox.truth("unifonic", "started")
    two = await town.sandbox.truth("taqnyat", "sent")
    return len(one), len(two)


async def test_the_other_sender_steps_in(town: Town, box: Box) -> None:
    one, two = await sent(town)
    await town.sandbox.rule("unifonic", "verifications/start", fault="before", status=503)
    guest = await box.stranger().sign_in()
    assert guest.token
    assert await sent(town) == (one, two + 1)


async def test_a_switch_counts_in_every_process_and_locks_nobody_out(town: Town, box: Box) -> None:
    waiting = box.stranger()
    phone = {"phoneNumber": waiting.phone}
    await waiting.post("/api/v1/guest-users/phone-number", phone)
    _, two = await sent(town)
    town.command("sms-sender", "taqnyat", "--by", "nora")
    try:

        async def by_the_chosen_one() -> bool:
            await box.stranger().sign_in()
            return (await sent(town))[1] > two

        await eventually(by_the_chosen_one, town)
        (text,) = await town.sandbox.inbox("sms", waiting.phone)
        body = {**phone, "code": text["code"]}
        assert (await waiting.call("POST", "/api/v1/guest-users/verify", body)).status_code == 200
    finally:
        town.command("sms-sender", "auto", "--by", "nora")
