"""What tickets need from the world: codes, a signature, QR pictures and the sheet as an image."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from muvi.domain.shared.money import Money
from muvi.domain.shared.text import Language, LocalizedText
from muvi.domain.tickets.code import TicketCode
from muvi.domain.tickets.token import Admission
from muvi.domain.tickets.zatca import TaxSeller


class QrTooLong(ValueError):
    """The text does not fit the largest QR code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetSeat:
    """One seat of a sheet: its label as the hall shows it, what kind of place it is, its code and token."""

    label: str
    kind: LocalizedText
    code: TicketCode
    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketSheet:
    """Everything the image of an order says. Times are aware and already in the cinema's own zone.

    `language` comes first on the sheet; the other is there too. `tax_qr` is the text of `zatca_qr`.
    """

    language: Language
    film: LocalizedText
    cinema: LocalizedText
    screen: LocalizedText
    experiences: tuple[LocalizedText, ...]
    starts_at: datetime
    seats: tuple[SheetSeat, ...]
    order_code: str
    booking_reference: str
    total: Money
    vat: Money
    seller: TaxSeller
    issued_at: datetime
    tax_qr: str


class TicketCodes(Protocol):
    """Draws the codes of new tickets. Raises nothing."""

    @abstractmethod
    def new(self) -> TicketCode:
        """A code nobody can guess from others; uniqueness is the table's to decide."""
        raise NotImplementedError


class TicketSigner(Protocol):
    """Signs admissions and checks tokens, without a network.

    The same claims give the same token for as long as the signing key stays.
    """

    @abstractmethod
    def sign(self, admission: Admission) -> str:
        """The token of one seat. Raises nothing."""
        raise NotImplementedError

    @abstractmethod
    def verify(self, token: str) -> Admission:
        """The claims of a genuine token.

        Raises `TicketTokenMalformed`, `TicketKeyUnknown` or `TicketForged`.
        """
        raise NotImplementedError

    @abstractmethod
    def public_keys(self) -> Mapping[str, str]:
        """What a scanner has to hold: key id (hex) to raw public key (base 64), the signing key first."""
        raise NotImplementedError


class QrCodes(Protocol):
    """Draws QR codes as small one-bit PNG pictures. The same text gives the same bytes."""

    @abstractmethod
    def data_uri(self, text: str) -> str:
        """The picture with its quiet zone, as `data:image/png;base64,…`; raises `QrTooLong`."""
        raise NotImplementedError


class TicketRenderer(Protocol):
    """Draws the sheet of an order."""

    @abstractmethod
    async def render(self, sheet: TicketSheet) -> bytes:
        """A PNG 1080 pixels wide, as high as its seats need; the same sheet gives the same bytes.

        Raises `ValueError` for a sheet without seats and `QrTooLong`.
        """
        raise NotImplementedError
