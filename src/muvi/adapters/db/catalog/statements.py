"""How each table follows the box office."""

from __future__ import annotations

from muvi.adapters.db.catalog.upsert import Upsert


def _same(*names: str) -> dict[str, str]:
    return {name: f"r.{name}" for name in names}


def _texts(*names: str) -> dict[str, str]:
    return dict.fromkeys(names, "text")


_GENRE = _texts("name_en", "name_ar")
GENRES = Upsert(
    table="genres",
    record={"box_office_id": "text", **_GENRE},
    followed=_same(*_GENRE),
    at_birth=_same("box_office_id"),
).statement()

_PERSON = _texts("first_name_en", "last_name_en", "image_url")
PEOPLE = Upsert(
    table="people",
    record={"box_office_id": "text", **_PERSON},
    followed=_same(*_PERSON),
    at_birth=_same("box_office_id"),
).statement()

_EXPERIENCE = {**_texts("code", "name_en", "name_ar"), "position": "integer"}
EXPERIENCES = Upsert(
    table="experiences",
    record={**_texts("box_office_id", "unique_name"), **_EXPERIENCE},
    followed=_same(*_EXPERIENCE),
    at_birth=_same("box_office_id", "unique_name"),
).statement()

_CITY = {
    "id": "uuid",
    **_texts("source_key", "name_en", "name_ar"),
    "latitude": "double precision",
    "longitude": "double precision",
}
CITIES = f"""
    INSERT INTO cities ({", ".join(_CITY)}, published_at, created_at, updated_at)
    SELECT {", ".join(_CITY)}, :now, :now, :now
    FROM jsonb_to_recordset(CAST(:rows AS jsonb))
         AS r({", ".join(f"{name} {kind}" for name, kind in _CITY.items())})
    ON CONFLICT (source_key) DO NOTHING
"""  # noqa: S608  (no part of it comes from outside)

_CINEMA = {
    **_texts("name_en", "name_ar", "description_en", "description_ar", "address1_en", "address1_ar"),
    **_texts("address2_en", "address2_ar", "phone", "email", "currency", "source_zone", "time_zone"),
    "latitude": "double precision",
    "longitude": "double precision",
    "has_concessions": "boolean",
}
CINEMAS = Upsert(
    table="cinemas",
    record={"id": "uuid", **_texts("box_office_id", "unique_name", "city_key"), **_CINEMA},
    followed={**_same(*_CINEMA), "city_id": "c.id"},
    at_birth=_same("id", "box_office_id", "unique_name"),
    joins="LEFT JOIN cities c ON c.source_key = r.city_key",
).statement()

RATINGS = """
    INSERT INTO ratings (code, description_en, description_ar, published_at, created_at, updated_at)
    SELECT code, description_en, description_ar, :now, :now, :now
    FROM jsonb_to_recordset(CAST(:rows AS jsonb))
         AS r(code text, description_en text, description_ar text)
    WHERE NOT EXISTS (SELECT 1 FROM ratings old WHERE old.code = r.code)
    ORDER BY code
"""

_FILM = {
    **_texts("head_office_code", "title_en", "title_ar", "synopsis_en", "synopsis_ar"),
    **_texts("poster_url", "trailer_url", "distributor"),
    "runtime_min": "integer",
    "release_date": "date",
    "coming_soon": "boolean",
}
FILMS = Upsert(
    table="films",
    record={"id": "uuid", **_texts("box_office_id", "unique_name", "rating"), **_FILM},
    followed={**_same(*_FILM), "rating_id": "ra.id"},
    at_birth=_same("id", "box_office_id", "unique_name"),
    joins="LEFT JOIN ratings ra ON ra.code = r.rating",
).statement()

FILM_GENRES = """
    WITH r AS (
        SELECT * FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(box_office_id text, genre_ids text[])),
    wanted AS (
        SELECT f.id AS film_id, g.id AS genre_id, CAST(min(w.ordinal) AS integer) AS position
        FROM r JOIN films f ON f.box_office_id = r.box_office_id
        CROSS JOIN LATERAL unnest(r.genre_ids) WITH ORDINALITY AS w(code, ordinal)
        JOIN genres g ON g.box_office_id = w.code
        WHERE NOT 'genres' = ANY(f.edited)
        GROUP BY f.id, g.id),
    gone AS (
        DELETE FROM film_genres l USING films f, r
        WHERE f.id = l.film_id AND f.box_office_id = r.box_office_id AND NOT 'genres' = ANY(f.edited)
          AND NOT EXISTS (SELECT 1 FROM wanted w WHERE w.film_id = l.film_id AND w.genre_id = l.genre_id)
        RETURNING l.film_id),
    put AS (
        INSERT INTO film_genres AS l (film_id, genre_id, position)
        SELECT film_id, genre_id, position FROM wanted
        ON CONFLICT (film_id, genre_id) DO UPDATE SET position = excluded.position
        WHERE l.position <> excluded.position
        RETURNING l.film_id)
    SELECT film_id FROM gone UNION SELECT film_id FROM put
"""

FILM_PEOPLE = """
    WITH r AS (
        SELECT * FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(box_office_id text, cast_ jsonb)),
    wanted AS (
        SELECT f.id AS film_id, p.id AS person_id, w.one->>'role' AS role,
               CAST(min(w.ordinal) AS integer) AS position
        FROM r JOIN films f ON f.box_office_id = r.box_office_id
        CROSS JOIN LATERAL jsonb_array_elements(r.cast_) WITH ORDINALITY AS w(one, ordinal)
        JOIN people p ON p.box_office_id = w.one->>'person_id'
        WHERE NOT 'people' = ANY(f.edited)
        GROUP BY f.id, p.id, w.one->>'role'),
    gone AS (
        DELETE FROM film_people l USING films f, r
        WHERE f.id = l.film_id AND f.box_office_id = r.box_office_id AND NOT 'people' = ANY(f.edited)
          AND NOT EXISTS (SELECT 1 FROM wanted w
                          WHERE w.film_id = l.film_id AND w.person_id = l.person_id AND w.role = l.role)
        RETURNING l.film_id),
    put AS (
        INSERT INTO film_people AS l (film_id, person_id, role, position)
        SELECT film_id, person_id, role, position FROM wanted
        ON CONFLICT (film_id, person_id, role) DO UPDATE SET position = excluded.position
        WHERE l.position <> excluded.position
        RETURNING l.film_id)
    SELECT film_id FROM gone UNION SELECT film_id FROM put
"""

TOUCH_FILMS = """
    UPDATE films SET version = version + 1, updated_at = :now WHERE id = ANY(:ids)
"""

SCREENS = Upsert(
    table="screens",
    record={"id": "uuid", "cinema": "text", "number": "integer", **_texts("name_en", "name_ar")},
    followed=_same("name_en", "name_ar"),
    at_birth={"id": "r.id", "cinema_id": "c.id", "number": "r.number"},
    joins="JOIN cinemas c ON c.box_office_id = r.cinema",
    keys=("cinema_id", "number"),
    withdrawable=False,
).statement()

_SHOWTIME = {
    "starts_at": "timestamptz",
    "business_date": "date",
    "seats_available": "integer",
    "sold_out": "boolean",
    "on_sale": "boolean",
    "price_from_minor": "bigint",
    "area_codes": "text[]",
    "box_office_number": "text",
}
SHOWTIMES = Upsert(
    table="showtimes",
    record={
        "id": "uuid",
        **_texts("box_office_id", "cinema", "film"),
        "screen": "integer",
        "experience_codes": "text[]",
        **_SHOWTIME,
    },
    followed={
        **_same(*_SHOWTIME),
        "cinema_id": "c.id",
        "film_id": "fi.id",
        "screen_id": "s.id",
        "experience_ids": (
            "ARRAY(SELECT e.id FROM experiences e WHERE e.code = ANY(r.experience_codes)"
            " AND e.withdrawn_at IS NULL ORDER BY e.position, e.id)"
        ),
    },
    at_birth=_same("id", "box_office_id"),
    joins=(
        "JOIN cinemas c ON c.box_office_id = r.cinema"
        " JOIN films fi ON fi.box_office_id = r.film"
        " JOIN screens s ON s.cinema_id = c.id AND s.number = r.screen"
    ),
    guarded=False,
    published=False,
).statement()

WITHDRAW = """
    UPDATE {table} AS old SET withdrawn_at = :now, version = version + 1, updated_at = :now
    WHERE withdrawn_at IS NULL
      AND NOT EXISTS (SELECT 1 FROM unnest(CAST(:keep AS text[])) AS k(id) WHERE k.id = old.box_office_id)
"""
_ONLY_AHEAD = """
      AND starts_at > :now
      AND NOT EXISTS (SELECT 1 FROM cinemas c
                      WHERE c.id = old.cinema_id AND c.box_office_id = ANY(CAST(:spare AS text[])))
"""
WITHDRAW_SHOWTIMES = WITHDRAW + _ONLY_AHEAD
SITES = """
    SELECT c.box_office_id, c.time_zone,
           (SELECT count(*) FROM showtimes s
            WHERE s.cinema_id = c.id AND s.withdrawn_at IS NULL AND s.starts_at > :now) AS standing
    FROM cinemas c WHERE c.withdrawn_at IS NULL
"""
