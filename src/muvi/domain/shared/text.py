"""Bilingual text."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Language(StrEnum):
    """Languages of the public API; English is the default."""

    EN = "en"
    AR = "ar"


@dataclass(frozen=True, slots=True)
class LocalizedText:
    """One text in English and Arabic; either may be empty when the source has none."""

    en: str
    ar: str = ""

    def in_(self, language: Language) -> str:
        """The text in the asked language, else in the other."""
        return (self.ar or self.en) if language is Language.AR else (self.en or self.ar)
