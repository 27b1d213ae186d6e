"""Films, genres, people and ratings, mirrored from the box office and edited by people."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Identity,
    Integer,
    Table,
    Text,
    Uuid,
)

from muvi.adapters.db.tables.base import metadata
from muvi.adapters.db.tables.cms import cms_columns, mirrored_columns

genres = Table(
    "genres",
    metadata,
    Column("id", BigInteger, Identity(always=False), primary_key=True),
    Column("name_en", Text, nullable=False),
    Column("name_ar", Text, nullable=False, server_default=""),
    Column("font_color", Text, nullable=False, server_default="#FFFFFF"),
    Column("background_color", Text, nullable=False, server_default="#1F1F1F"),
    *mirrored_columns(),
    *cms_columns(),
)

ratings = Table(
    "ratings",
    metadata,
    Column("id", BigInteger, Identity(always=False), primary_key=True),
    Column("code", Text, nullable=False, unique=True),
    Column("description_en", Text, nullable=False, server_default=""),
    Column("description_ar", Text, nullable=False, server_default=""),
    *cms_columns(),
)

people = Table(
    "people",
    metadata,
    Column("id", BigInteger, Identity(always=False), primary_key=True),
    Column("first_name_en", Text, nullable=False),
    Column("last_name_en", Text, nullable=False),
    Column("first_name_ar", Text, nullable=False, server_default=""),
    Column("last_name_ar", Text, nullable=False, server_default=""),
    Column("image_url", Text, nullable=False, server_default=""),
    *mirrored_columns(),
    *cms_columns(),
)

films = Table(
    "films",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("unique_name", Text, nullable=False, unique=True),
    Column("head_office_code", Text, nullable=False, server_default=""),
    Column("title_en", Text, nullable=False),
    Column("title_ar", Text, nullable=False, server_default=""),
    Column("synopsis_en", Text, nullable=False, server_default=""),
    Column("synopsis_ar", Text, nullable=False, server_default=""),
    Column("rating_id", BigInteger, ForeignKey("ratings.id"), index=True),
    Column("runtime_min", Integer),
    Column("release_date", Date),
    Column("poster_url", Text, nullable=False, server_default=""),
    Column("cover_url", Text, nullable=False, server_default=""),
    Column("trailer_url", Text, nullable=False, server_default=""),
    Column("language_en", Text, nullable=False, server_default=""),
    Column("language_ar", Text, nullable=False, server_default=""),
    Column("subtitle_en", Text, nullable=False, server_default=""),
    Column("subtitle_ar", Text, nullable=False, server_default=""),
    Column("distributor", Text, nullable=False, server_default=""),
    Column("coming_soon", Boolean, nullable=False, server_default="false"),
    *mirrored_columns(),
    *cms_columns(),
)

film_genres = Table(
    "film_genres",
    metadata,
    Column("film_id", Uuid, ForeignKey("films.id", ondelete="CASCADE"), primary_key=True),
    Column("genre_id", BigInteger, ForeignKey("genres.id"), primary_key=True, index=True),
    Column("position", Integer, nullable=False),
)

film_people = Table(
    "film_people",
    metadata,
    Column("film_id", Uuid, ForeignKey("films.id", ondelete="CASCADE"), primary_key=True),
    Column("person_id", BigInteger, ForeignKey("people.id"), primary_key=True, index=True),
    Column("role", Text, primary_key=True),
    Column("position", Integer, nullable=False),
)
