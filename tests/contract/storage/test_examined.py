"""The doctor tells a bucket that can be read from one that cannot, and leaves nothing in it."""

from pathlib import Path

import pytest
from tests.aws import KEYS, REGION, client, guarded

from muvi.entrypoints.doctor.checkup import examine
from muvi.entrypoints.doctor.findings import Finding, Level
from muvi.entrypoints.doctor.patient import Patient
from muvi.entrypoints.doctor.storage import files
from muvi.entrypoints.doctor.witness import Source

NOWHERE = {"DATABASE_URL": "postgresql://127.0.0.1:1/muvi", "REDIS_URL": "redis://127.0.0.1:1/0"}
CREDENTIALS = {
    "S3_REGION": REGION,
    "S3_ACCESS_KEY_ID": KEYS["key_id"],
    "S3_SECRET_ACCESS_KEY": KEYS["secret"],
}


async def examined(home: Path, bucket: str) -> Finding:
    given = {**NOWHERE, **CREDENTIALS, "MUVI_HOME": str(home), "S3_BUCKET": bucket}
    [one] = await examine(Patient.of(given), (files,))
    [finding] = one.findings
    assert KEYS["secret"] not in repr(finding)
    return finding


@pytest.fixture(autouse=True)
def _aws(aws_address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", aws_address)
    monkeypatch.setenv("AWS_ENDPOINT_URL_SSM", aws_address)


async def test_a_bucket_that_can_be_read(tmp_path: Path, bucket: str, aws_address: str) -> None:
    finding = await examined(tmp_path, bucket)
    assert (finding.level, finding.said) == (Level.OK, f"bucket {bucket} answers and lets us read")
    s3 = client("s3", aws_address)
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0
    s3.close()


async def test_a_bucket_that_is_not_there(tmp_path: Path) -> None:
    finding = await examined(tmp_path, "no-such-bucket-of-ours")
    assert finding.level is Level.FAILURE
    assert "NoSuchBucket" in finding.said
    assert "S3_BUCKET" in finding.remedy


async def test_a_bucket_that_we_may_not_read(tmp_path: Path, bucket: str, aws_address: str) -> None:
    with guarded(aws_address):
        finding = await examined(tmp_path, bucket)
    assert finding.level is Level.FAILURE
    assert "s3:GetObject" in finding.remedy


def test_what_comes_from_the_parameter_store_is_told_so(aws_address: str) -> None:
    ssm = client("ssm", aws_address)
    ssm.put_parameter(Name="/uat/LOG_LEVEL", Value="debug", Type="SecureString", Overwrite=True)
    ssm.close()
    access = {name.replace("S3_", "SSM_"): value for name, value in CREDENTIALS.items()}
    patient = Patient.of({**NOWHERE, **access, "NODE_ENV": "uat"})
    sources = {reading.name: reading.source for reading in patient.witness.readings}
    assert (patient.faults, sources["LOG_LEVEL"]) == ((), Source.PARAMETERS)
    assert sources["DATABASE_URL"] is Source.ENVIRONMENT


def test_a_parameter_store_that_is_closed_is_a_finding(aws_address: str) -> None:
    access = {name.replace("S3_", "SSM_"): value for name, value in CREDENTIALS.items()}
    with guarded(aws_address):
        patient = Patient.of({**NOWHERE, **access, "NODE_ENV": "uat"})
    assert patient.found is None
    assert patient.unread.startswith("SSM_REGION is set, but the parameters under /uat/ cannot be read")
