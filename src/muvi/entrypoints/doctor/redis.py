"""Redis: reachable, of a version that is supported, and not told to throw jobs away."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError

from muvi.entrypoints.doctor.findings import Finding, check, failure, ok, warning
from muvi.entrypoints.doctor.patient import CONNECT_S, Patient

SECTION = "Redis"
OLDEST = (6, 2)


@check(SECTION, "queue")
async def queue(patient: Patient) -> AsyncIterator[Finding]:
    """Jobs travel by it; without it the worker acts on them itself, so nothing here is a failure but its
    absence.
    """
    client = Redis.from_url(
        patient.settings.redis_url, socket_timeout=CONNECT_S, socket_connect_timeout=CONNECT_S
    )
    try:
        facts = await client.info()
        yield _version(facts)
        yield await _eviction(client)
        yield _persistence(facts)
    except (RedisError, OSError) as error:
        remedy = "start it, or set REDIS_URL; until then workers act on messages themselves (redis-lost.md)"
        yield failure("server", f"not reachable: {type(error).__name__} {error}", remedy)
    finally:
        await client.aclose()


def _version(facts: Mapping[str, Any]) -> Finding:
    version = str(facts.get("valkey_version") or facts.get("redis_version", "0"))
    parts = tuple(int(part) for part in version.split(".")[:2] if part.isdigit())
    if parts >= OLDEST:
        return ok("server", f"reachable, version {version}")
    return warning("server", f"reachable, but version {version} is old", "use 6.2 or newer")


async def _eviction(client: Redis) -> Finding:
    try:
        policy = str((await client.config_get("maxmemory-policy")).get("maxmemory-policy", ""))
    except RedisError:
        return ok("eviction", "the server does not tell its policy")
    if policy == "noeviction":
        return ok("eviction", policy)
    remedy = "CONFIG SET maxmemory-policy noeviction: jobs are delayed when they are thrown away"
    return warning("eviction", policy, remedy)


def _persistence(facts: Mapping[str, Any]) -> Finding:
    if facts.get("rdb_last_bgsave_status", "ok") != "ok" or facts.get("aof_last_write_status", "ok") != "ok":
        remedy = "make room on its disk, or switch persistence off: nothing in it has to survive"
        return warning("persistence", "the last write to disk failed, it may refuse commands", remedy)
    return ok("persistence", "not needed, nothing in it has to survive")


CHECKS = (queue,)
