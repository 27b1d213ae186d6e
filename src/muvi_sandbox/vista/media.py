"""Addresses of what this Vista shows beside its data. Trailers stand on a site, as they do in a real feed."""

from typing import NamedTuple

from muvi_sandbox.chain.films import Film


class Media(NamedTuple):
    """`site` is the root of this Vista. `PersonPicture` is our name: no public source shows Vista's own."""

    site: str

    def trailer(self, film: Film) -> str:
        """The page that plays a film's trailer."""
        return f"{self.site}/trailers/{film.id}"

    def portrait(self, person_id: str) -> str:
        """A person's picture."""
        return f"{self.site}/WSVistaWebClient/CDN/media/entity/get/PersonPicture/{person_id}"
