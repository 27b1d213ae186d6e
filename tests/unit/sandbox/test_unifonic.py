import httpx
import pytest

TO = "+966512345678"
HEADERS = {"x-authenticate-app-id": "sandbox-app", "authorization": "Bearer sandbox-unifonic-token"}
BASE = "/unifonic/services/api/v2/verifications"


async def start(http: httpx.AsyncClient, **form: str) -> httpx.Response:
    return await http.post(f"{BASE}/start", data={"to": TO, "channel": "sms", **form}, headers=HEADERS)


async def check(http: httpx.AsyncClient, code: str, to: str = TO) -> dict[str, object]:
    response = await http.post(
        f"{BASE}/check", data={"to": to, "channel": "sms", "code": code}, headers=HEADERS
    )
    assert response.status_code == 200
    shown: dict[str, object] = response.json()
    assert {"id", "to", "channel", "response_status"} <= set(shown)
    return shown


async def code_of(http: httpx.AsyncClient) -> str:
    mails = (await http.get("/inbox", params={"channel": "sms", "to": TO})).json()
    return str(mails[0]["code"])


@pytest.mark.parametrize(("locale", "length"), [("en", "5"), ("ar", "6")])
async def test_the_code_arrives_in_the_asked_length_and_language_and_logs_in_once(
    http: httpx.AsyncClient, locale: str, length: str
) -> None:
    started = (await start(http, locale=locale, length=length)).json()
    assert (started["length"], started["locale"], started["to"]) == (int(length), locale, TO)
    code = await code_of(http)
    assert len(code) == int(length)
    mail = (await http.get("/inbox", params={"to": TO})).json()[0]
    assert code in mail["body"]
    assert ("رمز" in mail["body"]) is (locale == "ar")
    assert (await check(http, code))["error_code"] == 101
    assert (await check(http, code))["error_code"] == 110


async def test_wrong_codes_count_up_to_a_lock_that_even_the_right_one_does_not_open(
    http: httpx.AsyncClient,
) -> None:
    await start(http)
    code = await code_of(http)
    wrong = "9999" if code != "9999" else "8888"
    outcomes = [(await check(http, wrong))["error_code"] for _ in range(6)]
    assert outcomes == [107] * 5 + [108]
    assert (await check(http, code))["error_code"] == 108
    await start(http)
    assert (await check(http, await code_of(http)))["error_code"] == 101


async def test_a_code_dies_after_five_minutes(http: httpx.AsyncClient) -> None:
    await start(http)
    code = await code_of(http)
    await http.post("/control/act", json={"system": "clock", "action": "advance", "seconds": 301})
    assert (await check(http, code))["error_code"] == 109


async def test_a_number_that_was_never_started_is_incorrect(http: httpx.AsyncClient) -> None:
    shown = await check(http, "1234", to="+966500000000")
    assert (shown["response_status"], shown["error_code"]) == ("incorrect", 107)


async def test_keys_and_input_are_checked(http: httpx.AsyncClient) -> None:
    assert (await http.post(f"{BASE}/start", data={"to": TO})).status_code == 401
    assert (await start(http, to="0512345678")).status_code == 400
    assert (await start(http, channel="pigeon")).status_code == 400
    assert (await start(http, length="99")).status_code == 400
    json_body = await http.post(f"{BASE}/start", json={"to": TO}, headers=HEADERS)
    assert json_body.status_code == 415


async def test_a_fault_rule_can_lose_the_answer_of_a_start_that_went_out(http: httpx.AsyncClient) -> None:
    rule = {"system": "unifonic", "call": "verifications/start", "fault": "after", "status": 502}
    assert (await http.post("/control", json=rule)).status_code == 201
    assert (await start(http)).status_code == 502
    assert (await check(http, await code_of(http)))["error_code"] == 101
    events = [fact["event"] for fact in (await http.get("/truth/unifonic")).json()]
    assert events == ["started", "checked"]
