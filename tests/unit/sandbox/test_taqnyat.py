import httpx
import pytest

TO, KEY = "966512345678", "sandbox-taqnyat-key"
BASE = {
    "apiKey": KEY,
    "numbers": [TO],
    "method": "sms",
    "sender": "muviCinemas",
    "lang": "en",
    "returnJson": 1,
}


async def ask(http: httpx.AsyncClient, request: str = "one", **more: object) -> int:
    response = await http.post(
        "/taqnyat/verify.php",
        json=[{**BASE, "requestId": request, **more}],
        headers={"authorization": f"Bearer {KEY}"},
    )
    assert response.status_code == 200
    shown = response.json()
    return int(shown["Data"]["result"] if shown["Error"] is None else shown["Error"]["ErrorCode"])


async def texts(http: httpx.AsyncClient) -> list[dict[str, str]]:
    found: list[dict[str, str]] = (await http.get("/inbox", params={"channel": "sms", "to": f"+{TO}"})).json()
    return found


@pytest.mark.parametrize(("lang", "word"), [("en", "code"), ("ar", "رمز")])
async def test_the_code_arrives_and_is_right_once(http: httpx.AsyncClient, lang: str, word: str) -> None:
    assert await ask(http, lang=lang, note="hash") == 5
    (text,) = await texts(http)
    assert word in text["body"]
    assert text["body"].endswith("hash")
    assert [await ask(http, activeKey=text["code"]) for _ in range(2)] == [10, 13]


async def test_wrong_codes_use_the_code_up(http: httpx.AsyncClient) -> None:
    await ask(http)
    code = (await texts(http))[0]["code"]
    assert [await ask(http, activeKey="x") for _ in range(6)] == [11] * 5 + [12]
    assert await ask(http, activeKey=code) == 12


async def test_each_request_has_a_code_of_its_own(http: httpx.AsyncClient) -> None:
    assert [await ask(http), await ask(http), await ask(http, "two")] == [5, 7, 5]
    second, first = (text["code"] for text in await texts(http))
    if first != second:
        assert await ask(http, "two", activeKey=first) == 11
    assert await ask(http, "three", activeKey=second) == 11
    assert await ask(http, "two", activeKey=second) == 10


async def test_a_code_dies(http: httpx.AsyncClient) -> None:
    await ask(http)
    await http.post("/control/act", json={"system": "clock", "action": "advance", "seconds": 601})
    assert await ask(http, activeKey=(await texts(http))[0]["code"]) == 11


async def test_keys_numbers_and_balance_are_checked(http: httpx.AsyncClient) -> None:
    assert await ask(http, apiKey="another") == 1
    assert await ask(http, numbers=[f"+{TO}"]) == 3
    await http.post("/control/knobs", json={"taqnyat": {"balance": False}})
    assert await ask(http) == 4
    assert await texts(http) == []


async def test_a_number_waits_for_its_next_text(http: httpx.AsyncClient) -> None:
    await http.post("/control/knobs", json={"taqnyat": {"resend_after_s": 60}})
    assert [await ask(http), await ask(http, "two"), await ask(http, numbers=["966512345679"])] == [5, 7, 5]
    await http.post("/control/act", json={"system": "clock", "action": "advance", "seconds": 60})
    assert await ask(http, "two") == 5


async def test_an_answer_as_php_writes_it(http: httpx.AsyncClient) -> None:
    await http.post("/control/knobs", json={"taqnyat": {"shape": "texts"}})
    body = [{**BASE, "requestId": "one"}]
    said = (await http.post("/taqnyat/verify.php", json=body)).content
    assert said.startswith(b"\xef\xbb\xbf")
    assert b'"result":"5"' in said
    await http.post("/control/knobs", json={"taqnyat": {"shape": "empties"}})
    shown = (await http.post("/taqnyat/verify.php", json=body)).json()
    assert (shown["Data"], shown["Error"]["ErrorCode"]) == ([], 7)


@pytest.mark.parametrize("shape", ["flat", "list"])
async def test_other_shapes_of_an_answer(http: httpx.AsyncClient, shape: str) -> None:
    await http.post("/control/knobs", json={"taqnyat": {"shape": shape}})
    body = [{**BASE, "requestId": "one"}]
    shown = (await http.post("/taqnyat/verify.php/", json=body)).json()
    assert (shown[0] if shape == "list" else shown)["code"] == 5


async def test_the_balance_is_told_to_its_owner(http: httpx.AsyncClient) -> None:
    assert (await http.get("/taqnyat/account/balance")).status_code == 401
    told = await http.get("/taqnyat/account/balance", headers={"authorization": f"Bearer {KEY}"})
    assert told.json()["currency"] == "SAR"
