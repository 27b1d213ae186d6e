"""Paying on the wire."""

from __future__ import annotations

import re

from muvi.adapters.http.public.order_wire import TicketShown
from muvi.adapters.http.wire import Answer, Body
from muvi.application.orders.charge_token import TokenRefused
from muvi.domain.orders.order import OrderStatus
from muvi.domain.shared.errors import Invalid
from muvi.ports.payments.tokens import CardToken

_TOKEN = re.compile(r"[A-Za-z0-9_.@-]{1,100}")
_CVV = re.compile(r"[0-9]{3,4}")


class PaymentMethodNotOffered(Invalid):
    """Only cards can be paid with: no wallet, no cashback, no kept card, no Apple Pay."""

    code = "payment-method-not-offered"
    title = "This way to pay is not offered"
    title_ar = "وسيلة الدفع هذه غير متاحة"


class PayBody(Body, frozen=True):
    """How to pay and where to return to."""

    payment_method: str | None = None
    payment_strategy: str | None = None
    gateway: str | None = None
    success_web_url: str | None = None
    failed_web_url: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    token: str | None = None
    cvv: str | None = None
    card_id: int | str | None = None
    is_apple_pay: bool | None = None
    is_apple_payment: bool | None = None
    e_wallet_amount: float | None = None
    cashback_amount: float | None = None

    def card_token(self) -> CardToken | None:
        """The gateway's name for a card that the client gave it before. Raises `TokenRefused`."""
        if not self.token:
            return None
        cvv = self.cvv or ""
        if not _TOKEN.fullmatch(self.token):
            raise TokenRefused(field="token")
        if cvv and not _CVV.fullmatch(cvv):
            raise TokenRefused(field="cvv")
        return CardToken(self.token, cvv)

    def require_card(self) -> None:
        """Raise `PaymentMethodNotOffered` for anything but a card that is typed in or named by a token.

        Who wants to pay a part from a wallet must not find the whole amount on the card. What old clients do
        not use they send as 0, false or an empty text.
        """
        method = self.payment_method or self.payment_strategy or "CARD"
        if method.strip().upper() != "CARD":
            raise PaymentMethodNotOffered(field="paymentMethod")
        others = {
            "cardId": self.card_id,
            "isApplePay": self.is_apple_pay,
            "isApplePayment": self.is_apple_payment,
            "eWalletAmount": self.e_wallet_amount,
            "cashbackAmount": self.cashback_amount,
        }
        for field, wanted in others.items():
            if wanted:
                raise PaymentMethodNotOffered(field=field)


class WidgetAction(Answer, frozen=True, tag_field="type", tag="widget"):
    """What the buyer's client does next: open `url`, or embed the gateway's widget itself with the rest."""

    url: str
    checkout_id: str | None
    script_url: str | None
    result_url: str | None
    integrity: str | None


class FormAction(Answer, frozen=True, tag_field="type", tag="form"):
    """What the buyer's client does next: open `url`, or post `formFields` to the gateway's page itself."""

    url: str
    form_url: str
    form_fields: dict[str, str]


class RedirectAction(Answer, frozen=True, tag_field="type", tag="redirect"):
    """The card is being charged and its bank asks the buyer for more: open `url`, the bank's page."""

    url: str


class NoAction(Answer, frozen=True, tag_field="type", tag="none"):
    """The card is being charged: there is nothing to do but to look at the order. `url` is our
    page that waits for it.
    """

    url: str


Action = WidgetAction | FormAction | RedirectAction | NoAction


class PaymentOpened(Answer, frozen=True):
    """A payment is open; the order's tickets come once it is paid."""

    status: OrderStatus
    order_id: str
    payment_id: str
    tickets: list[TicketShown]
    next_action: Action
