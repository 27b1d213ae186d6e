"""Films of the sandbox's chain: what a film is, and which facts the feed gives of it."""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple


class Text(NamedTuple):
    """A text in both languages of the chain."""

    en: str
    ar: str


class Rating(NamedTuple):
    """An age class of the Saudi scale."""

    code: str
    meaning: Text


# The class that the Motion Picture Association gave a film is the checked fact; which Saudi class stands for
# it is this sandbox's choice, since the local decisions are not published in one place.
RATINGS = {
    "G": Rating("G", Text("General audience", "لجميع الأعمار")),
    "PG": Rating("PG", Text("Parental guidance under 12", "بإشراف عائلي لمن هم دون 12 عاماً")),
    "PG-13": Rating("PG12", Text("Under 12 with an adult", "لمن هم دون 12 عاماً برفقة شخص بالغ")),
    "R": Rating("R15", Text("15 and over", "لمن هم في 15 عاماً فما فوق")),
}

GENRES = (
    Text("Action", "أكشن"),
    Text("Adventure", "مغامرات"),
    Text("Animation", "رسوم متحركة"),
    Text("Comedy", "كوميديا"),
    Text("Drama", "دراما"),
    Text("Family", "عائلي"),
    Text("Fantasy", "خيال"),
    Text("Science Fiction", "خيال علمي"),
    Text("Thriller", "إثارة"),
    Text("Biography", "سيرة ذاتية"),
)


class Name(NamedTuple):
    """A person's name as the feed splits it; somebody with one name has no last name."""

    first: str
    last: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Film:
    """One work. `number` makes its ids; `released` is its first release or premiere and carries its year."""

    number: int
    title: Text
    released: date
    minutes: int
    mpa: str
    genres: tuple[str, ...]
    directors: tuple[Name, ...]
    cast: tuple[Name, ...]
    synopsis: Text
    coming_soon: bool = False

    @property
    def id(self) -> str:
        """Head office id, the one that sessions refer to."""
        return f"HO{self.number:08d}"

    @property
    def code(self) -> str:
        """Head office film code: another key than the id, with zeros in front."""
        return f"{1000 + self.number:07d}"

    @property
    def rating(self) -> Rating:
        """Age class as the feed shows it."""
        return RATINGS[self.mpa]

    @property
    def for_children(self) -> bool:
        """Whether a children's screen shows it."""
        return "Animation" in self.genres

    @property
    def catalogue_title(self) -> str:
        """Title with its article at the end, as head offices file it: "Dark Knight, The"."""
        article, _, rest = self.title.en.partition(" ")
        return f"{rest}, {article}" if article in {"The", "A", "An"} and rest else self.title.en


def name(text: str) -> Name:
    """Split "First Middle Last" at the first blank."""
    first, _, last = text.partition(" ")
    return Name(first, last)


def names(text: str) -> tuple[Name, ...]:
    """Split a list with commas."""
    return tuple(name(part.strip()) for part in text.split(","))


def genre_id(genre: str) -> str:
    """Ten digits with zeros in front."""
    return f"{next(i for i, known in enumerate(GENRES, 1) if known.en == genre):010d}"
