"""Where files are kept: a bucket of S3, or a folder of this machine."""

from __future__ import annotations

from dataclasses import dataclass

from muvi.entrypoints.environment import Environment
from muvi.entrypoints.vendors import aws
from muvi.entrypoints.vendors.aws import AwsAccess

LOCAL, S3 = "local", "s3"


@dataclass(frozen=True, slots=True, kw_only=True)
class S3Settings:
    """`bucket`: its name; it stays private."""

    bucket: str
    access: AwsAccess


def read(env: Environment) -> S3Settings | None:
    """STORAGE and S3_*. None: a folder under MUVI_HOME, which production has to ask for, since only one
    machine sees it. Faults are gathered by `env`.
    """
    usual = S3 if env.production or env.text("S3_BUCKET", "") else LOCAL
    if env.one_of("STORAGE", usual, (LOCAL, S3)) == LOCAL:
        return None
    bucket = env.needed("S3_BUCKET", ", or STORAGE to local where one machine serves everybody")
    return S3Settings(bucket=bucket, access=aws.read(env, "S3"))
