"""Whether a feed may be believed when it holds less than we know.

A box office answers an empty list with success when its sales channel is not ticked, so absence is no proof.
"""

from __future__ import annotations

from collections.abc import Mapping

from muvi.domain.catalog.errors import FeedSuspicious
from muvi.domain.catalog.kinds import Kind

SMALL_SITE = 10  # below this many showtimes the end of an evening halves a site's list by itself


def judge(kind: Kind, *, known: int, seen: int, accept_drop: bool) -> None:
    """Raise `FeedSuspicious` when the feed has nothing, or less than half of what we know.

    `accept_drop` is a person's word that the drop is real; an empty feed is never believed.
    """
    if seen == 0 and known > 0:
        raise FeedSuspicious(
            f"The feed of {kind} is empty while {known} are known",
            kind=kind.value,
            known=known,
            seen=seen,
        )
    if seen * 2 < known and not accept_drop:
        raise FeedSuspicious(
            f"The feed of {kind} fell from {known} to {seen}; run again with --accept-drop if that is right",
            kind=kind.value,
            known=known,
            seen=seen,
        )


def silent_sites(known: Mapping[str, int], seen: Mapping[str, int]) -> frozenset[str]:
    """Sites whose showtimes have more than halved while the chain as a whole has not: theirs are spared."""
    return frozenset(
        site for site, count in known.items() if count >= SMALL_SITE and seen.get(site, 0) * 2 < count
    )
