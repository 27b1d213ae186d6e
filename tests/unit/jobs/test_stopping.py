"""A work list that is stopped ends what it has begun and gives back what it has not."""

import asyncio
from uuid import UUID

from muvi.adapters.jobs.work_list import Lease, WorkList

ONE = UUID(int=1)


class Desk:
    """A list with one piece that is due once, whose work ends when it is let."""

    def __init__(self) -> None:
        self.due: list[UUID] = [ONE]
        self.began, self.may_end, self.may_claim = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self.claiming = asyncio.Event()
        self.ended: list[UUID] = []
        self.given_back: list[UUID] = []
        self.may_claim.set()

    async def claim(self, _: int) -> tuple[UUID, ...]:
        self.claiming.set()
        await self.may_claim.wait()
        found, self.due = tuple(self.due), []
        return found

    async def run(self, piece: UUID) -> None:
        self.began.set()
        await self.may_end.wait()
        self.ended.append(piece)

    async def keep(self, piece: UUID) -> None: ...

    async def give_back(self, piece: UUID) -> None:
        self.given_back.append(piece)

    def list(self, *, harmless_cut: bool = False, grace_s: float = 20) -> WorkList:
        return WorkList(
            name="checkouts",
            claim=self.claim,
            run=self.run,
            lease=Lease(self.keep, self.give_back),
            harmless_cut=harmless_cut,
            grace_s=grace_s,
        )


async def stopped(task: asyncio.Task[None]) -> None:
    async with asyncio.timeout(20):
        await asyncio.wait([task])


async def test_what_runs_is_ended_before_the_list_is() -> None:
    desk = Desk()
    working = asyncio.create_task(desk.list().work())
    await desk.began.wait()
    working.cancel()
    await asyncio.sleep(0)
    desk.may_end.set()
    await stopped(working)
    assert (desk.ended, desk.given_back) == ([ONE], [])


async def test_twin_without_grace_it_is_cut() -> None:
    desk = Desk()
    working = asyncio.create_task(desk.list(grace_s=0).work())
    await desk.began.wait()
    working.cancel()
    await stopped(working)
    assert (desk.ended, desk.given_back) == ([], [])


async def test_a_second_cancellation_cuts_and_what_is_harmless_is_given_back() -> None:
    desk = Desk()
    working = asyncio.create_task(desk.list(harmless_cut=True).work())
    await desk.began.wait()
    working.cancel()
    await asyncio.sleep(0)
    working.cancel()
    await stopped(working)
    assert (desk.ended, desk.given_back) == ([], [ONE])


async def test_what_was_claimed_at_the_last_moment_is_given_back() -> None:
    desk = Desk()
    desk.may_claim.clear()
    working = asyncio.create_task(desk.list().work())
    await desk.claiming.wait()
    working.cancel()
    await asyncio.sleep(0)
    desk.may_claim.set()
    await stopped(working)
    assert (desk.began.is_set(), desk.given_back) == (False, [ONE])
