"""Operations for eyes: posters, portraits, trailers. They ask for no token, as a browser has none."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader

from muvi_sandbox.chain.films import Film
from muvi_sandbox.reply import Reply
from muvi_sandbox.vista.odata.reference_rows import PEOPLE
from muvi_sandbox.vista.portraits import portrait
from muvi_sandbox.vista.posters import poster
from muvi_sandbox.vista.routing import V2, Call, Handler, Route
from muvi_sandbox.vista.wire import Refused
from muvi_sandbox.vista.world import World

_templates = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True)
_KEPT = {"Cache-Control": "public, max-age=86400"}
_WIDTH = 600


class MediaApi:
    """The picture server and the site of the trailers."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[Route]:
        """Return the operations; pictures exist with and without their prefix."""
        return [
            *(
                _public(f"{prefix}media/entity/get/{kind}/{{}}", name, handle)
                for prefix in ("cdn/", "")
                for kind, name, handle in (
                    ("filmpostergraphic", "poster", self.poster),
                    ("personpicture", "portrait", self.portrait),
                )
            ),
            _public("trailers/{}", "trailer", self.trailer),
        ]

    def poster(self, call: Call) -> Reply:
        """Serve a film's poster."""
        return _picture(poster(self._film(call), _width(call)))

    def portrait(self, call: Call) -> Reply:
        """Serve a person's picture."""
        key = call.args[0]
        name = PEOPLE.get(key)
        if name is None:
            raise Refused(404, "NotFound", "No such person")
        return _picture(portrait(name, int(key), _width(call)))

    def trailer(self, call: Call) -> Reply:
        """Serve a page that moves over a film's poster: the real clips belong to their studios."""
        page = _templates.get_template("trailer.html").render(film=self._film(call))
        return Reply(200, page, _KEPT, "text/html")

    def _film(self, call: Call) -> Film:
        film = self._world.chain.films.get(call.args[0])
        if film is None:
            raise Refused(404, "NotFound", "No such film")
        return film


def _public(pattern: str, name: str, handle: Handler) -> Route:
    return Route("GET", pattern, name, V2, handle, public=True)


def _width(call: Call) -> int:
    width = call.query.get("width", "")
    return int(width) if width.isdecimal() else _WIDTH


def _picture(content: bytes) -> Reply:
    return Reply(200, content, _KEPT, "image/jpeg")
