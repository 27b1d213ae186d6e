"""The third parties of a town, which one sandbox plays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx

HEADERS = {"accept": "application/json"}


class Sandbox:
    """The levers and the truth of the third parties."""

    def __init__(self, url: str) -> None:
        self.url = url

    async def truth(self, system: str, *events: str, after: int = 0) -> list[dict[str, Any]]:
        """What happened there, oldest first; only those events when some are named."""
        listed = (await self._call("GET", f"/truth/{system}", params={"after": after})).json()
        return [one for one in listed if not events or one["event"] in events]

    async def rule(self, system: str, call: str, **rule: object) -> None:
        """Strike the next calls."""
        await self._call("POST", "/control", json={"system": system, "call": call, **rule})

    async def rules(self) -> list[dict[str, Any]]:
        """Rules not used up, with their hits."""
        return list((await self._call("GET", "/control")).json()["rules"])

    async def no_rules(self) -> bool:
        """Whether all were used up."""
        return not await self.rules()

    async def knobs(self, system: str, **knobs: object) -> None:
        await self._call("POST", "/control/knobs", json={system: knobs})

    async def act(self, system: str, action: str, **facts: object) -> dict[str, Any]:
        answer = await self._call("POST", "/control/act", json={"system": system, "action": action, **facts})
        return dict(answer.json())

    async def inbox(self, channel: str, to: str) -> list[dict[str, Any]]:
        """Messages to an address, newest first."""
        return list((await self._call("GET", "/inbox", params={"channel": channel, "to": to})).json())

    async def reset(self, shift_s: float = 0) -> None:
        """No rules, default knobs; the clock stays `shift_s` ahead."""
        await self._call("DELETE", "/control")
        await self.act("clock", "advance", seconds=shift_s)

    async def _call(
        self, method: str, path: str, *, params: Mapping[str, str | int] | None = None, json: object = None
    ) -> httpx.Response:
        async with httpx.AsyncClient(base_url=self.url, trust_env=False, timeout=30) as client:
            answer = await client.request(method, path, params=params, json=json, headers=HEADERS)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer
