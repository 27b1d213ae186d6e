"""Letters from our own templates: HTML for everybody, plain text for those who want it."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from typing_extensions import override

from muvi.adapters.email.words import ARABIC, ENGLISH, day_of, isolated, money_of, time_of, words_of
from muvi.domain.shared.text import Language
from muvi.ports.notifications.confirmations import ConfirmationView
from muvi.ports.notifications.email import ConfirmationLetters, Letter

PACKAGE = "muvi.adapters.email"


class TemplateLetters(ConfirmationLetters):
    """Templates are read once; everything from outside is escaped in HTML."""

    def __init__(self) -> None:
        environment = Environment(
            loader=PackageLoader(PACKAGE),
            autoescape=select_autoescape(("html",)),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._html = environment.get_template("confirmation.html")
        self._text = environment.get_template("confirmation.txt")

    @override
    def write(self, view: ConfirmationView) -> Letter:
        words = words_of(view.language)
        joined = ("، " if words is ARABIC else ", ").join(isolated(seat, words) for seat in view.seats)
        facts = {
            "film": view.film.in_(view.language),
            "code": isolated(view.code, words),
            "day": day_of(view.starts_at, view.time_zone, words),
            "time": isolated(time_of(view.starts_at, view.time_zone), words),
            "seats": joined,
        }
        rows = [
            (words.when, f"{facts['day']} · {facts['time']}"),
            (words.cinema, view.cinema.in_(view.language)),
            (words.screen, view.screen.in_(view.language)),
            (words.seats, joined),
            (words.total, money_of(view.total, words)),
            (words.code, facts["code"]),
        ]
        greeting = words.greeting_by_name.format(name=view.buyer_name) if view.buyer_name else words.greeting
        subject = " ".join(words.subject.format(**facts).split())
        given = {
            "words": words,
            "language": view.language.value,
            "subject": subject,
            "preview": words.preview.format(**facts),
            "greeting": greeting,
            "film": facts["film"],
            "rows": [(name, value) for name, value in rows if value],
            "url": view.ticket_url,
            "other_house": ENGLISH.house if view.language is Language.AR else ARABIC.house,
        }
        return Letter(subject=subject, text=self._text.render(given), html=self._html.render(given))
