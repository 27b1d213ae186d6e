"""What goes wrong around places."""

from __future__ import annotations

from typing import ClassVar

from muvi.domain.shared.errors import NotFound


class CityNotFound(NotFound):
    """No city is known yet, or none of that id."""

    code: ClassVar[str] = "city-not-found"
    title: ClassVar[str] = "There is no such city"
    title_ar: ClassVar[str] = "هذه المدينة غير موجودة"


class CinemaNotFound(NotFound):
    """No cinema of that id or name is open to the public."""

    code: ClassVar[str] = "cinema-not-found"
    title: ClassVar[str] = "There is no such cinema"
    title_ar: ClassVar[str] = "دار السينما هذه غير موجودة"


class ExperienceNotFound(NotFound):
    """No experience of that id or name is offered."""

    code: ClassVar[str] = "experience-not-found"
    title: ClassVar[str] = "There is no such experience"
    title_ar: ClassVar[str] = "هذه التجربة غير موجودة"
