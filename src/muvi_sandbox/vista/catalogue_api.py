"""Operations that read: OData, seat plans, ticket types."""

from muvi_sandbox.chain.schedule import Session
from muvi_sandbox.reply import Reply
from muvi_sandbox.vista.odata.service import ODataService
from muvi_sandbox.vista.order_wire import ticket_types_body
from muvi_sandbox.vista.plan import seat_plan
from muvi_sandbox.vista.routing import V2, Call, Route
from muvi_sandbox.vista.wire import Failed, ok
from muvi_sandbox.vista.world import World

SESSION_NOT_FOUND = 50


class CatalogueApi:
    """OData.svc and RESTData.svc."""

    def __init__(self, world: World, base_url: str) -> None:
        self._world = world
        self._odata = ODataService(world, base_url)

    def routes(self) -> list[Route]:
        """Return the operations; RESTData ones exist with and without their prefix."""
        session = "cinemas/{}/sessions/{}"
        return [
            Route("GET", "odata.svc", "odata", V2, self.odata),
            Route("GET", "odata.svc/{}", "odata/{}", V2, self.odata),
            *(
                Route("GET", f"{prefix}{session}/{name}", name, "ResponseCode", handle)
                for prefix in ("restdata.svc/", "")
                for name, handle in (("seat-plan", self.seat_plan), ("tickets", self.tickets))
            ),
        ]

    def odata(self, call: Call) -> Reply:
        """Serve a set, a function or the list of sets."""
        asked = call.args[0] if call.args else ""
        json_wanted = call.json_wanted or call.query.get("$format") == "json"
        return self._odata.serve(asked, call.query, call.client.channel, json_wanted=json_wanted)

    def seat_plan(self, call: Call) -> Reply:
        """Serve the plan; `userSessionId` marks the seats of that order as its own."""
        session = self._session(call)
        return ok(seat_plan(self._world.halls.of(session), own=call.query.get("userSessionId", "")))

    def tickets(self, call: Call) -> Reply:
        """Serve the ticket types; `salesChannelFilter` never shows more than the token's own channel does."""
        session = self._session(call)
        wanted = call.query.get("salesChannelFilter") or call.query.get("salesChannel") or call.client.channel
        body = ticket_types_body(self._world, session, call.client.channel)
        body["Tickets"] = [known for known in body["Tickets"] if wanted in known["SalesChannels"]]
        return ok(body)

    def _session(self, call: Call) -> Session:
        cinema_id, session_id = call.args
        session = self._world.open_session(cinema_id, session_id, call.client.channel)
        if session is None:
            raise Failed(SESSION_NOT_FOUND, f"Session with ID {session_id} could not be found")
        return session
