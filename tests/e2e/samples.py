"""Answers that existing clients were written against, copied from the published surface of the API.

A text that ends in "..." stands for any text. Every field must be there, with the same JSON type.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

CITIES = [{"id": "01X...", "name": {"en": "Riyadh", "ar": "الرياض"}, "lat": 24.7136, "lng": 46.6753}]
CITY_BY_COORDINATES = {"id": "01X...", "name": "Riyadh"}
SETTINGS = {
    "maintenanceMode": False,
    "checkoutTimeoutMinutes": 10,
    "appStoreUrl": "...",
    "playStoreUrl": "...",
}
BANNERS = [
    {
        "id": 1,
        "title": "Summer Blockbusters",
        "desktopImage": "https://cdn.../d.jpg",
        "mobileImage": "https://cdn.../m.jpg",
        "link": "/offers/summer",
    }
]
FILMS = {
    "data": [
        {
            "id": "01A...",
            "title": "Mission Impossible 8",
            "poster": "https://cdn.../mi8.jpg",
            "rating": "PG-13",
            "genres": ["Action"],
        }
    ],
    "total": 12,
}
FILM = {
    "id": "01A...",
    "title": "Mission Impossible 8",
    "description": "Ethan Hunt faces...",
    "trailer": "https://youtube.com/...",
    "cast": [{"name": "Tom Cruise", "photo": "..."}],
    "rating": "PG-13",
    "duration": 165,
}
CINEMA = {
    "id": "01C...",
    "name": {"en": "Muvi Mall of Arabia"},
    "address": "...",
    "lat": 21.5,
    "lng": 39.1,
    "images": ["..."],
    "experiences": ["IMAX", "VIP"],
}
EXPERIENCES = [{"id": 1, "name": "IMAX"}, {"id": 2, "name": "VIP"}]
SEATS = {
    "seats": [{"row": "A", "number": 1, "status": "AVAILABLE", "type": "STANDARD", "price": 50}],
    "areas": [{"id": "area-1", "name": "Standard", "price": 50}],
}
REASONS = [{"id": "r1", "text": "Changed my plans"}, {"id": "r2", "text": "Booked wrong showtime"}]
SEND_OTP = {"message": "OTP sent", "nextStep": "VERIFY_OTP"}
VERIFY_OTP = {
    "user": {"id": "01U...", "phoneNumber": "+966500000000", "firstName": "Mohammed"},
    "token": "eyJhbG...",
    "nextStep": "HOME",
}
ME = {
    "user": {
        "id": "01U...",
        "firstName": "Mohammed",
        "lastName": "Ali",
        "avatar": "https://cdn.../a3.png",
    }
}
ORDER = {
    "id": "01ORD...",
    "status": "PENDING",
    "expiresAt": "2026-01-15T14:32:00Z",
    "totalAmount": 100,
    "currency": "SAR",
}
CHECK_CANCEL = {"canCancel": True, "refundAmount": 100, "refundTo": "WALLET"}
PAID = {
    "status": "CONFIRMED",
    "orderId": "01ORD...",
    "tickets": [{"seat": "A1", "qrCode": "data:image/png;base64,..."}],
}

_TYPES = {bool: "boolean", int: "number", float: "number", str: "string", list: "array", dict: "object"}


def lacks(answer: Any, sample: Any, at: str = "$") -> Iterator[str]:  # noqa: ANN401  any JSON
    """What an answer lacks of a sample: fields, types, at least one element of each list."""
    kind, wanted = _TYPES.get(type(answer), "null"), _TYPES[type(sample)]
    if kind != wanted:
        yield f"{at} is {kind}, not {wanted}"
    elif isinstance(sample, dict):
        for name, inner in sample.items():
            if name not in answer:
                yield f"{at}.{name} is missing"
            else:
                yield from lacks(answer[name], inner, f"{at}.{name}")
    elif isinstance(sample, list):
        if not answer:
            yield f"{at} is empty"
        for index, one in enumerate(answer):
            yield from lacks(one, sample[0], f"{at}[{index}]")
