"""RESTTicketing.svc: what ends an order or keeps it alive; BackgroundJob.svc."""

from typing import Any

import msgspec

from muvi_sandbox.reply import Reply
from muvi_sandbox.vista.bookings import Booking, Bookings, Guest, Tender, completion
from muvi_sandbox.vista.orders import Order, Orders
from muvi_sandbox.vista.routing import Call, Route
from muvi_sandbox.vista.wire import UNEXPECTED, UNEXPECTED_TEXT, Failed, Refused, after, ok, v1_body
from muvi_sandbox.vista.world import World

RESULT, RESPONSE_CODE, RESULT_CODE = "Result", "ResponseCode", "ResultCode"


class OrderKey(msgspec.Struct, rename="pascal"):
    """Body of every call that names an order only."""

    user_session_id: str


class PaymentInfo(msgspec.Struct, rename="pascal"):
    """One tender of a completion."""

    payment_value_cents: int | None = None
    bill_full_outstanding_amount: bool = False
    card_number: str | None = None
    card_type: str | None = None
    payment_tender_category: str | None = None
    bank_reference: str | None = None
    bank_transaction_number: str | None = None

    def tender(self, total: int) -> Tender:
        """Return it with its amount; the full outstanding amount counts when no value is given."""
        value = self.payment_value_cents
        if value is None:
            value = total if self.bill_full_outstanding_amount else 0
        return Tender(
            amount_cents=value,
            card_type=self.card_type or "",
            card_number=self.card_number or "",
            category=self.payment_tender_category or "",
            reference=self.bank_transaction_number or self.bank_reference or "",
        )


class Payment(msgspec.Struct, rename="pascal"):
    """Body of `order/payment`. Vista's own guide spells the collection with a small c once, so both count."""

    user_session_id: str
    perform_payment: bool = True
    customer_name: str | None = None
    customer_email: str | None = None
    customer_phone: str | None = None
    payment_info: PaymentInfo | None = None
    payment_info_collection: list[PaymentInfo] | None = None
    payment_infocollection: list[PaymentInfo] | None = None

    def tenders(self, total: int) -> list[Tender]:
        """Return every tender."""
        infos = self.payment_info_collection or self.payment_infocollection or []
        if self.payment_info is not None:
            infos = [self.payment_info, *infos]
        return [info.tender(total) for info in infos]


class TicketingApi:
    """What ends an order, or keeps it alive."""

    def __init__(self, world: World, orders: Orders, bookings: Bookings, base_url: str) -> None:
        self._world = world
        self._orders = orders
        self._bookings = bookings
        self._base_url = base_url

    def routes(self) -> list[Route]:
        """Return the operations."""
        verbs = {
            "payment": (RESULT, self.pay),
            "cancel": (RESULT, self.cancel),
            "continue": (RESULT, self.prolong),
            "startexternalpayment": (RESULT, self.start_external_payment),
            "query-booking-status": (RESPONSE_CODE, self.query),
        }
        return [
            *(
                Route("POST", f"restticketing.svc/order/{verb}", f"order/{verb}", field, handle)
                for verb, (field, handle) in verbs.items()
            ),
            Route("GET", "backgroundjob.svc/{}", "background-job", RESULT_CODE, self.job),
        ]

    def pay(self, call: Call) -> Reply:
        """Complete an order whose money was taken elsewhere: the tenders must add up to its total.

        The order is gone afterwards, so a repeated call fails with 1 like one for an unknown order: whether
        repeating is safe at a real site is not published.
        """
        wanted = v1_body(call.body, Payment)
        order = self._living(wanted.user_session_id)
        tenders = wanted.tenders(order.total)
        self._check(order, wanted, tenders)
        self._world.record(
            "payment-recorded",
            usid=order.usid,
            cinemaId=order.cinema_id,
            amountCents=order.total,
            tenders=msgspec.to_builtins(tenders),
        )
        guest = Guest(wanted.customer_name or "", wanted.customer_email or "", wanted.customer_phone or "")
        booking = self._bookings.make(order, guest, tenders)
        self._orders.complete(order)
        return ok(self._paid(booking))

    def cancel(self, call: Call) -> Reply:
        """Cancel an order. A missing one is a success too, and nothing happens to a completed booking."""
        order = self._orders.get(v1_body(call.body, OrderKey).user_session_id)
        if order is not None:
            self._orders.end(order, "order-cancelled")
        return ok(_success(OrderNotFound=order is None))

    def prolong(self, call: Call) -> Reply:
        """Start an order's life anew, where the site allows that."""
        order = self._living(v1_body(call.body, OrderKey).user_session_id)
        if not self._world.knobs.continue_allowed:
            raise Failed(UNEXPECTED, "Resetting the order expiry is not allowed")
        self._orders.extend(order, after(self._world.now(), self._world.knobs.order_ttl_s), "continue")
        return ok(_success())

    def start_external_payment(self, call: Call) -> Reply:
        """Mark an order as being paid; how much longer it lives now is not in the answer."""
        order = self._living(v1_body(call.body, OrderKey).user_session_id)
        self._world.record("external-payment-started", usid=order.usid)
        granted = self._world.knobs.external_payment_extension_s
        self._orders.extend(order, after(self._world.now(), granted), "startexternalpayment")
        return ok(_success(PaymentRedirectUrl=None))

    def query(self, call: Call) -> Reply:
        """Tell whether an order became a booking.

        Not published, hence ours: a living order answers 0 with an empty booking id and number "0"; one
        that is neither alive nor booked answers the knob's code with no summary.
        """
        usid = v1_body(call.body, OrderKey).user_session_id
        booking, order = self._bookings.of_order(usid), self._orders.get(usid)
        if booking is not None and self._bookings.is_visible(booking):
            return ok(_status(usid, booking.cinema_id, booking.booking_id, str(booking.booking_number)))
        if order is not None:
            return ok(_status(usid, order.cinema_id, "", "0"))
        code = self._world.knobs.missing_booking_code
        text = "Order could not be found" if code else None
        return ok({"ResponseCode": code, "ErrorDescription": text, "OrderSummary": None})

    def job(self, call: Call) -> Reply:
        """Tell how the background job of a completion goes. Only "Pending" is a published status."""
        booking = self._bookings.of_order(call.args[0][::-1])
        if booking is None:
            raise Refused(404, "NotFound", "No such job")
        knobs = self._world.knobs
        pending = self._world.now() < after(completion(booking), knobs.async_job_s)
        failed = knobs.async_job_fails and not pending
        return ok(
            {
                "Status": "Pending" if pending else "Failed" if failed else "Completed",
                "ResultCode": UNEXPECTED if failed else 0,
                "ErrorDescription": UNEXPECTED_TEXT if failed else None,
                "CinemaId": booking.cinema_id,
                "UserSessionId": booking.usid,
                "VistaBookingNumber": booking.booking_number,
                "VistaBookingId": booking.booking_id,
                "VistaTransNumber": booking.trans_number,
                "BalanceList": [],
                "TicketPrintStream": None,
                "OrderEmails": [],
            }
        )

    def _living(self, usid: str) -> Order:
        order = self._orders.get(usid)
        if order is None:
            raise Failed(UNEXPECTED, UNEXPECTED_TEXT)
        return order

    def _check(self, order: Order, wanted: Payment, tenders: list[Tender]) -> None:
        if wanted.perform_payment:
            raise Failed(UNEXPECTED, "No payment provider is set up: PerformPayment must be false")
        lines = list(order.all_lines())
        if not lines or any(line.ticket_type is None for line in lines):
            raise Failed(UNEXPECTED, "The order has no tickets, or seats without a ticket type")
        paid = sum(tender.amount_cents for tender in tenders)
        if paid != order.total:
            raise Failed(UNEXPECTED, f"The payments ({paid}) do not match the order total ({order.total})")

    def _paid(self, booking: Booking) -> dict[str, Any]:
        job = f"{self._base_url}/BackgroundJob.svc/{booking.usid[::-1]}"
        return {
            "Result": 0,
            "ExtendedResultCode": 0,
            "ErrorDescription": None,
            "CinemaID": booking.cinema_id,
            "VistaBookingNumber": str(booking.booking_number),
            "VistaBookingId": booking.booking_id,
            "VistaTransNumber": str(booking.trans_number),
            "HistoryID": "",
            "PrintStream": "",
            "PrintStreamCollection": None,
            "PaymentInfoCollection": [
                {"BillingValueCents": tender.amount_cents} for tender in booking.tenders
            ],
            "BalanceList": None,
            "PassCollection": None,
            "BackgroundJobUrl": job if self._world.knobs.async_completion else None,
            "LoyaltyPointsCost": None,
            "OrderEmails": [],
        }


def _success(**more: object) -> dict[str, Any]:
    return {"Result": 0, "ErrorDescription": None, "ExtendedResultCode": 0, **more}


def _status(usid: str, cinema_id: str, booking_id: str, number: str) -> dict[str, Any]:
    summary = {
        "UserSessionId": usid,
        "CinemaId": cinema_id,
        "VistaBookingId": booking_id,
        "VistaBookingNumber": number,
    }
    return {"ResponseCode": 0, "ErrorDescription": None, "OrderSummary": summary}
