"""Experiences and other attributes of a session, as head office files them."""

from typing import NamedTuple

from muvi_sandbox.chain.films import Text


class Attribute(NamedTuple):
    """What marks a session. `advertised` ones are meant for guests; the others are the chain's own notes."""

    id: str
    short: str
    title: Text
    advertised: bool
    concept: bool


class Experience(NamedTuple):
    """How a hall shows films: its attribute, the format code and the price group of its sessions."""

    attribute: Attribute
    format_code: str
    price_group: str
    surcharge: int


def _attribute(
    number: int, short: str, en: str, ar: str, *, advertised: bool = True, concept: bool = True
) -> Attribute:
    return Attribute(f"{number:010d}", short, Text(en, ar), advertised, concept)


STANDARD = Experience(_attribute(1, "STD", "Standard", "قياسي"), "0000000001", "0033", 0)
IMAX = Experience(_attribute(2, "IMAX", "IMAX", "آيماكس"), "0000000002", "0034", 2000)
DOLBY = Experience(_attribute(3, "DOLBY", "Dolby Cinema", "دولبي سينما"), "0000000003", "0035", 1500)
FOURDX = Experience(_attribute(4, "4DX", "4DX", "فور دي إكس"), "0000000004", "0036", 2500)
SUITES = Experience(_attribute(5, "SUITES", "Suites", "الأجنحة"), "0000000001", "0037", 0)
KIDS = Experience(_attribute(6, "KIDS", "Kids", "الأطفال"), "0000000001", "0038", -500)

ARABIC_SUBTITLES = _attribute(7, "ARSUB", "Arabic subtitles", "ترجمة عربية", concept=False)
PROMOTION = _attribute(8, "PROMO-TUE", "Tuesday promotion", "عرض الثلاثاء", advertised=False, concept=False)

EXPERIENCES = (STANDARD, IMAX, DOLBY, FOURDX, SUITES, KIDS)
ATTRIBUTES = (*(experience.attribute for experience in EXPERIENCES), ARABIC_SUBTITLES, PROMOTION)
