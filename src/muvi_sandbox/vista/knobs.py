"""How this Vista is set up: what differs from chain to chain, or is not published, is a knob."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class VistaKnobs:
    """Set through `/control/knobs`; the defaults are a friendly site.

    order_ttl_s: life of an order from its creation; 600 is what three public sources show.
    expiry_grace_s: the sweep comes this long after `expiryDateUtc`.
    external_payment_extension_s: life that `startexternalpayment` grants from now on; 0 adds nothing.
    continue_allowed: `order/continue` starts the life anew, or is refused.
    async_completion, async_job_s, async_job_fails: payments answer with a background job, which stays pending
        that long and may then fail; the booking is final either way.
    booking_visible_after_s: a fresh booking is hidden from every query that long.
    missing_booking_code: `ResponseCode` of query-booking-status when there is neither order nor booking.
    odata_page_size: rows per OData page with a link to the next; 0 switches paging by the server off.
    odata_refresh_s: age that `SeatsAvailable` and `SoldoutStatus` may reach.
    empty_sets: OData sets that answer an empty list with status 200.
    unticked_channels: sales channels (WWW, CELL, KIOSK) that are ticked on no session.
    sales_end_s: a session leaves feed and sale that long after its start.
    refund_platforms: platforms whose token may refund; others get 403.
    booking_fee_cents: fee per seat.
    slow_cinemas: real seconds by which every answer of a cinema is late.
    """

    order_ttl_s: float = 600
    expiry_grace_s: float = 0
    external_payment_extension_s: float = 600
    continue_allowed: bool = True
    async_completion: bool = False
    async_job_s: float = 5
    async_job_fails: bool = False
    booking_visible_after_s: float = 0
    missing_booking_code: int = 0
    odata_page_size: int = 0
    odata_refresh_s: float = 30
    empty_sets: list[str] = field(default_factory=list)
    unticked_channels: list[str] = field(default_factory=list)
    sales_end_s: float = 600
    refund_platforms: list[str] = field(default_factory=lambda: ["website"])
    booking_fee_cents: int = 250
    slow_cinemas: dict[str, float] = field(default_factory=dict)
