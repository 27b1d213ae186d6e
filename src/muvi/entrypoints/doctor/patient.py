"""Who is examined: the settings of this environment and the things that they name."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import asyncpg

from muvi.adapters.kit.clock import SystemClock
from muvi.adapters.kit.http_client import Header, VendorHttp
from muvi.entrypoints.doctor.witness import Witness
from muvi.entrypoints.environment import PERSONAL, BadSettings, place_of
from muvi.entrypoints.parameters import SETTINGS, ParametersUnread, add_parameters
from muvi.entrypoints.settings import Settings, read_settings
from muvi.ports.clock import Clock

CONNECT_S = 3.0
CALL_S = 5.0


@dataclass(frozen=True, slots=True)
class Patient:
    """`faults` and `unread` are empty exactly when there are settings. `unread`: why the parameter store
    could not be; what else is missing cannot be said then.
    """

    environment: Mapping[str, str]
    witness: Witness
    faults: tuple[str, ...] = ()
    unread: str = ""
    found: Settings | None = None
    clock: Clock = field(default_factory=SystemClock)

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Patient:
        """Read the environment, and the parameter store if it names one; what is wrong becomes findings."""
        variables = dict(environment)
        stored: BadSettings | None = None
        try:
            add_parameters(variables)
        except BadSettings as bad:
            stored = bad
        witness = Witness(variables, variables.keys() - environment.keys())
        for name in SETTINGS:
            witness.text(name, "")
        try:
            found = read_settings(witness)
        except BadSettings as bad:
            return cls(variables, witness, *_told(stored or bad))
        return cls(variables, witness, *_told(stored)) if stored else cls(variables, witness, found=found)

    @property
    def at_home(self) -> bool:
        """Whether this may be one person's machine, where `make up` helps."""
        return place_of(self.environment) in PERSONAL

    @property
    def settings(self) -> Settings:
        """The settings. Raises `LookupError` when they cannot be read."""
        if self.found is None:
            raise LookupError("the settings cannot be read")
        return self.found

    @property
    def sandbox(self) -> str:
        """Where the sandbox of this copy would be."""
        return f"http://127.0.0.1:{self.settings.sandbox_port}"

    @asynccontextmanager
    async def database(self, url: str = "") -> AsyncGenerator[asyncpg.Connection]:
        """A read-only connection of its own, to the primary unless another is named."""
        address = (url or self.settings.database_url).replace("+asyncpg", "", 1)
        reading = {"application_name": "muvi-doctor", "default_transaction_read_only": "on"}
        connection = await asyncpg.connect(
            address, timeout=CONNECT_S, command_timeout=CALL_S, server_settings=reading
        )
        try:
            yield connection
        finally:
            await connection.close(timeout=1)

    @asynccontextmanager
    async def http(self, base_url: str, headers: Sequence[Header] = ()) -> AsyncGenerator[VendorHttp]:
        """Connections to a third party with the credentials of those headers."""
        client = VendorHttp("doctor", base_url, headers=headers, total_s=CALL_S)
        try:
            yield client
        finally:
            await client.aclose()


def _told(bad: BadSettings) -> tuple[tuple[str, ...], str]:
    """Faults of the settings, or why the parameter store could not be read."""
    return ((), str(bad)) if isinstance(bad, ParametersUnread) else (tuple(str(bad).splitlines()), "")
