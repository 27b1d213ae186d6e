"""Every port has a contract suite that runs on its fake and on its real adapter, so that one is as good as
the other. That the tests are the same on both is for people to see; that no adapter is left out is seen here.
"""

import ast
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tests.unit.architecture.source import ROOT, Module, modules, of
from tests.unit.architecture.test_ports import is_property, protocols

WITHOUT: Mapping[str, str] = {
    "Consumer": "handed in by the application, not fulfilled by an adapter",
}
"""Port: why it needs no contract suite."""

ALONE: Mapping[str, str] = {
    "PaymentGateways": "a table of gateways, the same whatever gateways stand in it",
    "TokenGateways": "the same table",
}
"""Port: why it needs no fake beside its adapter."""

FAKES = "muvi.adapters.memory"


@dataclass(frozen=True)
class Adapter:
    """A class that fulfils ports."""

    name: str
    is_fake: bool
    ports: frozenset[str]


def words_of_the_suites() -> set[str]:
    """Every name that the suites use, and attributes of transactions as `.orders`."""
    texts = [file.read_text(encoding="utf-8") for file in (ROOT / "tests" / "contract").rglob("*.py")]
    return {word for text in texts for word in re.findall(r"\.?\b[A-Za-z_]\w*", text)}


def shown_as() -> dict[str, set[str]]:
    """Under which names a transaction shows a port: `orders` for `Orders`."""
    found: dict[str, set[str]] = {}
    for module in modules("muvi.ports", "muvi.application"):
        for node in ast.walk(module.tree):
            if isinstance(node, ast.FunctionDef) and is_property(node) and isinstance(node.returns, ast.Name):
                found.setdefault(node.returns.id, set()).add(f".{node.name}")
    return found


def adapters(sources: Iterable[Module], ports: Iterable[str]) -> list[Adapter]:
    """What inherits from a port, over however many steps."""
    bases: dict[str, set[str]] = {}
    homes: dict[str, str] = {}
    for module in sources:
        for node in module.classes():
            bases[node.name] = {ast.unparse(base).partition("[")[0] for base in node.bases}
            homes[node.name] = module.name

    def above(name: str) -> set[str]:
        return {name}.union(*(above(base) for base in bases.get(name, ()) if base != name))

    known = frozenset(ports)
    return [
        Adapter(name, home.startswith(FAKES), (known & above(name)) - {name})
        for name, home in homes.items()
        if not home.startswith("muvi.ports") and known & above(name)
    ]


def shown_by_units_of_work(sources: Iterable[Module]) -> dict[str, set[str]]:
    """Under which names a transaction of an adapter shows it: `orders` for `SqlOrders`."""
    found: dict[str, set[str]] = {}
    for module in sources:
        for node in ast.walk(module.tree):
            if not (isinstance(node, ast.FunctionDef) and isinstance(node.returns, ast.Name)):
                continue
            if node.decorator_list and ast.unparse(node.decorator_list[0]).endswith("property"):
                found.setdefault(node.returns.id, set()).add(f".{node.name}")
    return found


def untried(found: Iterable[Adapter], words: set[str], shown: Mapping[str, set[str]]) -> list[str]:
    """Adapters that no suite knows, by their name or as what a transaction shows."""
    return sorted(
        one.name for one in found if one.name not in words and not words & shown.get(one.name, set())
    )


def one_sided(found: Iterable[Adapter], ports: Iterable[str]) -> list[str]:
    """Ports without a fake, or with nothing but one."""
    kinds: dict[str, set[bool]] = {port: set() for port in ports}
    for one in found:
        for port in one.ports:
            kinds[port].add(one.is_fake)
    return sorted(port for port, sides in kinds.items() if sides != {True, False})


def uncovered(ports: Iterable[str], words: set[str], shown: Mapping[str, set[str]]) -> set[str]:
    """A transaction's own view (`…Tx`) is covered by the ports that it shows."""
    asked = {port for port in ports if port not in WITHOUT and not port.endswith("Tx")}
    return {port for port in asked if port not in words and not words & shown.get(port, set())}


def ports() -> list[str]:
    return [node.name for module in modules("muvi.ports") for node in protocols(module)]


def test_every_port_has_a_contract_suite() -> None:
    missing = uncovered(ports(), words_of_the_suites(), shown_as())
    assert sorted(missing) == [], "write a suite under tests/contract"


def test_every_port_has_a_fake_and_a_real_adapter() -> None:
    asked = {
        port for port in ports() if port not in WITHOUT and port not in ALONE and not port.endswith("Tx")
    }
    assert one_sided(adapters(modules("muvi"), asked), asked) == []


def test_every_adapter_is_tried_by_a_suite() -> None:
    sources = [*modules("muvi")]
    found = adapters(sources, {*ports()} - WITHOUT.keys())
    shown = shown_by_units_of_work(modules("muvi.adapters"))
    assert untried(found, words_of_the_suites(), shown) == [], "run the port's suite on it"


def test_the_rule_sees_what_it_forbids() -> None:
    shown = {"Orders": {".orders"}}
    assert uncovered(["Orders", "OrdersTx", "Consumer"], {"orders"}, shown) == {"Orders"}
    assert uncovered(["Orders"], {"Orders"}, {}) == set()
    assert uncovered(["Orders"], {".orders"}, shown) == set()


def test_the_rule_sees_adapters_left_out() -> None:
    source = of(
        "class Orders(Protocol): ...\nclass Late(Orders, Protocol): ...\n"
        "class SqlOrders(Late): ...\nclass Patient(SqlOrders): ...\nclass Stranger: ..."
    )
    found = adapters([source], ["Orders"])
    assert {one.name for one in found} >= {"SqlOrders", "Patient"}
    assert all(one.ports == {"Orders"} for one in found if one.name in {"SqlOrders", "Patient"})
    assert "Stranger" not in {one.name for one in found}
    fulfilled = frozenset({"Orders"})
    real = Adapter("SqlOrders", is_fake=False, ports=fulfilled)
    fake = Adapter("MemoryOrders", is_fake=True, ports=fulfilled)
    assert untried([real], {"Orders"}, {}) == ["SqlOrders"]
    assert untried([real], {"SqlOrders"}, {}) == []
    assert untried([real], {".orders"}, {"SqlOrders": {".orders"}}) == []
    assert one_sided([real], ["Orders"]) == one_sided([fake], ["Orders"]) == ["Orders"]
    assert one_sided([real, fake], ["Orders"]) == []
