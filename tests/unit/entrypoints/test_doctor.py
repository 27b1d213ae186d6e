"""The doctor sees what is wrong, says what to do, and keeps secrets to itself."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from muvi.entrypoints import sms_senders
from muvi.entrypoints.cli import main
from muvi.entrypoints.doctor import machine, messengers, processes, settings, storage, telemetry
from muvi.entrypoints.doctor.answers import way_to
from muvi.entrypoints.doctor.checkup import CHECKS, Examined, examine, healthy
from muvi.entrypoints.doctor.findings import Check, Finding, Level, check, failure, ok, warning
from muvi.entrypoints.doctor.patient import Patient
from muvi.entrypoints.doctor.witness import OPEN, Source, Witness
from muvi.entrypoints.sms_senders import SMS_SENDERS, SmsSender

NOWHERE = {"DATABASE_URL": "postgresql://muvi:hunter2@127.0.0.1:1/muvi", "REDIS_URL": "redis://127.0.0.1:1/0"}
SANDBOX = {"SANDBOX_PORT": "1"}


def a_patient(home: Path, **more: str) -> Patient:
    patient = Patient.of({**NOWHERE, **SANDBOX, "MUVI_HOME": str(home), **more})
    assert patient.faults == ()
    return patient


async def found(patient: Patient, *checks: Check) -> list[Finding]:
    return [finding for one in await examine(patient, checks) for finding in one.findings]


async def test_settings_are_told_by_name_and_secrets_are_not_shown(tmp_path: Path) -> None:
    secret = "a-very-secret-token-of-the-gateway"
    patient = a_patient(tmp_path, HYPER_PAY_TOKEN=secret, LOG_LEVEL="debug")
    readings = {reading.name: reading for reading in patient.witness.readings}
    assert readings["LOG_LEVEL"].source is Source.ENVIRONMENT
    assert readings["DB_POOL_MAX"].source is Source.DEFAULT
    assert (readings["VISTA_IOS_TOKEN"].source, readings["VISTA_IOS_TOKEN"].shown) == (Source.SANDBOX, "set")
    assert readings["TRUSTED_PROXIES"].source is Source.NOWHERE
    assert (readings["HYPER_PAY_TOKEN"].source, readings["HYPER_PAY_TOKEN"].shown) == (
        Source.ENVIRONMENT,
        "set",
    )
    told = repr(await found(patient, *settings.CHECKS))
    assert secret not in told
    assert "hunter2" not in told
    assert "postgresql://***@127.0.0.1:1/muvi" in told


async def test_no_secret_is_shown_whatever_its_name(tmp_path: Path) -> None:
    """Every name that is read as a secret is given the same value, which then is nowhere to be seen."""
    canary = "canary-of-some-length"
    names = [name for name in a_patient(tmp_path).witness._secret if not OPEN.search(name)]
    assert {"PAYFORT_SHA_REQUEST_PHRASE", "VISTA_IOS_TOKEN", "SCHEDULER_TOKEN"} <= set(names)
    patient = Patient.of({**NOWHERE, **SANDBOX, **dict.fromkeys(names, canary)})
    assert [reading for reading in patient.witness.readings if canary in reading.shown] == []


@pytest.mark.parametrize(
    "url",
    ["postgresql://u:hunter2@h/x", "postgresql://u:hunter2@b@h/x", "postgresql://h/x?password=hunter2&a=b"],
)
def test_a_login_is_not_shown(url: str) -> None:
    patient = Patient.of({**NOWHERE, "DATABASE_URL": url})
    assert "hunter2" not in repr(patient.witness.readings)


@pytest.mark.parametrize(
    ("token", "weak"), [("tiny1", True), ("sandbox-hyperpay-token", True), ("x" * 16, False)]
)
async def test_a_weak_secret_is_told(tmp_path: Path, token: str, *, weak: bool) -> None:
    said = await found(a_patient(tmp_path, HYPER_PAY_TOKEN=token), settings.values)
    [one] = [finding for finding in said if finding.about == "HYPER_PAY_TOKEN"]
    assert one.level is (Level.WARNING if weak else Level.OK)
    assert token not in one.said


def test_a_witness_reads_as_the_environment_does() -> None:
    witness = Witness({"SERVER_PORT": " 3001 ", "EMPTY": "  "})
    assert witness.port("SERVER_PORT", 3000) == 3001
    assert witness.text("EMPTY", "usual") == "usual"
    told = {reading.name: (reading.source, reading.shown) for reading in witness.readings}
    assert told["SERVER_PORT"] == (Source.ENVIRONMENT, "3001")
    assert told["EMPTY"] == (Source.DEFAULT, "usual")


async def test_settings_that_cannot_be_read_are_findings_and_nothing_breaks() -> None:
    patient = Patient.of({"SERVER_PORT": "nine"})
    examined = await examine(patient)
    said = [finding for one in examined for finding in one.findings]
    wrong = [finding.about for finding in said if finding.level is Level.FAILURE]
    assert wrong == ["SERVER_PORT", "DATABASE_URL", "REDIS_URL"]
    assert all(finding.remedy for finding in said if finding.level is not Level.OK)
    assert not healthy(examined)


async def test_production_without_its_secrets_is_told_every_one() -> None:
    patient = Patient.of({**NOWHERE, "NODE_ENV": "production"})
    wrong = {finding.about for finding in await found(patient, settings.faults)}
    assert {"JWT_SECRET_KEY", "VISTA_BASE_URL", "HYPER_PAY_TOKEN", "PUBLIC_BASE_URL"} <= wrong


async def test_each_fault_is_told_once_with_a_remedy_of_its_place() -> None:
    for place, at_home in (("production", False), ("uat", False), ("local", True), ("development", True)):
        patient = Patient.of({"NODE_ENV": place, "SERVER_PORT": "nine"})
        said = [one for one in await found(patient, *settings.CHECKS) if one.level is not Level.OK]
        about = [one.about for one in said]
        assert len(about) == len(set(about)), place
        remedies = {one.remedy for one in said if one.about == "SERVER_PORT"}
        assert ("make up" in repr(remedies)) is at_home
        assert ("make up" in repr(said)) is at_home


@pytest.mark.parametrize(("place", "remedy"), [("uat", "set VISTA_BASE_URL"), ("local", "start the sandbox")])
def test_the_way_to_a_sandbox_is_that_of_its_place(tmp_path: Path, place: str, remedy: str) -> None:
    patient = a_patient(tmp_path, NODE_ENV=place)
    assert way_to(patient, patient.settings.vista.base_url, "VISTA_BASE_URL").startswith(remedy)
    assert way_to(patient, "https://vista.example", "VISTA_BASE_URL").startswith("look at VISTA_BASE_URL")


def test_the_settings_of_the_parameter_store_are_listed(tmp_path: Path) -> None:
    told = {one.name: one.shown for one in a_patient(tmp_path, SSM_SECRET_ACCESS_KEY="k").witness.readings}
    assert {"SSM_REGION": "", "SSM_ACCESS_KEY_ID": "", "SSM_SECRET_ACCESS_KEY": "set"}.items() <= told.items()


async def test_what_a_vendor_issued_is_not_ours_to_choose(tmp_path: Path) -> None:
    patient = a_patient(tmp_path, HYPER_PAY_TOKEN="tiny1", SCHEDULER_TOKEN="tiny2")
    told = {one.about: one.remedy for one in await found(patient, settings.values)}
    assert told["HYPER_PAY_TOKEN"] == "compare HYPER_PAY_TOKEN with what its vendor issued: is it whole?"
    assert told["SCHEDULER_TOKEN"] == "choose a longer SCHEDULER_TOKEN"


async def test_a_process_is_started_as_its_place_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nobody(*_: object) -> int:
        return 0

    monkeypatch.setattr(processes, "_status", nobody)
    for place, at_home in (("uat", False), ("local", True)):
        [told] = await found(a_patient(tmp_path, NODE_ENV=place), processes.api)
        assert ("make up" in told.remedy) is at_home


@check("test", "slow", within_s=0.01)
async def slow(patient: Patient) -> AsyncIterator[Finding]:
    yield ok("first", "seen")
    await asyncio.Event().wait()


@check("test", "broken")
async def broken(patient: Patient) -> AsyncIterator[Finding]:
    yield warning("first", "seen", "look")
    raise RuntimeError("a secret")


@check("test", "well")
async def well(patient: Patient) -> AsyncIterator[Finding]:
    yield ok("it", "is well")


async def test_a_check_that_hangs_or_breaks_hides_nothing(tmp_path: Path) -> None:
    heard: list[str] = []
    checks = (slow, broken, well)
    examined = await examine(a_patient(tmp_path), checks, lambda one: heard.append(one.name))
    assert [one.check for one in examined] == list(checks)
    assert sorted(heard) == ["broken", "slow", "well"]
    hung, broke, fine = (one.findings for one in examined)
    assert [finding.level for finding in hung] == [Level.OK, Level.FAILURE]
    assert [finding.level for finding in broke] == [Level.WARNING, Level.FAILURE]
    assert "secret" not in repr(broke)
    assert fine == (ok("it", "is well"),)


def test_warnings_are_no_illness() -> None:
    def examined(finding: Finding) -> tuple[Examined, ...]:
        return (Examined(check=well, findings=(finding,), seconds=0.0),)

    assert healthy(examined(warning("a", "b", "c")))
    assert not healthy(examined(failure("a", "b", "c")))


async def test_an_address_for_the_public_is_https(tmp_path: Path) -> None:
    patient = a_patient(tmp_path)
    [said] = await found(patient, machine.public)
    assert said.level is Level.OK
    for address in ("http://muvi.example", "https://localhost"):
        changed = replace(patient.settings, production=True, public_base_url=address)
        [said] = await found(replace(patient, found=changed), machine.public)
        assert (said.level, said.remedy) == (Level.FAILURE, "set PUBLIC_BASE_URL to https://…")


async def test_the_machine_is_only_looked_at(tmp_path: Path) -> None:
    said = await found(a_patient(tmp_path / "new"), machine.disk, storage.files, machine.keys)
    assert {finding.about for finding in said} == {"room", "ticket images", "sign-in", "tickets"}
    assert not (tmp_path / "new").exists()


async def test_telemetry_that_is_off_is_no_illness(tmp_path: Path) -> None:
    said = await found(a_patient(tmp_path), *telemetry.CHECKS)
    assert [(finding.about, finding.level) for finding in said] == [
        ("traces", Level.OK),
        ("errors", Level.OK),
    ]


def test_every_check_has_a_name_of_its_own() -> None:
    names = [(one.section, one.name) for one in CHECKS]
    assert len(names) == len(set(names))


def test_every_sender_of_codes_is_asked() -> None:
    assert SMS_SENDERS.keys() <= {one.name for one in CHECKS if one.section == messengers.SMS}


def test_help_needs_nothing() -> None:
    shown = CliRunner().invoke(main, ["doctor", "--help"])
    assert shown.exit_code == 0
    assert "may run in production" in " ".join(shown.output.split())


@pytest.mark.parametrize(("digits", "warned"), [(None, True), (4, True), (6, False)])
async def test_short_codes_are_told_in_production(
    tmp_path: Path, digits: int | None, *, warned: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sms_senders, "SMS_SENDERS", {"taqnyat": SMS_SENDERS["taqnyat"]})
    patient = a_patient(tmp_path)
    sender = patient.settings.taqnyat
    assert sender is not None
    for production in (False, True):
        changed = replace(
            patient.settings, production=production, taqnyat=replace(sender, code_length=digits)
        )
        [said] = await found(replace(patient, found=changed), messengers.codes)
        assert said.level is (Level.WARNING if production and warned else Level.OK)
        assert ("TAQNYAT_LENGTH" in said.remedy) == (production and warned)


async def test_short_codes_of_any_sender_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    third = SmsSender(lambda: pytest.fail("nothing is sent"), 4)
    monkeypatch.setattr(sms_senders, "SMS_SENDERS", {"pigeon": lambda _: third})
    patient = a_patient(tmp_path)
    [said] = await found(replace(patient, found=replace(patient.settings, production=True)), messengers.codes)
    assert (said.level, "pigeon" in said.said, "PIGEON_LENGTH" in said.remedy) == (Level.WARNING, True, True)
