"""Cities, cinemas, screens and experiences."""

from __future__ import annotations

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Identity,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)

from muvi.adapters.db.tables.base import metadata
from muvi.adapters.db.tables.cms import cms_columns, mirrored_columns

cities = Table(
    "cities",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("source_key", Text, nullable=False, unique=True),
    Column("name_en", Text, nullable=False),
    Column("name_ar", Text, nullable=False, server_default=""),
    Column("latitude", Double),
    Column("longitude", Double),
    Column("code", Text, nullable=False, server_default=""),
    Column("image_url", Text, nullable=False, server_default=""),
    *cms_columns(),
)

cinemas = Table(
    "cinemas",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("unique_name", Text, nullable=False, unique=True),
    Column("city_id", Uuid, ForeignKey("cities.id"), index=True),
    Column("name_en", Text, nullable=False),
    Column("name_ar", Text, nullable=False, server_default=""),
    Column("description_en", Text, nullable=False, server_default=""),
    Column("description_ar", Text, nullable=False, server_default=""),
    Column("address1_en", Text, nullable=False, server_default=""),
    Column("address1_ar", Text, nullable=False, server_default=""),
    Column("address2_en", Text, nullable=False, server_default=""),
    Column("address2_ar", Text, nullable=False, server_default=""),
    Column("phone", Text, nullable=False, server_default=""),
    Column("email", Text, nullable=False, server_default=""),
    Column("latitude", Double),
    Column("longitude", Double),
    Column("images", ARRAY(Text), nullable=False, server_default="{}"),
    Column("cover_url", Text, nullable=False, server_default=""),
    Column("currency", Text, nullable=False),
    Column("has_concessions", Boolean, nullable=False, server_default="false"),
    # The zone as the box office names it, and the IANA name; empty when unknown, which closes sale.
    Column("source_zone", Text, nullable=False),
    Column("time_zone", Text),
    *mirrored_columns(),
    *cms_columns(),
)

screens = Table(
    "screens",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("cinema_id", Uuid, ForeignKey("cinemas.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("name_ar", Text, nullable=False, server_default=""),
    *cms_columns(),
    UniqueConstraint("cinema_id", "number"),
)

experiences = Table(
    "experiences",
    metadata,
    Column("id", BigInteger, Identity(always=False), primary_key=True),
    Column("unique_name", Text, nullable=False, unique=True),
    Column("code", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("name_ar", Text, nullable=False, server_default=""),
    Column("description_en", Text, nullable=False, server_default=""),
    Column("description_ar", Text, nullable=False, server_default=""),
    Column("logo_url", Text, nullable=False, server_default=""),
    Column("cover_url", Text, nullable=False, server_default=""),
    *mirrored_columns(),
    *cms_columns(),
)
