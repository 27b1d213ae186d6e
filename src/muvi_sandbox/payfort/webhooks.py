"""Transaction feedback: direct after processing, a notification when something changes later."""

from urllib.parse import urlencode

import msgspec

from muvi_sandbox.config import SandboxConfig
from muvi_sandbox.courier import Courier, Message
from muvi_sandbox.faults import Faults
from muvi_sandbox.payfort import codes
from muvi_sandbox.payfort.answers import Answers
from muvi_sandbox.payfort.book import SYSTEM, Payment
from muvi_sandbox.payfort.settings import Knobs
from muvi_sandbox.truth import Truth

_MOVED_ON = 302


class Webhooks(Courier):
    """Tells the merchant. Whoever answers neither 2xx nor 302 hears again."""

    def __init__(
        self, config: SandboxConfig, truth: Truth, faults: Faults, knobs: Knobs, answers: Answers
    ) -> None:
        super().__init__(
            SYSTEM,
            config.payfort.webhook_url,
            truth,
            faults,
            knobs,
            heard=lambda status: 200 <= status < 300 or status == _MOVED_ON,  # noqa: PLR2004 - the success class
        )
        self._wire = knobs
        self._answers = answers

    def about(self, payment: Payment) -> None:
        """Tell of a purchase as it stands now."""
        if self._wire.webhook_pending_first and not payment.pending:
            self.tell(payment, self._answers.of_payment(payment, codes.WAITING))
        self.tell(payment, self._answers.of_payment(payment))

    def tell(self, payment: Payment, fields: dict[str, str]) -> None:
        """Send signed fields about a payment, under rules and knobs."""
        if self._wire.webhooks_on:
            key = f"{payment.reference} {payment.fort_id}"
            self.emit(self._message(fields), thread=payment.reference, key=key)

    def plain(self, fields: dict[str, str]) -> None:
        """Send fields at once."""
        self.send(self._message(fields))

    def raw(self, body: bytes) -> None:
        """Send something that is no feedback at all."""
        self.send(Message("", "raw", {"Content-Type": "application/json"}, body))

    def _message(self, fields: dict[str, str]) -> Message:
        about, code = fields.get("fort_id", ""), fields.get("response_code", "")
        if self._wire.webhook_format == "form":
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
            return Message(about, code, headers, urlencode(fields).encode())
        return Message(about, code, {"Content-Type": "application/json"}, msgspec.json.encode(fields))
