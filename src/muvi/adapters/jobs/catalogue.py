"""The catalogue's own tick."""

from __future__ import annotations

from muvi.application.catalog.schedule import Repeated
from muvi.application.catalog.sync_catalogue import SyncCatalogue, SyncCommand
from muvi.domain.shared.actor import SYSTEM


async def sync_repeated(sync: SyncCatalogue, repeated: Repeated) -> None:
    """Copy what is due. Raises the first failure: a run under way elsewhere, a feed that failed or is not
    believed.
    """
    report = await sync(SyncCommand(actor=SYSTEM, kinds=repeated.kinds))
    if report.failure is not None:
        raise report.failure
