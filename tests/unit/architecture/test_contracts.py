"""Every port has a contract suite, so that its fake is as good as its real adapter."""

import ast
import re
from collections.abc import Iterable, Mapping

from tests.unit.architecture.source import ROOT, modules
from tests.unit.architecture.test_ports import is_property, protocols

WITHOUT: Mapping[str, str] = {
    "Consumer": "handed in by the application, not fulfilled by an adapter",
    "SeatPlans": "the application's own cache over BoxOffice; no adapter fulfils it",
}
"""Port: why it needs no contract suite."""

OPEN: frozenset[str] = frozenset()
"""Ports whose suite is still to be written."""


def words_of_the_suites() -> set[str]:
    """Every name that the suites use, and attributes of transactions as `.orders`."""
    texts = [file.read_text(encoding="utf-8") for file in (ROOT / "tests" / "contract").rglob("*.py")]
    return {word for text in texts for word in re.findall(r"\.?\b[A-Za-z_]+", text)}


def shown_as() -> dict[str, set[str]]:
    """Under which names a transaction shows a port: `orders` for `Orders`."""
    found: dict[str, set[str]] = {}
    for module in modules("muvi.ports", "muvi.application"):
        for node in ast.walk(module.tree):
            if isinstance(node, ast.FunctionDef) and is_property(node) and isinstance(node.returns, ast.Name):
                found.setdefault(node.returns.id, set()).add(f".{node.name}")
    return found


def uncovered(ports: Iterable[str], words: set[str], shown: Mapping[str, set[str]]) -> set[str]:
    """A transaction's own view (`…Tx`) is covered by the ports that it shows."""
    asked = {port for port in ports if port not in WITHOUT and not port.endswith("Tx")}
    return {port for port in asked if port not in words and not words & shown.get(port, set())}


def test_every_port_has_a_contract_suite() -> None:
    ports = [node.name for module in modules("muvi.ports") for node in protocols(module)]
    missing = uncovered(ports, words_of_the_suites(), shown_as())
    assert sorted(missing - OPEN) == [], "write a suite under tests/contract, or add it to OPEN above"


def test_the_rule_sees_what_it_forbids() -> None:
    shown = {"Orders": {".orders"}}
    assert uncovered(["Orders", "OrdersTx", "Consumer"], {"orders"}, shown) == {"Orders"}
    assert uncovered(["Orders"], {"Orders"}, {}) == set()
    assert uncovered(["Orders"], {".orders"}, shown) == set()
