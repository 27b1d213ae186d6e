"""Settings from the parameter store: what is read, what wins, and how it fails."""

import asyncio
import os
import socket
from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from typing import Any

import pytest
from click.testing import CliRunner
from tests.aws import KEYS, REGION, client, guarded

from muvi.adapters.config.ssm import ParametersNotRead, parameters
from muvi.entrypoints import worker
from muvi.entrypoints.cli import main
from muvi.entrypoints.doctor import settings
from muvi.entrypoints.doctor.checkup import examine
from muvi.entrypoints.doctor.findings import Level
from muvi.entrypoints.doctor.patient import Patient
from muvi.entrypoints.doctor.witness import Source
from muvi.entrypoints.environment import BadSettings
from muvi.entrypoints.parameters import LOADED, add_parameters, path_in
from muvi.entrypoints.settings import read_settings

CANARY = "canary-secret-value"
NUMBERS = count(1)


@pytest.fixture(scope="session")
def ssm(aws_address: str) -> Iterator[Any]:
    made = client("ssm", aws_address)
    yield made
    made.close()


@pytest.fixture
def place() -> str:
    """A place of its own for each test."""
    return f"/place{next(NUMBERS)}/"


def keep(ssm: Any, path: str, kind: str = "SecureString", **values: str) -> None:  # noqa: ANN401
    for name, value in values.items():
        ssm.put_parameter(Name=f"{path}{name}", Value=value, Type=kind, Overwrite=True)


class Pages:
    """A store with pages as AWS may give them; `asked` are the tokens it was asked with."""

    def __init__(self, *pages: dict[str, str]) -> None:
        self.pages, self.asked = pages, []

    def get_parameters_by_path(self, **asked: Any) -> dict[str, Any]:  # noqa: ANN401
        number = int(asked.get("NextToken", 0))
        self.asked.append(number)
        found = [{"Name": name, "Value": value} for name, value in self.pages[number].items()]
        more = {"NextToken": str(number + 1)} if number + 1 < len(self.pages) else {}
        return {"Parameters": found, **more}


def test_more_than_a_page_of_every_kind_at_any_depth(ssm: Any, place: str) -> None:  # noqa: ANN401
    many = {f"SETTING_{number}": f"value {number}" for number in range(23)}
    keep(ssm, place, **many)
    keep(ssm, place, "String", PLAIN="plain")
    keep(ssm, f"{place}payment/gateway/", DEEP="deep")
    assert parameters(ssm, place) == {**many, "PLAIN": "plain", "DEEP": "deep"}


def test_other_places_and_names_that_no_variable_has_are_left_out(ssm: Any, place: str) -> None:  # noqa: ANN401
    keep(ssm, place, GOOD="1", **{"lower": "2", "WITH-DASH": "3"})
    keep(ssm, f"{place[:-1]}-next/", OTHER="4")
    assert parameters(ssm, place) == {"GOOD": "1"}


def test_an_empty_page_is_not_the_end() -> None:
    pages = Pages({"/p/A": "1"}, {}, {"/p/B": "2"})
    assert parameters(pages, "/p/") == {"A": "1", "B": "2"}
    assert pages.asked == [0, 1, 2]


def test_two_that_end_in_the_same_name(ssm: Any, place: str) -> None:  # noqa: ANN401
    keep(ssm, f"{place}one/", HOST=CANARY)
    keep(ssm, f"{place}two/", HOST=CANARY)
    with pytest.raises(ParametersNotRead, match=f"{place}(one|two)/HOST and {place}(one|two)/HOST") as told:
        parameters(ssm, place)
    assert CANARY not in str(told.value)


def test_none_are_there(ssm: Any) -> None:  # noqa: ANN401
    with pytest.raises(ParametersNotRead, match="there are none"):
        parameters(ssm, "/nowhere/")


def test_too_many_pages() -> None:
    with pytest.raises(ParametersNotRead, match="more than 100 pages"):
        parameters(Pages(*({} for _ in range(102))), "/p/")


def test_too_long() -> None:
    with pytest.raises(ParametersNotRead, match="too long"):
        parameters(Pages({"/p/A": "1"}), "/p/", total_s=-1)


def test_no_right_to_read(ssm: Any, aws_address: str, place: str) -> None:  # noqa: ANN401
    keep(ssm, place, A=CANARY)
    with guarded(aws_address), pytest.raises(ParametersNotRead) as told:
        parameters(ssm, place)
    assert str(told.value) == "403"  # AWS itself says AccessDeniedException here; this server, the status
    assert told.value.__suppress_context__


def test_nobody_is_there(place: str) -> None:
    nobody = client("ssm", "http://127.0.0.1:1", tries=1)
    with pytest.raises(ParametersNotRead, match="EndpointConnectionError"):
        parameters(nobody, place)


@pytest.mark.parametrize(
    ("environment", "path"),
    [
        ({}, ""),
        ({"NODE_ENV": "production"}, ""),
        ({"SSM_REGION": "x"}, ""),
        ({"SSM_REGION": "x", "NODE_ENV": "local"}, ""),
        ({"SSM_REGION": "x", "NODE_ENV": "Test"}, ""),
        ({"SSM_REGION": "x", "NODE_ENV": "uat"}, "/uat/"),
        ({"SSM_REGION": "x", "NODE_ENV": "Production"}, "/production/"),
        ({"SSM_REGION": "x", "NODE_ENV": "development"}, "/development/"),
        ({"SSM_REGION": "x", "NODE_ENV": "local", "MUVI_ENV": "staging"}, "/staging/"),
    ],
)
def test_where_parameters_are_kept(environment: dict[str, str], path: str) -> None:
    assert path_in(environment) == path


@pytest.fixture
def deployed(aws_address: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The environment of a process at the place `uat`."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_SSM", aws_address)
    keys = {"SSM_ACCESS_KEY_ID": KEYS["key_id"], "SSM_SECRET_ACCESS_KEY": KEYS["secret"]}
    return {"NODE_ENV": "uat", "SSM_REGION": REGION, **keys}


@pytest.fixture
def kept(ssm: Any) -> Iterator[dict[str, str]]:  # noqa: ANN401
    """What the store has for it."""
    values = {
        "DATABASE_URL": "postgresql://muvi@127.0.0.1:1/none",
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "SCHEDULER_TOKEN": CANARY,
        "LOG_LEVEL": "warning",
    }
    keep(ssm, "/uat/", **values)
    yield values
    for name in values:
        ssm.delete_parameter(Name=f"/uat/{name}")


def test_the_environment_itself_wins_and_names_alone_are_told(
    deployed: dict[str, str], kept: dict[str, str]
) -> None:
    environment = {**deployed, "LOG_LEVEL": "debug", "REDIS_URL": " "}
    said = add_parameters(environment)
    assert said == (
        "Parameters of /uat/: DATABASE_URL, REDIS_URL, SCHEDULER_TOKEN; "
        "the environment's own count for LOG_LEVEL"
    )
    assert environment == {**deployed, **kept, "LOG_LEVEL": "debug", LOADED: "/uat/"}


def test_commands_tell_the_names_too(
    deployed: dict[str, str],
    kept: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(os, "environ", {**os.environ, **deployed})
    with suppress(BadSettings):
        read_settings()
    told = capsys.readouterr().err
    assert "Parameters of /uat/: DATABASE_URL" in told
    assert not any(value in told for value in kept.values())
    with suppress(BadSettings):
        read_settings()
    assert capsys.readouterr().err == ""


def test_children_do_not_ask_again(deployed: dict[str, str], kept: dict[str, str]) -> None:
    environment = dict(deployed)
    assert add_parameters(environment)
    environment.pop("LOG_LEVEL")
    assert add_parameters(environment) == ""
    assert "LOG_LEVEL" not in environment


def test_the_store_does_not_say_which_store_it_is(
    deployed: dict[str, str],
    kept: dict[str, str],
    ssm: Any,  # noqa: ANN401
) -> None:
    names = {"MUVI_ENV": "production", "SSM_REGION": "elsewhere", LOADED: "/production/"}
    keep(ssm, "/uat/", **names)
    environment = dict(deployed)
    try:
        add_parameters(environment)
    finally:
        for name in names:
            ssm.delete_parameter(Name=f"/uat/{name}")
    assert environment == {**deployed, **kept, LOADED: "/uat/"}


def live_in(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The test process has this environment; what is added to it goes with the test."""
    for name in ("DATABASE_URL", "REDIS_URL", "SCHEDULER_TOKEN", "LOG_LEVEL", LOADED):
        monkeypatch.setenv(name, "")  # so that it is put back
    for name, value in environment.items():
        monkeypatch.setenv(name, value)


def test_settings_come_from_there(
    deployed: dict[str, str], kept: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    live_in(deployed, monkeypatch)
    settings = read_settings()
    assert (settings.log_level, settings.scheduler_token) == ("warning", CANARY)
    assert settings.redis_url == kept["REDIS_URL"]


def test_twin_at_home_nothing_comes_from_there(
    deployed: dict[str, str], kept: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    live_in({**deployed, "NODE_ENV": "local"}, monkeypatch)
    with pytest.raises(BadSettings, match="DATABASE_URL"):
        read_settings()


def test_a_process_that_cannot_read_them_says_so_in_one_line(
    deployed: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    live_in({**deployed, "NODE_ENV": "staging"}, monkeypatch)
    with pytest.raises(SystemExit) as ended:
        worker.main()
    assert ended.value.code == (
        "SSM_REGION is set, but the parameters under /staging/ cannot be read: there are none "
        "(needed: ssm:GetParametersByPath, kms:Decrypt)"
    )
    ended_command = CliRunner().invoke(main, ["migrate"])
    assert (ended_command.exit_code, ended_command.output) == (1, f"Error: {ended.value.code}\n")


def test_a_place_nobody_knows_and_half_a_key(deployed: dict[str, str]) -> None:
    with pytest.raises(BadSettings, match="NODE_ENV must be one of"):
        add_parameters({**deployed, "NODE_ENV": "moon"})
    with pytest.raises(BadSettings, match="SSM_SECRET_ACCESS_KEY must be set"):
        add_parameters({**deployed, "SSM_SECRET_ACCESS_KEY": ""})


def test_a_region_that_is_none(deployed: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL_SSM")
    with pytest.raises(BadSettings, match="cannot be read: InvalidRegionError") as told:
        add_parameters({**deployed, "SSM_REGION": "no region/"})
    assert KEYS["secret"] not in str(told.value)


def test_a_store_that_never_answers_is_not_waited_for_long(place: str) -> None:
    """The client gives up by itself; here after one try and a tenth of its usual patience."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent_client = client("ssm", f"http://127.0.0.1:{silent.getsockname()[1]}", tries=1, read_s=0.5)
        with pytest.raises(ParametersNotRead, match="ReadTimeoutError"):
            parameters(silent_client, place)


def test_the_doctor_tells_what_came_from_the_store(deployed: dict[str, str], kept: dict[str, str]) -> None:
    patient = Patient.of({**deployed, "LOG_LEVEL": "debug"})
    assert patient.faults == ()
    sources = {reading.name: reading.source for reading in patient.witness.readings}
    assert (sources["SCHEDULER_TOKEN"], sources["LOG_LEVEL"]) == (Source.PARAMETERS, Source.ENVIRONMENT)
    assert CANARY not in repr(patient.witness.readings)


def test_the_doctor_tells_that_the_store_cannot_be_read(deployed: dict[str, str]) -> None:
    """And not that what may be in there is missing."""
    patient = Patient.of({**deployed, "NODE_ENV": "staging"})
    assert "under /staging/ cannot be read: there are none" in patient.unread
    assert patient.faults == ()
    [told, *_] = asyncio.run(examine(patient, settings.CHECKS))[0].findings
    assert (told.about, told.level) == ("parameter store", Level.FAILURE)
    assert "set SSM_REGION" not in told.remedy
    assert {"SSM_REGION", "SSM_ACCESS_KEY_ID"} <= {one.name for one in patient.witness.readings}


def test_the_doctor_tells_of_two_parameters_of_one_name(
    ssm: Any,  # noqa: ANN401
    deployed: dict[str, str],
) -> None:
    for part in ("one", "two"):
        keep(ssm, f"/development/{part}/", SCHEDULER_TOKEN=CANARY)
    patient = Patient.of({**deployed, "NODE_ENV": "development"})
    assert "end in the same name" in patient.unread
    assert patient.faults == ()


def test_a_half_given_key_of_the_store_is_a_fault_by_its_name(deployed: dict[str, str]) -> None:
    patient = Patient.of({**deployed, "SSM_SECRET_ACCESS_KEY": ""})
    assert [line.split()[0] for line in patient.faults] == ["SSM_SECRET_ACCESS_KEY"]
