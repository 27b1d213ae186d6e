"""Where ticket images are kept: a bucket is asked for a file that is not there, a folder is looked at."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator

from muvi.entrypoints.doctor.findings import Finding, check, failure, ok
from muvi.entrypoints.doctor.patient import Patient
from muvi.entrypoints.vendors.storage import S3Settings
from muvi.ports.errors import PortError
from muvi.ports.storage import FileKey

SECTION = "storage"
NOWHERE = FileKey("doctor/nothing.json")


@check(SECTION, "files", within_s=12)
async def files(patient: Patient) -> AsyncIterator[Finding]:
    """Whether ticket images can be kept. Nothing is written to find out."""
    bucket = patient.settings.s3
    yield _folder(patient) if bucket is None else await _bucket(patient, bucket)


def _folder(patient: Patient) -> Finding:
    folder = (patient.settings.home / "files").expanduser().resolve()
    place = next(parent for parent in (folder, *folder.parents) if parent.exists())
    if os.access(place, os.W_OK | os.X_OK):
        return ok("ticket images", f"in {folder}" if place == folder else f"{folder} will be made")
    return failure("ticket images", f"no right to write in {place}", "give it to the user of the API")


async def _bucket(patient: Patient, settings: S3Settings) -> Finding:
    from muvi.adapters.kit.aws import FAILURES, told  # noqa: PLC0415  heavy, and few need it
    from muvi.adapters.storage.s3 import s3_files  # noqa: PLC0415

    access, name = settings.access, f"bucket {settings.bucket}"
    try:
        kept = s3_files(
            settings.bucket, patient.clock, region=access.region, key_id=access.key_id, secret=access.secret
        )
    except FAILURES as error:
        return failure("ticket images", f"{name}: {told(error)}", "set S3_REGION")
    try:
        await kept.get(NOWHERE)
    except PortError as error:
        remedy = "look at S3_BUCKET, S3_REGION and the rights s3:GetObject, s3:PutObject, s3:ListBucket"
        return failure("ticket images", f"{name} cannot be read: {error}", remedy)
    finally:
        kept.close()
    return ok("ticket images", f"{name} answers and lets us read")


CHECKS = (files,)
