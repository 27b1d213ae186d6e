"""Spares everybody the wait for a partner that does not answer."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import structlog

from muvi.ports.clock import Clock
from muvi.ports.errors import OutcomeUnknown, PortError, Refused, Unavailable

FAILURES = 3
REST_S = 20.0

log = structlog.get_logger("breaker")


class Breaker:
    """Opens after `failures` calls in a row that brought no answer; then nobody calls for `rest_s` seconds,
    and after that one call at a time tries. An answer, a refusal too, closes it. In this process only.

    What the partner `answered` about one call is never counted: or whoever can bring such an answer about
    for a number of his own would shut the partner for everybody.
    """

    def __init__(
        self, system: str, name: str, clock: Clock, *, failures: int = FAILURES, rest_s: float = REST_S
    ) -> None:
        """`name` is for the log, `system` the role that errors tell."""
        self._system = system
        self._name = name
        self._clock = clock
        self._most = failures
        self._rest = timedelta(seconds=rest_s)
        self._failures = 0
        self._open_until: datetime | None = None
        self._trying = False

    @asynccontextmanager
    async def call(self) -> AsyncGenerator[None]:
        """Count the block as one call. Raises `Unavailable` at once while the partner is left alone."""
        is_trial = self._enter()
        try:
            yield
        except (Unavailable, OutcomeUnknown, Refused) as error:
            if error.answered:
                self._answered()
            else:
                self._failed(error)
            raise
        else:
            self._answered()
        finally:
            if is_trial:
                self._trying = False

    def _enter(self) -> bool:
        if self._open_until is None:
            return False
        left = self._open_until - self._clock.now()
        if self._trying or left > timedelta():
            wait_s = max(left.total_seconds(), 1.0)
            raise Unavailable("left alone for a while", system=self._system, retry_after_s=wait_s)
        self._trying = True
        return True

    def _failed(self, error: PortError) -> None:
        self._failures += 1
        if self._failures < self._most:
            return
        if self._open_until is None:
            rest_s = self._rest.total_seconds()
            log.warning("partner left alone", partner=self._name, for_s=rest_s, because=str(error))
        self._open_until = self._clock.now() + self._rest

    def _answered(self) -> None:
        if self._open_until is not None:
            log.info("partner answers again", partner=self._name)
        self._failures, self._open_until = 0, None
