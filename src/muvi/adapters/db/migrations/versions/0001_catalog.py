"""Films, genres, people, cities, cinemas, screens, experiences, showtimes, banners, settings, cancellation
reasons.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001_catalog"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _works()
    _films()
    _places()
    _showtimes()
    _content()


def downgrade() -> None:
    for table in (
        "cancellation_reasons",
        "settings",
        "banners",
        "showtimes",
        "experiences",
        "screens",
        "cinemas",
        "cities",
        "film_people",
        "film_genres",
        "films",
        "people",
        "ratings",
        "genres",
    ):
        op.drop_table(table)


def _texts(*names: str, default: str | None = "") -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Text, nullable=False, server_default=default) for name in names]


def _moment(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _bigint_id() -> sa.Column[Any]:
    return sa.Column("id", sa.BigInteger, sa.Identity(always=False), primary_key=True)


def _cms() -> list[sa.Column[Any]]:
    return [
        sa.Column("version", sa.BigInteger, nullable=False, server_default="1"),
        sa.Column("position", sa.Integer, nullable=False, server_default="0"),
        _moment("published_at", nullable=True),
        sa.Column("edited", sa.ARRAY(sa.Text), nullable=False, server_default="{}"),
        _moment("created_at"),
        _moment("updated_at"),
    ]


def _mirrored() -> list[sa.Column[Any]]:
    return [
        sa.Column("box_office_id", sa.Text, nullable=False, unique=True),
        _moment("withdrawn_at", nullable=True),
    ]


def _works() -> None:
    op.create_table(
        "genres",
        _bigint_id(),
        *_texts("name_en", default=None),
        *_texts("name_ar"),
        *_texts("font_color", default="#FFFFFF"),
        *_texts("background_color", default="#1F1F1F"),
        *_mirrored(),
        *_cms(),
    )
    op.create_table(
        "ratings",
        _bigint_id(),
        sa.Column("code", sa.Text, nullable=False, unique=True),
        *_texts("description_en", "description_ar"),
        *_cms(),
    )
    op.create_table(
        "people",
        _bigint_id(),
        *_texts("first_name_en", "last_name_en", default=None),
        *_texts("first_name_ar", "last_name_ar", "image_url"),
        *_mirrored(),
        *_cms(),
    )


def _films() -> None:
    op.create_table(
        "films",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("unique_name", sa.Text, nullable=False, unique=True),
        *_texts("title_en", default=None),
        *_texts("head_office_code", "title_ar", "synopsis_en", "synopsis_ar"),
        sa.Column("rating_id", sa.BigInteger, sa.ForeignKey("ratings.id"), index=True),
        sa.Column("runtime_min", sa.Integer),
        sa.Column("release_date", sa.Date),
        *_texts("poster_url", "cover_url", "trailer_url", "language_en", "language_ar"),
        *_texts("subtitle_en", "subtitle_ar", "distributor"),
        sa.Column("coming_soon", sa.Boolean, nullable=False, server_default="false"),
        *_mirrored(),
        *_cms(),
    )
    op.create_table(
        "film_genres",
        sa.Column("film_id", sa.Uuid, sa.ForeignKey("films.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("genre_id", sa.BigInteger, sa.ForeignKey("genres.id"), primary_key=True, index=True),
        sa.Column("position", sa.Integer, nullable=False),
    )
    op.create_table(
        "film_people",
        sa.Column("film_id", sa.Uuid, sa.ForeignKey("films.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("person_id", sa.BigInteger, sa.ForeignKey("people.id"), primary_key=True, index=True),
        sa.Column("role", sa.Text, primary_key=True),
        sa.Column("position", sa.Integer, nullable=False),
    )


def _places() -> None:
    op.create_table(
        "cities",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("source_key", sa.Text, nullable=False, unique=True),
        *_texts("name_en", default=None),
        *_texts("name_ar"),
        sa.Column("latitude", sa.Double),
        sa.Column("longitude", sa.Double),
        *_texts("code", "image_url"),
        *_cms(),
    )
    op.create_table(
        "cinemas",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("unique_name", sa.Text, nullable=False, unique=True),
        sa.Column("city_id", sa.Uuid, sa.ForeignKey("cities.id"), index=True),
        *_texts("name_en", "currency", "source_zone", default=None),
        *_texts("name_ar", "description_en", "description_ar"),
        *_texts("address1_en", "address1_ar", "address2_en", "address2_ar", "phone", "email", "cover_url"),
        sa.Column("latitude", sa.Double),
        sa.Column("longitude", sa.Double),
        sa.Column("images", sa.ARRAY(sa.Text), nullable=False, server_default="{}"),
        sa.Column("has_concessions", sa.Boolean, nullable=False, server_default="false"),
        sa.Column("time_zone", sa.Text),
        *_mirrored(),
        *_cms(),
    )
    op.create_table(
        "screens",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("cinema_id", sa.Uuid, sa.ForeignKey("cinemas.id"), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        *_texts("name_en", default=None),
        *_texts("name_ar"),
        *_cms(),
        sa.UniqueConstraint("cinema_id", "number"),
    )
    op.create_table(
        "experiences",
        _bigint_id(),
        sa.Column("unique_name", sa.Text, nullable=False, unique=True),
        *_texts("code", "name_en", default=None),
        *_texts("name_ar", "description_en", "description_ar", "logo_url", "cover_url"),
        *_mirrored(),
        *_cms(),
    )


def _showtimes() -> None:
    op.create_table(
        "showtimes",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("box_office_id", sa.Text, nullable=False, unique=True),
        sa.Column("box_office_number", sa.Text, nullable=False),
        sa.Column("cinema_id", sa.Uuid, sa.ForeignKey("cinemas.id"), nullable=False),
        sa.Column("film_id", sa.Uuid, sa.ForeignKey("films.id"), nullable=False),
        sa.Column("screen_id", sa.Uuid, sa.ForeignKey("screens.id"), nullable=False, index=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False, index=True),
        sa.Column("business_date", sa.Date, nullable=False),
        sa.Column("seats_available", sa.Integer, nullable=False),
        sa.Column("sold_out", sa.Boolean, nullable=False),
        sa.Column("on_sale", sa.Boolean, nullable=False),
        sa.Column("price_from_minor", sa.BigInteger),
        sa.Column("experience_ids", sa.ARRAY(sa.BigInteger), nullable=False, server_default="{}"),
        sa.Column("area_codes", sa.ARRAY(sa.Text), nullable=False, server_default="{}"),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True)),
        sa.Column("version", sa.BigInteger, nullable=False, server_default="1"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("seats_available >= 0", name="seats_available"),
        sa.CheckConstraint("price_from_minor >= 0", name="price_from_minor"),
    )
    op.create_index(None, "showtimes", ["cinema_id", "starts_at"])
    op.create_index(None, "showtimes", ["film_id", "starts_at"])


def _content() -> None:
    op.create_table(
        "banners",
        _bigint_id(),
        sa.Column("key", sa.Text, unique=True),
        *_texts("title_en", "desktop_image_en", "mobile_image_en", default=None),
        *_texts("title_ar", "desktop_image_ar", "mobile_image_ar", "link_en", "link_ar"),
        *_texts("button_en", "button_ar", "subject_type", "subject_id"),
        *_cms(),
    )
    op.create_table(
        "settings",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("value", JSONB, nullable=False),
        *_cms(),
    )
    op.create_table(
        "cancellation_reasons",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("key", sa.Text, unique=True),
        *_texts("text_en", default=None),
        *_texts("text_ar"),
        *_cms(),
    )
