"""Which gateway takes a new payment."""

from __future__ import annotations

from muvi.domain.shared.errors import Invalid
from muvi.ports.payments.gateway import PaymentGateway, PaymentGateways


class UnknownGateway(Invalid):
    """The buyer asks for a gateway that takes no new payments here."""

    code = "unknown-gateway"
    title = "This way to pay is not offered"
    title_ar = "طريقة الدفع هذه غير متاحة"


def chosen_gateway(gateways: PaymentGateways, name: str) -> PaymentGateway:
    """The gateway of that name, the first one offered when it is empty. Raises `UnknownGateway`."""
    name = name or gateways.offered[0]
    gateway = gateways.of(name) if name in gateways.offered else None
    if gateway is None:
        raise UnknownGateway(field="gateway", offered=list(gateways.offered))
    return gateway
