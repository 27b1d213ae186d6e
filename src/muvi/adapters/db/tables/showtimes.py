"""Showtimes: one film, one screen, one start. Rows follow the box office and are never deleted."""

from __future__ import annotations

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    Uuid,
)

from muvi.adapters.db.tables.base import metadata

showtimes = Table(
    "showtimes",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("box_office_id", Text, nullable=False, unique=True),
    # The box office's number of the showtime, unique inside its cinema only.
    Column("box_office_number", Text, nullable=False),
    Column("cinema_id", Uuid, ForeignKey("cinemas.id"), nullable=False),
    Column("film_id", Uuid, ForeignKey("films.id"), nullable=False),
    Column("screen_id", Uuid, ForeignKey("screens.id"), nullable=False, index=True),
    Column("starts_at", DateTime(timezone=True), nullable=False, index=True),
    Column("business_date", Date, nullable=False),
    Column("seats_available", Integer, nullable=False),
    Column("sold_out", Boolean, nullable=False),
    Column("on_sale", Boolean, nullable=False),
    Column("price_from_minor", BigInteger),
    Column("experience_ids", ARRAY(BigInteger), nullable=False, server_default="{}"),
    Column("area_codes", ARRAY(Text), nullable=False, server_default="{}"),
    Column("withdrawn_at", DateTime(timezone=True)),
    Column("version", BigInteger, nullable=False, server_default="1"),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    Index(None, "cinema_id", "starts_at"),
    Index(None, "film_id", "starts_at"),
    CheckConstraint("seats_available >= 0", name="seats_available"),
    CheckConstraint("price_from_minor >= 0", name="price_from_minor"),
)
