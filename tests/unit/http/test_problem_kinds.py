"""`type` of every problem leads somewhere."""

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from muvi.adapters.http.problem_kinds import ProblemKinds, kinds
from muvi.adapters.http.problems import HANDLERS


@pytest.fixture
def client() -> TestClient[Litestar]:
    app = Litestar([ProblemKinds], exception_handlers=HANDLERS, openapi_config=None)
    return TestClient(app)


def test_every_code_is_explained_to_programs_and_people(client: TestClient[Litestar]) -> None:
    for kind in kinds().values():
        told = client.get(f"/problems/{kind.code}")
        assert told.status_code == 200, kind.code
        assert told.json()["status"] == kind.status
        assert told.json()["titleAr"] == kind.title_ar
        page = client.get(f"/problems/{kind.code}", headers={"accept": "text/html,*/*;q=0.8"})
        assert page.headers["content-type"].startswith("text/html")
        assert f"<code>{kind.code}</code>" in page.text


def test_the_type_of_a_problem_resolves(client: TestClient[Litestar]) -> None:
    problem = client.get("/problems/%3Cscript%3E")
    assert (problem.status_code, problem.json()["code"]) == (404, "unknown-problem")
    assert "<script>" not in problem.text
    assert client.get(problem.json()["type"]).json()["code"] == "unknown-problem"
