"""Generated requests for one operation of a described API, and what its answers did against the description.

`MUVI_FUZZ_CASES` says how many for each operation and person (200), `MUVI_FUZZ_SEED` which: a number, or
`random` for others at each run, which then says its number.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import CHECKS, CheckFunction, load_all_checks
from schemathesis.core.failures import AcceptedNegativeData, FailureGroup
from schemathesis.core.parameters import ParameterLocation
from schemathesis.core.transport import Response
from schemathesis.schemas import APIOperation
from tests.fuzz.feeding import Dice, Feeder, wrong_parts
from tests.fuzz.people import Person, Stock

CHECKED = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "response_headers_conformance",
    "negative_data_rejection",
)
OK, REFUSALS = 200, 400
SHOWN = 3
"""How many requests are shown of each kind of failure."""
TEXTS = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=40)
HEADERS = st.fixed_dictionaries(
    {},
    optional={
        "accept": st.sampled_from(["*/*", "application/json", "text/html", "image/*;q=0", "x", ";;q=,"])
        | TEXTS,
        "accept-language": st.sampled_from(["en", "ar", "ar-SA,en;q=0.5", "zz", ""]) | TEXTS,
        "x-device-platform": st.sampled_from(["website", "android", "ios", "huawei", "toaster"]),
        "x-request-id": TEXTS,
        "if-none-match": st.sampled_from(["*", '"x"', "W/"]),
        "range": st.just("bytes=0-1"),
        "cookie": TEXTS,
        "origin": st.sampled_from(["https://evil.example", "null"]),
    },
)
DICE = st.builds(
    Dice,
    pick=st.integers(0, 10**9),
    path=st.integers(0, 99),
    body=st.integers(0, 99),
    query=st.integers(0, 99),
)


NEVER_WRONG = frozenset(
    {
        *("checkCancel", "explainProblem", "healthLive", "healthReady", "heartbeat", "listBanners"),
        *("listCancellationReasons", "listCities", "me", "readCinema", "readCinemaByName", "readExperience"),
        *("readExperienceByName", "readFilm", "readFilmByName", "readGuestOrder", "readOrder"),
        *("readSettings", "readShowtime", "showPaymentState"),
        *("syncCinemas", "syncFilmSessions", "syncFilms", "syncGenres", "syncPeople", "syncSessions"),
    }
)
"""Operations to which nothing can be sent that violates their schema: no body, no query, and any text as a
part of the path.
"""


def _leads_to_a_result(answer: Response) -> bool:
    """Not to the page for visits without a payment."""
    return any("/done" in address for address in answer.headers["location"])


SEE_OTHER = 303
WORKS: Mapping[str, Callable[[Response], bool]] = {
    "hearPayFort": lambda answer: answer.json().get("status") == "kept",
    "returnFromPayFort": _leads_to_a_result,
    "returnFromHyperPay": _leads_to_a_result,
}
"""Where an answer below 400 is not yet a sign that anything was done: what is."""


def cases_wanted() -> int:
    return int(os.environ.get("MUVI_FUZZ_CASES", "200"))


def chosen_seed() -> int:
    given_seed = os.environ.get("MUVI_FUZZ_SEED", "1")
    return random.SystemRandom().randrange(2**32) if given_seed == "random" else int(given_seed)


@dataclass(slots=True)
class Findings:
    """What came back. `failures` counts by kind; `shown` has some requests of each to repeat."""

    operation: str
    reached: bool = False
    """Whether the operation did its work at least once."""
    statuses: Counter[int] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)
    shown: list[str] = field(default_factory=list)

    @property
    def cases(self) -> int:
        return self.statuses.total()

    def must_be_clean(self) -> None:
        """Raise with some requests of each kind of failure."""
        assert not self.failures, "\n".join([f"{self.operation}: {dict(self.failures)}", *self.shown])

    def add(self, kind: str, told: str) -> None:
        self.failures[kind] += 1
        if self.failures[kind] <= SHOWN:
            self.shown.append(f"{kind}\n{told}")


@dataclass(slots=True)
class Fuzzer:
    """One person before one API."""

    url: str
    stock: Stock
    person: Person
    number: int = field(default_factory=chosen_seed)
    session: requests.Session = field(default_factory=requests.Session)

    def __post_init__(self) -> None:
        self.session.trust_env = False
        load_all_checks()

    def fuzz(self, operation: APIOperation[Any, Any, Any, Any], cases: int) -> Findings:
        """Half of the cases fit the schema, half do not; all fit where nothing can be wrong. Where something
        can and no such case is found, `Unsatisfiable` is raised.
        """
        found = Findings(operation.label)
        name = operation_id(operation)
        self.stock.prepare(self.person, name)
        if name not in NEVER_WRONG:
            self._run(operation, GenerationMode.NEGATIVE, cases // 2, found)
        self._run(operation, GenerationMode.POSITIVE, cases - found.cases, found)
        return found

    def _run(
        self, operation: APIOperation[Any, Any, Any, Any], mode: GenerationMode, cases: int, found: Findings
    ) -> None:
        feeder = Feeder(self.stock, self.person)

        @seed(self.number)
        @settings(
            max_examples=cases,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode), headers=HEADERS, dice=DICE)
        def one(case: Case, headers: dict[str, str], dice: Dice) -> None:
            feeder.feed(case, dice)
            self._send(case, {**headers, **self.person.headers}, found)

        one()

    def _send(self, case: Case, headers: dict[str, str], found: Findings) -> None:
        answer = case.call(base_url=self.url, session=self.session, headers=headers)
        found.statuses[answer.status_code] += 1
        works = WORKS.get(operation_id(case.operation), lambda _: True)
        found.reached = found.reached or (answer.status_code < REFUSALS and works(answer))
        if case.path.endswith("/auth-refresh") and answer.status_code == OK:
            self.person.refresh_token = answer.json()["refreshToken"]
        if answer.status_code < REFUSALS and (forbidden := self._forbidden(case)):
            found.add(forbidden, case.as_curl_command())
        try:
            case.validate_response(
                answer,
                checks=checks(),
                headers=headers,
                transport_kwargs={"base_url": self.url, "session": self.session, "headers": headers},
            )
        except FailureGroup as group:
            for failure in group.exceptions:
                if isinstance(failure, AcceptedNegativeData) and _is_allowed(case, answer):
                    continue
                found.add(f"{type(failure).__name__} {answer.status_code}", f"{failure}\n{group}")

    def _forbidden(self, case: Case) -> str:
        """Why this person must not be served here."""
        if not self.person.token and case.operation.definition.raw.get("security"):
            return "served without a token"
        if (
            self.person.foreign_order in (case.path_parameters or {}).values()
            and "/tickets/" not in case.path
        ):
            return "served somebody else's order"
        return ""


def checks() -> list[CheckFunction]:
    return [CHECKS.get_one(name) for name in CHECKED]


def operation_id(operation: APIOperation[Any, Any, Any, Any]) -> str:
    return str(operation.definition.raw.get("operationId"))


def _is_allowed(case: Case, answer: Response) -> bool:
    """A browser that comes back from a gateway is sent on whatever it brings; that is no acceptance. And an
    empty parameter counts as left out, whatever its schema: then a query may be wrong, and nothing else.
    """
    if answer.status_code == SEE_OTHER and operation_id(case.operation).startswith("returnFrom"):
        return True
    query = parse_qsl(urlsplit(answer.request.url or "").query, keep_blank_values=True)
    return wrong_parts(case) == {ParameterLocation.QUERY} and any(not value for _, value in query)
