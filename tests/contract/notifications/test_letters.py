"""Letters that confirm an order: plain ones in memory, and those of our templates."""

import pytest
from tests.builders_notifications import a_confirmation

from muvi.adapters.email.letters import TemplateLetters
from muvi.adapters.memory.notifications import PlainLetters
from muvi.domain.shared.text import Language
from muvi.ports.notifications.email import ConfirmationLetters


@pytest.fixture(params=[PlainLetters, TemplateLetters], ids=["memory", "templates"])
def letters(request: pytest.FixtureRequest) -> ConfirmationLetters:
    return request.param()


@pytest.mark.parametrize("language", Language)
def test_a_letter_names_film_seats_code_and_where_the_tickets_are(
    letters: ConfirmationLetters, language: Language
) -> None:
    view = a_confirmation(language=language)
    letter = letters.write(view)
    assert view.code in letter.subject
    assert view.ticket_url in letter.text
    for fact in (view.film.in_(language), *view.seats):
        assert fact in letter.text
        assert fact in letter.html
