"""Addresses of a payment: our own page that embeds the gateway's widget, and where the gateway sends the
buyer back.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from muvi.domain.shared.ids import to_wire
from muvi.domain.shared.text import Language


@dataclass(frozen=True, slots=True)
class PaymentPages:
    """`base_url` is the public one, without a trailing slash."""

    base_url: str

    def page(self, attempt_id: UUID, language: Language) -> str:
        """Our payment page."""
        return f"{self.base_url}/pay/{to_wire(attempt_id)}?lang={language.value}"

    def done(self, attempt_id: UUID, language: Language) -> str:
        """Our page that waits for the end of a payment."""
        return f"{self.base_url}/pay/{to_wire(attempt_id)}/done?lang={language.value}"

    def result(self, attempt_id: UUID) -> str:
        """The return address of an attempt; it carries our own id only."""
        return f"{self.base_url}/api/v1/transactions/hyperPay?attemptId={to_wire(attempt_id)}"
