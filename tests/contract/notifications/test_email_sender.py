"""The partner that posts letters: in memory, and SendGrid as the sandbox plays it."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from litestar import Litestar
from tests.builders_notifications import a_confirmation

from muvi.adapters.email.letters import TemplateLetters
from muvi.adapters.email.sendgrid import SYSTEM, SendgridEmail
from muvi.adapters.kit.http_client import VendorHttp
from muvi.adapters.memory.notifications import MemoryEmailSender
from muvi.ports.errors import OutcomeUnknown, PortError, Refused, Unavailable
from muvi.ports.notifications.email import Email, EmailSender

LETTER = TemplateLetters().write(a_confirmation())


def an_email(**changes: object) -> Email:
    facts = {"to": "noura@example.com", "to_name": "Noura", "letter": LETTER, "reference": "WK7Q2MD"}
    return Email(**{**facts, **changes})


@dataclass(frozen=True)
class Partner:
    """The port, and a view of the mailbox."""

    email: EmailSender
    world: Any

    async def mailbox(self) -> list[tuple[str, str]]:
        if isinstance(self.email, MemoryEmailSender):
            return [(email.to, email.letter.subject) for email in self.email.posted]
        shown = (await self.world.get("/inbox", params={"channel": "email"})).json()
        return [(mail["to"], mail["subject"]) for mail in shown]


def sendgrid(app: Litestar, key: str = "sandbox-sendgrid-key") -> SendgridEmail:
    headers = (("Authorization", f"Bearer {key}"),)
    http = VendorHttp(SYSTEM, "http://sandbox/sendgrid", headers=headers, transport=httpx.ASGITransport(app))
    return SendgridEmail(http, sender="tickets@muvi.example")


@pytest.fixture(params=["memory", "sendgrid"])
async def partner(request: pytest.FixtureRequest, sandbox: Litestar) -> AsyncGenerator[Partner]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(sandbox), base_url="http://sandbox") as world:
        yield Partner(MemoryEmailSender() if request.param == "memory" else sendgrid(sandbox), world)


async def test_a_letter_arrives(partner: Partner) -> None:
    await partner.email.send(an_email())
    assert await partner.mailbox() == [("noura@example.com", LETTER.subject)]


async def test_nothing_is_merged_by_the_partner(partner: Partner) -> None:
    for _ in range(2):
        await partner.email.send(an_email())
    assert len(await partner.mailbox()) == 2


@pytest.fixture
async def real(sandbox: Litestar) -> AsyncGenerator[Partner]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(sandbox), base_url="http://sandbox") as world:
        yield Partner(sendgrid(sandbox), world)


async def test_both_parts_arrive_whole(real: Partner) -> None:
    await real.email.send(an_email(to_name="Noura\r\nBcc: x@example.com"))
    [mail] = (await real.world.get("/inbox", params={"channel": "email"})).json()
    assert a_confirmation().ticket_url in mail["body"]
    assert await real.mailbox() == [("noura@example.com", LETTER.subject)]


@pytest.mark.parametrize(
    ("rule", "error", "arrived"),
    [
        ({"fault": "before", "status": 429}, Unavailable, 0),
        ({"fault": "before", "status": 500}, OutcomeUnknown, 0),
        ({"fault": "after", "status": 503}, OutcomeUnknown, 1),
        ({"fault": "before", "status": 400}, Refused, 0),
        ({"fault": "before", "status": 413}, Refused, 0),
    ],
)
async def test_answers(real: Partner, rule: dict[str, object], error: type[PortError], arrived: int) -> None:
    await real.world.post("/control", json={"system": "sendgrid", "call": "mail/send", **rule})
    with pytest.raises(error):
        await real.email.send(an_email())
    assert len(await real.mailbox()) == arrived


async def test_a_refusal_names_the_field_and_not_the_address(real: Partner) -> None:
    with pytest.raises(Refused) as caught:
        await real.email.send(an_email(to="nobody-at-all"))
    assert caught.value.reason.startswith("400 ")
    assert "nobody-at-all" not in f"{caught.value} {caught.value.reason}"


async def test_a_wrong_key(sandbox: Litestar) -> None:
    with pytest.raises(Refused, match="401"):
        await sendgrid(sandbox, "wrong").send(an_email())
