"""A process that dies at a chosen moment: before or after any commit and any foreign call."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from muvi.ports.transaction import UnitOfWork

FOREIGN = frozenset(
    {
        "begin_payment",
        "cancel",
        "charge",
        "check",
        "check_refund",
        "complete",
        "extend",
        "find_booking",
        "open",
        "open_order",
        "read_order",
        "refund",
        "seat_plan",
        "set_tickets",
        "ticket_types",
    }
)


class KillSignal(BaseException):
    """The process is gone: nothing may catch this."""


class Killer:
    """Counts the moments at which a process could die; armed, it kills at the n-th of them."""

    def __init__(self) -> None:
        self.passed: list[str] = []
        self._fatal: int | None = None

    def arm(self, moment: int) -> None:
        """Die at the n-th moment from now, counted from 0."""
        self.passed = []
        self._fatal = moment

    def disarm(self) -> None:
        self._fatal = None

    def moment(self, name: str) -> None:
        self.passed.append(name)
        if self._fatal is not None and len(self.passed) > self._fatal:
            raise KillSignal(name)


class MortalUnitOfWork:
    """Phases that may be cut off just before or just after their commit."""

    def __init__(self, inner: UnitOfWork[Any], killer: Killer) -> None:
        self._inner = inner
        self._killer = killer

    def __call__(self) -> AbstractAsyncContextManager[Any]:
        return self._phase(self._inner())

    def alone(self) -> AbstractAsyncContextManager[Any]:
        return self._phase(self._inner.alone())

    @asynccontextmanager
    async def _phase(self, inner: AbstractAsyncContextManager[Any]) -> AsyncGenerator[Any]:
        async with inner as tx:
            yield tx
            self._killer.moment("before commit")
        self._killer.moment("after commit")


class Mortal:
    """A third party whose caller may die before or after any call."""

    def __init__(self, inner: object, killer: Killer) -> None:
        self._inner = inner
        self._killer = killer

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  (whatever the third party has)
        found = getattr(self._inner, name)
        return self._mortal(name, found) if name in FOREIGN else found

    def _mortal(self, name: str, call: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def called(*args: object, **kwargs: object) -> object:
            self._killer.moment(f"before {name}")
            try:
                return await call(*args, **kwargs)
            finally:
                self._killer.moment(f"after {name}")

        return called
