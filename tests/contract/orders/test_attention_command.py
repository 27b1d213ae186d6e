"""`muvi attention` on a real database."""

from collections.abc import Callable

import pytest
from click.testing import CliRunner
from tests import servers
from tests.builders_orders import an_id

from muvi.domain.shared.ids import to_wire
from muvi.entrypoints.cli import main

REFUND, ORDER, UNCLEAR = an_id(500), an_id(1), an_id(3)
ATTEMPT = (
    "INSERT INTO payment_attempts (id, order_id, gateway, status, amount_minor, currency, opened_at, pay_by,"
    " watch_until, entity, checkout_id, script_url, integrity, brands, success_url, failed_url, language,"
    " signals, ambiguous, polls, payment_ids, last_code, version) VALUES ('{attempt}', '{order}', 'memory',"
    " 'CAPTURED', 8650, 'SAR', now(), now(), now(), 'e', 'c', '', '', '{{}}', '', '', 'en', 0, 0, 0, '{{}}',"
    " '', 0)"
)
DOUBT = (
    "UPDATE payment_attempts SET last_verdict = 'unknown', next_check_at = now(),"
    " watch_until = now() - interval '4 hours' WHERE id = '{unclear}'"
)
CAPTURE = (
    "INSERT INTO gateway_transactions (gateway, transaction_id, attempt_id, entity, kind, verdict, code,"
    " amount_minor, currency, reference, refunds, brand, card_masked, first_seen_at, last_seen_at,"
    " captured_at, reserved_minor) VALUES ('memory', 't1', '{attempt}', 'e', 'debit', 'captured', '', 8650,"
    " 'SAR', '', '', '', '', now(), now(), now(), 8650)"
)
ROW = (
    "INSERT INTO refunds (id, attempt_id, order_id, gateway, entity, payment_id, amount_minor, currency,"
    " reason, status, transaction_id, last_code, sends, asks, captured_at, requested_at, sent_at, version)"
    " VALUES ('{refund}', '{attempt}', '{order}', 'memory', 'e', 't1', 8650, 'SAR', 'paid-twice', 'MANUAL',"
    " '', '800.100.100', 1, 0, now(), now(), now(), 0)"
)
OVERDUE = (
    "UPDATE refunds SET status = 'REQUESTED', next_at = now(), requested_at = now() - interval '4 hours',"
    " last_code = '00008'"
)

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(fresh_database_url: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("DATABASE_URL", fresh_database_url)
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")
    names = {"refund": REFUND, "order": ORDER, "attempt": an_id(2), "unclear": UNCLEAR}
    pending = ATTEMPT.replace("{attempt}", "{unclear}").replace("CAPTURED", "PENDING").replace("'c'", "'d'")
    rows = (pending, DOUBT, ATTEMPT, CAPTURE, ROW)
    servers.execute(fresh_database_url, *(one.format(**names) for one in rows))

    def call(*arguments: str) -> tuple[int, str]:
        result = CliRunner().invoke(main, ["attention", *arguments])
        return result.exit_code, result.output

    return call


def test_what_waits_is_listed_with_what_to_do(run: Run) -> None:
    status, shown = run("list")
    assert status == 0
    for word in (to_wire(ORDER), to_wire(REFUND), "86.50 SAR", "800.100.100", "find out why"):
        assert word in shown
    assert f"payment {to_wire(UNCLEAR)}" in shown
    assert "asked every hour" in shown


def test_a_refund_that_is_still_sent_is_listed_with_what_to_do(run: Run, fresh_database_url: str) -> None:
    servers.execute(fresh_database_url, OVERDUE)
    _, shown = run("list")
    assert "00008" in shown
    assert "sent again by itself" in shown


def test_what_nobody_knows_is_said(run: Run) -> None:
    status, shown = run("retry", to_wire(an_id(404)))
    assert (status, shown) == (1, "Error: There is no such order.\n")
    status, shown = run("done", to_wire(an_id(404)), "--note", "transfer 7")
    assert (status, shown) == (1, "Error: no such refund.\n")
    status, shown = run("unpaid", to_wire(an_id(404)), "--note", "portal")
    assert (status, shown) == (1, "Error: no such payment.\n")


@pytest.mark.parametrize(
    "arguments",
    [
        ("retry",),
        ("retry", "nonsense"),
        ("done", to_wire(REFUND)),
        ("unpaid", to_wire(UNCLEAR)),
        ("list", "--limit", "0"),
    ],
)
def test_what_makes_no_sense_is_refused(run: Run, arguments: tuple[str, ...]) -> None:
    assert run(*arguments)[0] == 2
