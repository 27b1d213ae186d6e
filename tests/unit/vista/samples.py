"""Answers in shapes that public sources show; values marked with their source are published ones."""

from __future__ import annotations

from typing import Any

USID = "b47e5287860b9c906125343c8dab09c2"  # recorded by github togtokh-dev/vista-co, ids neutralised
CREATED, EXPIRES = "2025-01-13T06:42:53.5912687Z", "2025-01-13T06:52:53.5912687Z"  # same recording


def a_position(area: int, row: int, column: int) -> dict[str, int]:
    return {"AreaNumber": area, "RowIndex": row, "ColumnIndex": column}


def a_seat(
    area: int, row: int, column: int, label: str, status: int, *, original: int | None = None, sofa: int = 0
) -> dict[str, Any]:
    group = [a_position(area, row, step) for step in range(sofa)] or None
    return {
        "Position": a_position(area, row, column),
        "Priority": 0,
        "Id": label,
        "Status": status,
        "SeatStyle": 0,
        "SeatsInGroup": group,
        "OriginalStatus": status if original is None else original,
    }


def a_plan(*seats_of_row_a: dict[str, Any], category: str = "0000000001") -> dict[str, Any]:
    """A standard area with row A, a gap and row B; below it one sofa."""
    return {
        "SeatLayoutData": {
            "Areas": [
                {
                    "Number": 1,
                    "AreaCategoryCode": category,
                    "Description": "Standard",
                    "DescriptionAlt": "قياسي",
                    "NumberOfSeats": 5,
                    "IsAllocatedSeating": True,
                    "Left": 10.0,
                    "Top": 20.0,
                    "Height": 30.0,
                    "Width": 80.0,
                    "Rows": [
                        {"RowIndexZeroBased": 0, "PhysicalName": "A", "Seats": list(seats_of_row_a)},
                        {"RowIndexZeroBased": 1, "PhysicalName": None, "Seats": []},
                        {"RowIndexZeroBased": 2, "PhysicalName": "B", "Seats": [a_seat(1, 2, 0, "1", 0)]},
                    ],
                    "RowCount": 3,
                    "ColumnCount": 5,
                },
                {
                    "Number": 2,
                    "AreaCategoryCode": "0000000002",
                    "Description": None,
                    "DescriptionAlt": "",
                    "Left": 30.0,
                    "Top": 60.0,
                    "Height": 10.0,
                    "Width": 40.0,
                    "Rows": [
                        {
                            "RowIndexZeroBased": 0,
                            "PhysicalName": "C",
                            "Seats": [a_seat(2, 0, 0, "1", 0, sofa=2), a_seat(2, 0, 1, "2", 0, sofa=2)],
                        }
                    ],
                    "RowCount": 1,
                    "ColumnCount": 2,
                },
                {"Number": 3, "AreaCategoryCode": "0000000001", "Rows": []},
            ],
            "AreaCategories": [
                {
                    "AreaCategoryCode": "0000000002",
                    "Name": "Sofa",
                    "NameTranslations": [{"LanguageTag": "ar-SA", "Text": "أريكة"}],
                }
            ],
            "BoundaryRight": 90.0,
            "ScreenStart": 25.0,
            "ScreenWidth": 50.0,
        },
        "ResponseCode": 0,
        "ErrorDescription": None,
    }


def a_ticket_type(code: str, price: int, sequence: int, **more: object) -> dict[str, Any]:
    return {
        "TicketTypeCode": code,
        "AreaCategoryCode": "0000000001",
        "Description": f"Type {code}",
        "DescriptionAlt": f"نوع {code}",
        "PriceInCents": price,
        "TaxInCents": 717,
        "DisplaySequence": sequence,
        "IsPackageTicket": False,
        "PackageContent": {"Concessions": [], "Tickets": []},
        **more,
    }


def an_order(
    *seats: tuple[int, int, int], session: int | str = 51592, expires: str = EXPIRES
) -> dict[str, Any]:
    """Two equal tickets may carry 717 and 718 cents of tax, as the published order of 115.00 does."""
    tickets = [
        {
            "ticketDetails": {
                "ticketId": number,
                "ticketTypeCode": "0022",
                "description": "Adult",
                "finalPriceInCents": 5500,
                "taxInCents": 716 + number,
                "voucherBarcode": None,
            },
            "seats": [{"areaNumber": area, "rowIndex": row, "columnIndex": column, "rowDisplay": "A"}],
        }
        for number, (area, row, column) in enumerate(seats, 1)
    ]
    return {
        "order": {
            "cinemaId": "0001",
            "userSessionId": USID,
            "orderTotalValueInCents": 11500 if seats else 0,
            "taxValueInCents": 1500 if seats else 0,
            "bookingFeeTotalValueInCents": 500 if seats else 0,
            "bookingFeeTaxValueInCents": 65 if seats else 0,
            "sessions": [{"id": session, "tickets": tickets}] if seats else [],
            "createdDateUtc": CREATED,
            "expiryDateUtc": expires,
            "customer": {"dateOfBirth": None},
        },
        "suggestedDeals": [],
    }
