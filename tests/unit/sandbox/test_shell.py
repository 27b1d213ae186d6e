import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest
from litestar import Litestar

from muvi_sandbox.clock import Clock
from muvi_sandbox.config import SandboxConfig, from_env
from muvi_sandbox.faults import BadControl, Fault, Faults, Reply, Rule
from muvi_sandbox.reply import VendorResponse
from muvi_sandbox.truth import Truth


class Vendor:
    """Counts what was committed."""

    def __init__(self) -> None:
        self.commits = 0

    def work(self) -> Reply:
        self.commits += 1
        return Reply(200, {"committed": self.commits})


async def asgi(response: VendorResponse) -> tuple[int, bytes]:
    """Run the answer as a server would. Raises ConnectionAbortedError when the wire is cut."""
    sent: list[dict[str, object]] = []

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    async def receive() -> dict[str, object]:
        await asyncio.Event().wait()
        raise AssertionError

    await response.to_asgi_response()({"type": "http", "extensions": {}}, receive, send)  # type: ignore[arg-type,typeddict-item]
    status = sent[0]["status"]
    assert isinstance(status, int)
    return status, b"".join(bytes(part.get("body", b"")) for part in sent[1:])  # type: ignore[call-overload]


@pytest.mark.parametrize(
    ("fault", "status", "commits"),
    [
        (None, 200, 1),
        (Fault.BEFORE, 503, 0),
        (Fault.AFTER, 503, 1),
        (Fault.GARBAGE, 200, 0),
        (Fault.GARBAGE_AFTER, 200, 1),
        (Fault.DUPLICATE, 200, 2),
    ],
)
async def test_a_rule_strikes_before_or_after_the_commit(
    fault: Fault | None, status: int, commits: int
) -> None:
    faults, vendor = Faults(), Vendor()
    faults.add(Rule(system="vista", call="order/payment", fault=fault))
    answered, body = await asgi(await faults.apply("vista", "order/payment", vendor.work))
    assert (answered, vendor.commits) == (status, commits)
    assert body.startswith(b"<html") is (fault in {Fault.GARBAGE, Fault.GARBAGE_AFTER})
    assert faults.listing() == []


@pytest.mark.parametrize(("fault", "commits"), [(Fault.CUT, 0), (Fault.LOSE, 0), (Fault.CUT_AFTER, 1)])
async def test_a_cut_answer_is_no_answer(fault: Fault, commits: int) -> None:
    faults, vendor = Faults(), Vendor()
    faults.add(Rule(system="vista", call="*", fault=fault))
    response = await faults.apply("vista", "orders", vendor.work)
    with pytest.raises(ConnectionAbortedError):
        await asgi(response)
    assert vendor.commits == commits


@pytest.mark.parametrize(("fault", "commits"), [(Fault.HANG, 0), (Fault.HANG_AFTER, 1)])
async def test_a_silent_call_ends_with_the_sandbox_and_leaves_no_task(fault: Fault, commits: int) -> None:
    faults, vendor = Faults(), Vendor()
    faults.add(Rule(system="vista", call="orders", fault=fault))
    response = await faults.apply("vista", "orders", vendor.work)
    call = asyncio.ensure_future(asgi(response))
    await asyncio.sleep(0)
    assert not call.done()
    faults.close()
    with pytest.raises(ConnectionAbortedError):
        await call
    assert vendor.commits == commits
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_a_code_takes_the_vendors_own_shape() -> None:
    faults, vendor = Faults(), Vendor()
    faults.add(Rule(system="vista", call="orders", fault=Fault.CODE_AFTER, code=13))
    response = await faults.apply("vista", "orders", vendor.work, coded=lambda code: Reply(200, {"R": code}))
    assert await asgi(response) == (200, b'{"R":"13"}')
    assert vendor.commits == 1


async def test_reorder_lets_the_next_call_pass_first() -> None:
    faults, seen = Faults(), []

    def work(name: str) -> Reply:
        seen.append(name)
        return Reply(200, {})

    faults.add(Rule(system="vista", call="set-tickets", fault=Fault.REORDER, delay_s=60))
    held = asyncio.ensure_future(faults.apply("vista", "set-tickets", lambda: work("first")))
    await asyncio.sleep(0)
    await faults.apply("vista", "set-tickets", lambda: work("second"))
    await held
    assert seen == ["second", "first"]


@pytest.mark.parametrize("held", [{"delay_s": 3600}, {"delay_s": 3600, "fault": Fault.REORDER}])
async def test_a_call_that_is_held_back_goes_on_once_the_rules_are_forgotten(held: dict[str, Any]) -> None:
    """And the next one is held back again."""
    faults, vendor = Faults(), Vendor()
    for times in (1, 2):
        faults.add(Rule(system="vista", call="orders", **held))
        call = asyncio.ensure_future(faults.apply("vista", "orders", vendor.work))
        await asyncio.sleep(0)
        assert (vendor.commits, call.done()) == (times - 1, False)
        faults.clear()
        await call
        assert vendor.commits == times


async def test_rules_count_skip_and_match() -> None:
    faults, vendor = Faults(), Vendor()
    faults.add(Rule(system="vista", call="order/*", times=2, skip=1, match="ab", fault=Fault.BEFORE))
    statuses = []
    for key in ("xaby", "other", "ab", "ab", "ab"):
        response = await faults.apply("vista", "order/cancel", vendor.work, key=key)
        statuses.append((await asgi(response))[0])
    assert statuses == [200, 200, 503, 503, 200]


def test_a_rule_that_cannot_hit_is_refused() -> None:
    with pytest.raises(BadControl):
        Faults().add(Rule(system="vista", call="orders", times=0))
    with pytest.raises(BadControl):
        Faults().add(Rule(system="vista", call="orders", fault=Fault.CODE))


def test_truth_survives_a_restart_and_half_a_line(tmp_path: Path) -> None:
    first = Truth(tmp_path, Clock())
    assert [first.record("vista", "order", id="a"), first.record("vista", "order", id="b")] == [1, 2]
    first.close()
    with (tmp_path / "sandbox" / "truth-vista.jsonl").open("ab") as file:
        file.write(b'{"seq":3,"eve')
    again = Truth(tmp_path, Clock())
    assert again.record("vista", "cancel", id="a") == 3
    assert [fact["event"] for fact in again.events("vista", after=1)] == ["order", "cancel"]
    again.close()


def test_both_sides_agree_on_credentials_from_the_same_names() -> None:
    config = from_env(
        {"VISTA_IOS_TOKEN": "t", "SERVER_PORT": "3111", "HYPER_PAY_TOKEN": "", "SANDBOX_PORT": "3911"}
    )
    assert config.vista_tokens["ios"] == "t"
    assert config.vista_tokens["kiosk"] == "sandbox-vista-kiosk"
    assert config.hyperpay_token == "sandbox-hyperpay-token"
    assert config.hyperpay_webhook_url.startswith("http://127.0.0.1:3111/")
    assert config.url == "http://127.0.0.1:3911"


def test_a_key_that_cannot_seal_is_refused_at_the_start() -> None:
    with pytest.raises(ValueError, match="HYPER_PAY_WEBHOOK_KEY"):
        from_env({"HYPER_PAY_WEBHOOK_KEY": "abc"})


@pytest.mark.parametrize("name", ["SANDBOX_PORT", "SERVER_PORT", "SANDBOX_SEED"])
def test_a_number_that_is_none_is_named(name: str) -> None:
    with pytest.raises(ValueError, match=f"^{name} must be a whole number, not 'abc'$"):
        from_env({name: "abc"})


def test_of_several_webhook_keys_the_gateway_uses_the_first() -> None:
    former, fresh = "0a" * 32, "0b" * 32
    assert from_env({"HYPER_PAY_WEBHOOK_KEY": f"{former},{fresh}"}).hyperpay_webhook_key == former


async def test_control_refuses_what_does_not_exist(http: httpx.AsyncClient) -> None:
    assert (await http.get("/health")).json() == {"status": "ok"}
    for path, body in (
        ("/control", {"system": "nobody", "call": "x"}),
        ("/control", {"system": "vista"}),
        ("/control/knobs", {"nobody": {}}),
        ("/control/act", {"system": "nobody", "action": "x"}),
    ):
        response = await http.post(path, json=body)
        assert response.status_code == 400, path
        assert response.json()["error"]
    assert (await http.get("/truth/nobody")).status_code == 400
    assert (await http.get("/nowhere")).status_code == 404


async def test_time_moves_on_request_and_back_on_reset(app: Litestar, http: httpx.AsyncClient) -> None:
    config: SandboxConfig = app.state.config
    before = config.clock.now()
    await http.post("/control/act", json={"system": "clock", "action": "advance", "seconds": 1800})
    assert (config.clock.now() - before).total_seconds() >= 1800
    assert (await http.delete("/control")).status_code == 200
    assert (config.clock.now() - before).total_seconds() < 1800


async def test_the_front_page_leads_to_everything(http: httpx.AsyncClient) -> None:
    page = await http.get("/", headers={"accept": "text/html,*/*"})
    assert page.headers["content-type"].startswith("text/html")
    links = (await http.get("/")).json()
    truths = {f"/truth/{name}" for name in ("hyperpay", "inbox", "unifonic", "taqnyat", "sendgrid", "vista")}
    assert {"/inbox", "/control", *truths} <= links.keys()
    for path in links:
        assert f'href="{path}"' in page.text
        assert (await http.get(path)).status_code == 200, path
