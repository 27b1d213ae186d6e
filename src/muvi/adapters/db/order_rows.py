"""Orders and what belongs to them as rows, both ways."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Table, func, literal_column, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from muvi.adapters.db.tables.orders import orders
from muvi.domain.orders.box_office_order import BoxOfficeOrderRecord
from muvi.domain.orders.line import ChosenSeat, LineKind, OrderLine
from muvi.domain.orders.order import BuyerDetails, Operation, OperationKind, Order, OrderStatus
from muvi.domain.shared.actor import Platform
from muvi.domain.shared.text import Language


def rows_of(table: Table, *position: Any) -> Any:  # noqa: ANN401  (SQL expressions of any kind)
    """What a table has of an order, as one JSON list in the order's own row."""
    every = func.jsonb_agg(aggregate_order_by(literal_column(f"to_jsonb({table.name})"), *position))
    return (
        select(func.coalesce(every, literal_column("'[]'::jsonb")))
        .select_from(table)
        .where(table.c.order_id == orders.c.id)
        .correlate(orders)
        .scalar_subquery()
    )


def order_row(order: Order) -> dict[str, Any]:
    """The order's own columns, without the version."""
    operation = order.operation
    return {
        "id": order.id,
        "owner_id": order.owner_id,
        "showtime_id": order.showtime_id,
        "cinema_id": order.cinema_id,
        "platform": order.platform,
        "currency": order.currency,
        "language": order.language,
        "status": order.status,
        "total_minor": order.total_minor,
        "vat_minor": order.vat_minor,
        "created_at": order.created_at,
        "expires_at": order.expires_at,
        "confirmed_at": order.confirmed_at,
        "closed_reason": order.closed_reason,
        "buyer_name": order.buyer.name,
        "buyer_email": order.buyer.email,
        "buyer_phone": order.buyer.phone,
        "booking_id": order.booking_id,
        "booking_number": order.booking_number,
        "operation_id": operation.id if operation else None,
        "operation_kind": operation.kind if operation else None,
        "operation_deadline": operation.deadline if operation else None,
    }


def order_of(
    row: Mapping[Any, Any], lines: tuple[OrderLine, ...], records: tuple[BoxOfficeOrderRecord, ...]
) -> Order:
    """An order from its row and its children."""
    operation = None
    if row["operation_id"] is not None:
        operation = Operation(
            id=row["operation_id"],
            kind=OperationKind(row["operation_kind"]),
            deadline=row["operation_deadline"],
        )
    return Order(
        id=row["id"],
        owner_id=row["owner_id"],
        showtime_id=row["showtime_id"],
        cinema_id=row["cinema_id"],
        platform=Platform(row["platform"]),
        currency=row["currency"],
        language=Language(row["language"]),
        status=OrderStatus(row["status"]),
        created_at=row["created_at"],
        expires_at=row["expires_at"],
        confirmed_at=row["confirmed_at"],
        closed_reason=row["closed_reason"],
        buyer=BuyerDetails(name=row["buyer_name"], email=row["buyer_email"], phone=row["buyer_phone"]),
        booking_id=row["booking_id"],
        booking_number=row["booking_number"],
        lines=lines,
        box_office_orders=records,
        operation=operation,
        version=row["version"],
    )


def line_of(row: Mapping[Any, Any]) -> OrderLine:
    """A line from its row, be it of the table or of a view."""
    seat = None
    if row["seat_key"] is not None:
        seat = ChosenSeat(
            key=row["seat_key"],
            row=row["seat_row"],
            number=row["seat_number"],
            label=row["seat_label"],
            area_id=row["seat_area"],
            kind=row["seat_kind"],
        )
    return OrderLine(
        id=UUID(row["id"]),
        position=row["position"],
        kind=LineKind(row["kind"]),
        name_en=row["name_en"],
        name_ar=row["name_ar"],
        seat=seat,
        ticket_type_id=row["ticket_type_id"],
        ticket_index=row["ticket_index"],
        price_minor=row["price_minor"],
        fee_minor=row["fee_minor"],
        discount_minor=row["discount_minor"],
        vat_minor=row["vat_minor"],
        refunded_minor=row["refunded_minor"],
    )


def line_row(order_id: UUID, line: OrderLine) -> dict[str, Any]:
    """A row of a line."""
    seat = line.seat
    return {
        "id": line.id,
        "order_id": order_id,
        "position": line.position,
        "kind": line.kind,
        "name_en": line.name_en,
        "name_ar": line.name_ar,
        "seat_key": seat.key if seat else None,
        "seat_row": seat.row if seat else None,
        "seat_number": seat.number if seat else None,
        "seat_label": seat.label if seat else None,
        "seat_area": seat.area_id if seat else None,
        "seat_kind": seat.kind if seat else None,
        "ticket_type_id": line.ticket_type_id,
        "ticket_index": line.ticket_index,
        "price_minor": line.price_minor,
        "fee_minor": line.fee_minor,
        "discount_minor": line.discount_minor,
        "vat_minor": line.vat_minor,
        "refunded_minor": line.refunded_minor,
    }


def record_of(row: Mapping[Any, Any]) -> BoxOfficeOrderRecord:
    """A box office order from its row as JSON."""
    return BoxOfficeOrderRecord(
        id=UUID(row["id"]),
        ref=row["ref"],
        cinema=row["cinema_ref"],
        showtime=row["showtime_ref"],
        platform=Platform(row["platform"]),
        expires_at=datetime.fromisoformat(row["expires_at"]),
        total_minor=row["total_minor"],
        active=row["active"],
    )


def record_row(record: BoxOfficeOrderRecord) -> dict[str, Any]:
    """A row of a box office order, without its order."""
    return {
        "id": record.id,
        "ref": record.ref,
        "cinema_ref": record.cinema,
        "showtime_ref": record.showtime,
        "platform": record.platform,
        "expires_at": record.expires_at,
        "total_minor": record.total_minor,
        "active": record.active,
    }
