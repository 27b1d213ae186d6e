"""Addresses of ticket images: read by their maker, also after its key was rotated, and by nobody else."""

from uuid import UUID

from muvi.adapters.http.links import TicketLinks
from muvi.domain.shared.text import Language

BASE = "https://muvi.example"
ORDER, ANOTHER = UUID(int=1), UUID(int=2)


def parts(address: str) -> tuple[str, str]:
    """The order and the key of an address, as the route gets them."""
    order, name = address.removeprefix(f"{BASE}/tickets/").split("/")
    return order, name.partition(".png")[0]


def test_an_address_names_its_order() -> None:
    links = TicketLinks.signed_by(BASE, "one")
    assert links.order_of(*parts(links.image(ORDER))) == ORDER
    assert links.order_of(*parts(links.image(ORDER, Language.AR))) == ORDER


def test_nobody_else_makes_one() -> None:
    links = TicketLinks.signed_by(BASE, "one")
    order, key = parts(links.image(ORDER))
    another, _ = parts(links.image(ANOTHER))
    assert links.order_of(another, key) is None
    assert links.order_of(order, "a" * len(key)) is None
    assert links.order_of("nonsense", key) is None
    assert links.order_of(order, "\u0661") is None
    assert TicketLinks.signed_by(BASE, "two").order_of(order, key) is None


def test_addresses_outlive_the_rotation_of_the_key() -> None:
    sent = parts(TicketLinks.signed_by(BASE, "former").image(ORDER))
    rotated = TicketLinks.signed_by(BASE, " fresh , former")
    assert rotated.order_of(*sent) == ORDER
    assert parts(rotated.image(ORDER)) != sent
    assert rotated.image(ORDER) == TicketLinks.signed_by(BASE, "fresh").image(ORDER)


def test_without_the_former_key_they_end() -> None:
    """The twin."""
    sent = parts(TicketLinks.signed_by(BASE, "former").image(ORDER))
    assert TicketLinks.signed_by(BASE, "fresh").order_of(*sent) is None
