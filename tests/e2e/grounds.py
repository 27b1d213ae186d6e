"""What towns are built on: one migrated, filled and synced database per session, cloned for each town."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests import servers
from tests.e2e.town import SANDBOX, Ground, Town

from muvi.entrypoints.local.secrets import own_secrets

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Grounds:
    """Where towns are made."""

    postgres: str
    redis_url: str
    template: str
    secrets: dict[str, str]

    @classmethod
    @contextmanager
    def filled(cls, postgres: str, schema: str, redis_url: str, name: str) -> Iterator[Grounds]:
        """The schema with demo content and the catalogue, copied from a sandbox as a person copies it."""
        with servers.temporary_home() as home, servers.database(postgres, name, schema) as url:
            secrets = own_secrets(home / "secrets")
            town = Town(Ground(secrets, redis_url, url), home)
            try:
                town.run(SANDBOX)
                for command in (("demo-content",), ("vista-sync", "-a")):
                    town.command(*command)
            finally:
                town.stop()
            yield cls(postgres, redis_url, name, secrets)

    @contextmanager
    def town(
        self, *, second_api: bool = False, second_worker: bool = False, redis_url: str = "", **extra: str
    ) -> Iterator[Town]:
        """A town, not started yet; gone afterwards. `redis_url` gives it another Redis than the session's."""
        name = f"{self.template}_{next(_numbers)}"
        with servers.temporary_home() as home, servers.database(self.postgres, name, self.template) as url:
            ground = Ground(self.secrets, redis_url or self.redis_url, url)
            town = Town(ground, home, second_api=second_api, second_worker=second_worker, **extra)
            try:
                yield town
            finally:
                town.stop()
