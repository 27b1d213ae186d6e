"""Banners, settings of the chain and reasons for a cancellation."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Identity, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from muvi.adapters.db.tables.base import metadata
from muvi.adapters.db.tables.cms import cms_columns

banners = Table(
    "banners",
    metadata,
    Column("id", BigInteger, Identity(always=False), primary_key=True),
    Column("key", Text, unique=True),
    Column("title_en", Text, nullable=False),
    Column("title_ar", Text, nullable=False, server_default=""),
    Column("desktop_image_en", Text, nullable=False),
    Column("desktop_image_ar", Text, nullable=False, server_default=""),
    Column("mobile_image_en", Text, nullable=False),
    Column("mobile_image_ar", Text, nullable=False, server_default=""),
    Column("link_en", Text, nullable=False, server_default=""),
    Column("link_ar", Text, nullable=False, server_default=""),
    Column("button_en", Text, nullable=False, server_default=""),
    Column("button_ar", Text, nullable=False, server_default=""),
    Column("subject_type", Text, nullable=False, server_default=""),
    Column("subject_id", Text, nullable=False, server_default=""),
    *cms_columns(),
)

# One row per setting that differs from its default in the domain.
settings = Table(
    "settings",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", JSONB, nullable=False),
    *cms_columns(),
)

cancellation_reasons = Table(
    "cancellation_reasons",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("key", Text, unique=True),
    Column("text_en", Text, nullable=False),
    Column("text_ar", Text, nullable=False, server_default=""),
    *cms_columns(),
)
