"""Texts in two languages as columns: `name` is `name_en` and `name_ar`, in tables and in their fakes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import fields
from typing import Any, ClassVar, Protocol

from muvi.domain.shared.text import LocalizedText


class Record(Protocol):
    """A dataclass."""

    __dataclass_fields__: ClassVar[dict[str, Any]]


def columns_of(record: Record, *, without: Collection[str] = ()) -> dict[str, Any]:
    """The fields of a record by the names of their columns."""
    columns: dict[str, Any] = {}
    for field in fields(record):
        if field.name in without:
            continue
        value = getattr(record, field.name)
        if isinstance(value, LocalizedText):
            columns |= {f"{field.name}_en": value.en, f"{field.name}_ar": value.ar}
        else:
            columns[field.name] = value
    return columns


def both(row: Mapping[Any, Any], name: str) -> LocalizedText:
    """The two columns of one text."""
    return LocalizedText(row[f"{name}_en"], row[f"{name}_ar"])
