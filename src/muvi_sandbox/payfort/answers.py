"""What the gateway sends: fields of a payment and their signature, for the return, webhooks and the API."""

from collections.abc import Mapping

from muvi_sandbox.config import SandboxConfig
from muvi_sandbox.payfort import codes
from muvi_sandbox.payfort.book import Payment
from muvi_sandbox.payfort.settings import Knobs
from muvi_sandbox.payfort.signature import signed


class Answers:
    """Writes and signs with the response phrase."""

    def __init__(self, config: SandboxConfig, knobs: Knobs) -> None:
        self._config = config
        self._knobs = knobs

    def sealed(self, fields: Mapping[str, str], phrase: str = "") -> dict[str, str]:
        """Add the signature; under another phrase it is a forgery."""
        told = dict(fields)
        if self._knobs.empty_values != "none":
            told["order_description"] = ""
        digest = signed(
            told,
            phrase or self._config.payfort.response_phrase,
            self._config.payfort.sha_type,
            keep_empty=self._knobs.empty_values == "keep",
        )
        return told | {"signature": digest.upper() if self._knobs.upper_case else digest}

    def coded(self, asked: Mapping[str, str], code: str, **more: str) -> dict[str, str]:
        """Answer a request: what it asked, the code and its words."""
        echoed = {name: value for name, value in asked.items() if value and name != "signature"}
        language = asked.get("language", "en")
        told = {"response_code": code, "response_message": codes.message(code, language), "status": code[:2]}
        return self.sealed(echoed | more | told)

    def of_payment(
        self, payment: Payment, code: str = "", phrase: str = "", more: Mapping[str, str] | None = None
    ) -> dict[str, str]:
        """Tell of a purchase, as the return address and the webhooks hear it."""
        code = code or payment.shown_code
        told = {
            **payment.asked,
            **payment.card,
            "fort_id": payment.fort_id,
            "eci": "ECOMMERCE",
            "response_code": code,
            "response_message": codes.message(code, payment.language),
            "status": code[:2],
            **(more or {}),
        }
        if codes.moved(code):
            told["authorization_code"] = payment.fort_id[-6:]
            if payment.asked.get("remember_me") == "YES":
                told["token_name"] = f"token{payment.fort_id}"
        return self.sealed(told, phrase)
