"""What test-only processes put in place of production parts: a clock that can be moved, steps that kill."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from types import FrameType
from typing import Any

from dishka import Provider, Scope, decorate, provide
from sqlalchemy.ext.asyncio import AsyncEngine
from typing_extensions import override

from muvi.adapters.db.unit_of_work import SqlTransaction, SqlUnitOfWork
from muvi.adapters.kit.clock import SystemClock
from muvi.adapters.vista import box_office
from muvi.entrypoints.settings import Settings
from muvi.ports.clock import Clock
from muvi.ports.notifications.email import EmailSender
from muvi.ports.payments.gateway import PaymentGateways
from muvi.ports.seating.box_office import BoxOffice

SHIFT, CRASH_AT, PASSED = "shift", "crash-at", "steps"


PAYMENT_S = 3.0
"""How long these processes wait for order/payment: no test waits for two minutes."""


def hurry() -> None:
    """Wait less for the slowest call."""
    box_office.PAYMENT_S = PAYMENT_S


def arm(home: Path, step: str) -> None:
    """Die at this step; `before commit X #2` at its second time."""
    draft = home / f"{CRASH_AT}.new"
    draft.write_text(step, encoding="utf-8")
    draft.rename(home / CRASH_AT)


class ShiftedClock(Clock):
    """The machine's clock plus the seconds that stand in a file."""

    def __init__(self, file: Path) -> None:
        self._file, self._real = file, SystemClock()

    @override
    def now(self) -> datetime:
        try:
            shift = float(self._file.read_text(encoding="ascii"))
        except OSError:
            shift = 0.0
        return self._real.now() + timedelta(seconds=shift)


class Steps:
    """Named steps of a process: each is written down, and the one named in a file is the last.

    A step is a commit, named after the function that asked for it, or a call of a third party.
    """

    def __init__(self, home: Path) -> None:
        self._crash_at, self._passed = home / CRASH_AT, home / PASSED

    def pass_by(self, step: str) -> None:
        """Go on, or die as by the kernel's hand: this process, its parent and their children."""
        with self._passed.open("a", encoding="utf-8") as passed:
            passed.write(f"{step}\n")
        if not self._crash_at.exists():
            return
        wanted, _, times = self._crash_at.read_text(encoding="utf-8").partition(" #")
        if wanted != step:
            return
        if int(times or 1) > 1:
            arm(self._crash_at.parent, f"{step} #{int(times) - 1}")
            return
        self._crash_at.unlink()
        os.killpg(0, signal.SIGKILL)
        signal.pause()


class SteppedUnitOfWork(SqlUnitOfWork):
    """Every commit is a step."""

    def __init__(self, engine: AsyncEngine, steps: Steps) -> None:
        super().__init__(engine)
        self._steps = steps

    @override
    def __call__(self) -> AbstractAsyncContextManager[SqlTransaction]:
        return self._stepped(f"commit {_use_case(sys._getframe(1))}", super().__call__())

    @asynccontextmanager
    async def _stepped(
        self, step: str, phase: AbstractAsyncContextManager[SqlTransaction]
    ) -> AsyncGenerator[SqlTransaction]:
        async with phase as tx:
            yield tx
            self._steps.pass_by(f"before {step}")
        self._steps.pass_by(f"after {step}")


class Stepped:
    """A port whose calls named in `calls` are steps."""

    def __init__(self, real: object, steps: Steps, *calls: str) -> None:
        self._real, self._steps, self._calls = real, steps, frozenset(calls)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  whatever the port has
        found = getattr(self._real, name)
        return self._step(name, found) if name in self._calls else found

    def _step(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        async def stepped(*given: object, **named: object) -> object:
            self._steps.pass_by(f"before {name}")
            answer = await call(*given, **named)
            self._steps.pass_by(f"after {name}")
            return answer

        return stepped


class SteppedGateways:
    """The gateways with steps in their calls."""

    def __init__(self, real: PaymentGateways, steps: Steps) -> None:
        self._real, self._steps = real, steps

    @property
    def offered(self) -> tuple[str, ...]:
        return self._real.offered

    def of(self, name: str) -> Any:  # noqa: ANN401  a gateway or None
        gateway = self._real.of(name)
        return gateway and Stepped(gateway, self._steps, "open", "check", "refund", "check_refund")


BOX_OFFICE = (
    "open_order",
    "read_order",
    "set_tickets",
    "begin_payment",
    "complete",
    "find_booking",
    "cancel",
)


class Moved(Provider):
    """The clock of `MUVI_HOME/shift`."""

    scope = Scope.APP

    @provide(override=True)
    def clock(self, settings: Settings) -> Clock:
        return ShiftedClock(settings.home / SHIFT)


class Crashing(Provider):
    """Dies at the step that stands in `MUVI_HOME/crash-at`."""

    scope = Scope.APP

    @provide
    def steps(self, settings: Settings) -> Steps:
        return Steps(settings.home)

    @provide(override=True)
    def unit_of_work(self, engine: AsyncEngine, steps: Steps) -> SqlUnitOfWork:
        return SteppedUnitOfWork(engine, steps)

    @decorate
    def box_office(self, real: BoxOffice, steps: Steps) -> BoxOffice:
        return Stepped(real, steps, *BOX_OFFICE)  # type: ignore[return-value]

    @decorate
    def email(self, real: EmailSender, steps: Steps) -> EmailSender:
        return Stepped(real, steps, "send")  # type: ignore[return-value]

    @decorate
    def gateways(self, real: PaymentGateways, steps: Steps) -> PaymentGateways:
        return SteppedGateways(real, steps)


def _use_case(frame: FrameType | None) -> str:
    """The nearest function of a use case: `ChooseSeats._claim`."""
    while frame is not None:
        if frame.f_globals.get("__name__", "").startswith("muvi.application."):
            return frame.f_code.co_qualname
        frame = frame.f_back
    return "elsewhere"
