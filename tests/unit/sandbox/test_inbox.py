import gzip
from typing import Any

import httpx
import msgspec
import pytest

from muvi_sandbox.config import SandboxConfig
from muvi_sandbox.inbox import InboxSandbox

KEY = {"authorization": "Bearer sandbox-sendgrid-key"}


def a_letter(**changes: object) -> dict[str, Any]:
    return {
        "personalizations": [{"to": [{"email": "Sara@example.com"}]}],
        "from": {"email": "tickets@example.com"},
        "subject": "Your tickets",
        "content": [
            {"type": "text/plain", "value": "See you"},
            {"type": "text/html", "value": "<p>See <b>you</b></p><script>alert(1)</script>"},
        ],
        **changes,
    }


async def send(http: httpx.AsyncClient, letter: dict[str, Any]) -> httpx.Response:
    return await http.post("/sendgrid/v3/mail/send", json=letter, headers=KEY)


async def test_mail_is_accepted_and_lands_newest_first(http: httpx.AsyncClient) -> None:
    for subject in ("first", "second"):
        response = await send(http, a_letter(subject=subject))
        assert (response.status_code, response.content) == (202, b"")
        assert response.headers["x-message-id"]
    query = {"channel": "email", "to": "sara@example.com"}
    mails = (await http.get("/inbox", params=query)).json()
    assert [mail["subject"] for mail in mails] == ["second", "first"]
    assert mails[0]["body"] == "See you"
    assert {"to", "subject", "body", "at"} <= set(mails[0])
    assert "code" not in mails[0]
    assert (await http.get("/inbox", params={"channel": "sms", "to": "sara@example.com"})).json() == []


@pytest.mark.parametrize(
    ("changes", "status", "field"),
    [
        ({"personalizations": []}, 400, "personalizations"),
        ({"personalizations": [{"to": [{"email": "nobody"}]}]}, 400, "personalizations.0.to.0.email"),
        (
            {"personalizations": [{"to": [{"email": "a@b.co"}], "cc": [{"email": "A@b.co"}]}]},
            400,
            "personalizations.0",
        ),
        ({"from": None}, 400, "from"),
        ({"subject": None}, 400, "subject"),
        ({"content": []}, 400, "content"),
        ({"content": [{"type": "text/plain", "value": ""}]}, 400, "content.0.value"),
    ],
)
async def test_an_incomplete_letter_is_refused_with_a_list_of_errors(
    http: httpx.AsyncClient, changes: dict[str, Any], status: int, field: str
) -> None:
    response = await send(http, a_letter(**changes))
    assert response.status_code == status
    (error,) = response.json()["errors"]
    assert (set(error), error["field"]) == ({"message", "field", "help"}, field)
    assert (await http.get("/inbox")).json() == []


async def test_a_wrong_key_and_broken_json_are_refused(http: httpx.AsyncClient) -> None:
    assert (await http.post("/sendgrid/v3/mail/send", json=a_letter())).status_code == 401
    broken = await http.post("/sendgrid/v3/mail/send", content=b"{", headers=KEY)
    assert broken.status_code == 400
    assert broken.json()["errors"]


async def test_a_letter_may_come_gzipped_or_only_to_be_checked(http: httpx.AsyncClient) -> None:
    packed = gzip.compress(msgspec.json.encode(a_letter()))
    headers = {**KEY, "content-encoding": "gzip"}
    assert (await http.post("/sendgrid/v3/mail/send", content=packed, headers=headers)).status_code == 202
    await send(http, a_letter(mail_settings={"sandbox_mode": {"enable": True}}))
    assert len((await http.get("/inbox")).json()) == 1


async def test_a_person_sees_a_page_and_foreign_html_stays_behind_glass(http: httpx.AsyncClient) -> None:
    await send(http, a_letter(subject="<b>bold</b>"))
    page = (await http.get("/inbox", headers={"accept": "text/html,*/*"})).text
    assert "<script>alert" not in page
    assert "<b>bold</b>" not in page
    assert 'sandbox="allow-popups"' in page


def test_the_box_is_bounded_and_forgets_the_oldest(config: SandboxConfig) -> None:
    box = InboxSandbox(config, kept=3)
    for number in range(5):
        box.put("sms", f"+9665{number}", f"text {number}")
    assert [mail.body for mail in box.find()] == ["text 4", "text 3", "text 2"]
    assert box.find(to="+96650") == []
    assert box.find(to=" 96654")[0].body == "text 4"


async def test_the_box_can_be_emptied(http: httpx.AsyncClient) -> None:
    await send(http, a_letter())
    assert (await http.post("/control/act", json={"system": "inbox", "action": "clear"})).status_code == 200
    assert (await http.get("/inbox")).json() == []
