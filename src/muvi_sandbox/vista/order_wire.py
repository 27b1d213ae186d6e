"""The V2 order object, and the ticket types of a session."""

from typing import Any

from muvi_sandbox.chain.prices import BY_CODE, TicketType, vat_shares, vat_within
from muvi_sandbox.chain.schedule import Session
from muvi_sandbox.vista.choice import QUANTITY_PER_ORDER
from muvi_sandbox.vista.orders import Line, Order
from muvi_sandbox.vista.wire import utc, with_offset
from muvi_sandbox.vista.world import World


def order_body(world: World, order: Order) -> dict[str, Any]:
    """Return the answer of create, read and set-tickets."""
    priced = [line.price for line in order.all_lines()]
    *taxes, fee_tax = vat_shares([*priced, order.fee])
    sessions: list[dict[str, Any]] = []
    done = 0
    for number, lines in order.lines.items():
        session = world.chain.sessions.get((order.cinema_id, number))
        if session is not None:
            sessions.append(_session(session, lines, taxes[done : done + len(lines)], done + 1))
        done += len(lines)
    return {
        "order": {
            "cinemaId": order.cinema_id,
            "userSessionId": order.usid,
            "orderTotalValueInCents": order.total,
            "taxValueInCents": sum(taxes) + fee_tax,
            "bookingFeeTotalValueInCents": order.fee,
            "bookingFeeTaxValueInCents": fee_tax,
            "ticketFeeTotalValueInCents": 0,
            "loyaltyPointsTotalCost": [],
            "sessions": sessions,
            "concessions": [],
            "bookingFees": [],
            "loyaltyMembershipPackageActivation": None,
            "loyaltyIntegratedGiftCardActivation": None,
            "appliedGiftCards": [],
            "appliedLoyaltyPointsPayments": [],
            "appliedPaymentVouchers": [],
            "loyaltyPointsPayableValueInCents": 0,
            "createdDateUtc": utc(order.created),
            "expiryDateUtc": utc(order.expires),
            "hasCardPaymentPromotionTickets": False,
            "promotionCards": [],
            "customer": _NOBODY,
            "bookingTip": None,
        },
        "suggestedDeals": [],
    }


_NOBODY: dict[str, Any] = {
    "firstName": "",
    "lastName": "",
    "email": "",
    "phone": "",
    "address": {"zipCode": ""},
    "dateOfBirth": None,
    "gender": "",
}


def _session(session: Session, lines: list[Line], taxes: list[int], first: int) -> dict[str, Any]:
    return {
        "id": session.number,
        "filmTitle": session.film.catalogue_title,
        "filmClassification": session.film.rating.code,
        "startTime": with_offset(session.starts),
        "allocatedSeating": True,
        "tickets": [
            _ticket(session, line, tax, number)
            for number, (line, tax) in enumerate(zip(lines, taxes, strict=True), first)
        ],
    }


def _ticket(session: Session, line: Line, tax: int, number: int) -> dict[str, Any]:
    details = None
    if line.ticket_type is not None:
        details = {
            "ticketId": number,
            "ticketTypeCode": line.ticket_type.code,
            "ticketCode": line.ticket_type.code,
            "description": line.ticket_type.title.en,
            "finalPriceInCents": line.price,
            "originalPriceInCents": line.price,
            "taxInCents": tax,
            "voucherBarcode": None,
            "loyaltyRecognitionId": None,
            "loyaltyRecognitionSequence": None,
        }
    seats = [
        {
            "areaCategoryCode": session.layout.category_of(seat).code,
            "areaNumber": seat.position.area,
            "rowIndex": seat.position.row,
            "columnIndex": seat.position.column,
            "rowDisplay": seat.row,
            "columnDisplay": seat.label,
        }
        for seat in line.seats
    ]
    return {"ticketDetails": details, "seats": seats}


def ticket_types_body(world: World, session: Session, channel: str) -> dict[str, Any]:
    """Return the answer of `tickets`: the types that this channel may sell for the session."""
    sold = [known for known in session.ticket_types if channel in known.channels]
    tickets = [_ticket_type(world, session, known, order) for order, known in enumerate(sold, 1)]
    return {"ResponseCode": 0, "ExtendedResponseCode": 0, "ErrorDescription": None, "Tickets": tickets}


def _ticket_type(world: World, session: Session, known: TicketType, order: int) -> dict[str, Any]:
    price = world.price(session, known)
    return {
        "CinemaId": session.cinema.id,
        "TicketTypeCode": known.code,
        "TicketCode": known.code,
        "AreaCategoryCode": known.category.code,
        "HeadOfficeGroupingCode": f"A{int(known.code):09d}",
        "Description": known.title.en,
        "DescriptionAlt": known.title.ar,
        "DescriptionTranslations": [{"LanguageTag": "ar-SA", "Text": known.title.ar}],
        "LongDescription": "",
        "LongDescriptionAlt": "",
        "IsChildOnlyTicket": known.child,
        "IsPackageTicket": known.seats > 1,
        "PriceGroupCode": session.screen.experience.price_group,
        "PriceInCents": price,
        "TaxInCents": vat_within(price),
        "SalesChannels": list(known.channels),
        "DisplaySequence": order,
        "QuantityAvailablePerOrder": QUANTITY_PER_ORDER,
        "PackageContent": {"Concessions": [], "Tickets": _package(known)},
        "HOPK": known.code,
        **_PLAIN,
    }


def _package(known: TicketType) -> list[dict[str, Any]]:
    if not known.part:
        return []
    title = BY_CODE[known.part].title
    return [
        {
            "TicketTypeCode": known.part,
            "TicketCode": known.part,
            "Description": title.en,
            "DescriptionAlt": title.ar,
            "Quantity": known.seats,
        }
    ]


_PLAIN: dict[str, Any] = {
    "IsRedemptionTicket": False,
    "IsComplimentaryTicket": False,
    "IsThirdPartyMemberTicket": False,
    "ThirdPartyMembershipName": "",
    "SurchargeAmount": 0,
    "IsAvailableForLoyaltyMembersOnly": False,
    "IsAvailableAsLoyaltyRecognitionOnly": False,
    "LoyaltyRecognitionId": "",
    "LoyaltyRecognitionSequence": 0,
    "LoyaltyBalanceTypeId": None,
    "LoyaltyQuantityAvailable": None,
    "LoyaltyPointsCost": None,
    "LoyaltyHasUnlimitedRedemptions": False,
    "ProductCodeForVoucher": "",
    "IsDynamicallyPriced": False,
    "TotalTicketFeeAmountInCents": 0,
    "DiscountsAvailable": [],
    "IsAllocatableSeating": True,
    "ResalePriceInCents": 0,
    "IsCardPaymentPromotionTicket": False,
    "CardPaymentPromotions": [],
    "EnforceUseOfBarcode": False,
    "IsSubscriptionTicket": False,
    "SubscriptionIds": [],
}
