"""The gateways of one process."""

from __future__ import annotations

from typing_extensions import override

from muvi.ports.payments.gateway import PaymentGateway, PaymentGateways


class FixedGateways(PaymentGateways):
    """The gateways of one process, the first being the default."""

    def __init__(self, *gateways: PaymentGateway) -> None:
        self._gateways = {gateway.name: gateway for gateway in gateways}
        self._default = gateways[0].name

    @property
    @override
    def default(self) -> str:
        return self._default

    @override
    def of(self, name: str) -> PaymentGateway | None:
        return self._gateways.get(name)
