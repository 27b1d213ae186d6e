"""The gateways of one process."""

from __future__ import annotations

from collections.abc import Sequence

from typing_extensions import override

from muvi.ports.payments.gateway import PaymentGateway, PaymentGateways
from muvi.ports.payments.tokens import TokenCharges, TokenGateways


class FixedGateways(PaymentGateways, TokenGateways):
    """The gateways of one process. `offered` names those that take new payments, by default every one;
    `charges` are those that charge tokens.
    """

    def __init__(
        self,
        *gateways: PaymentGateway,
        offered: Sequence[str] = (),
        charges: Sequence[TokenCharges] = (),
    ) -> None:
        self._gateways = {gateway.name: gateway for gateway in gateways}
        self._charges = {charging.name: charging for charging in charges}
        self._offered = tuple(offered) or tuple(self._gateways)

    @property
    @override
    def offered(self) -> tuple[str, ...]:
        return self._offered

    @override
    def of(self, name: str) -> PaymentGateway | None:
        return self._gateways.get(name)

    @override
    def by_token(self, name: str) -> TokenCharges | None:
        return self._charges.get(name)
