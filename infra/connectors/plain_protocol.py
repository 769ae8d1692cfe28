"""Our plain JSON protocol (shapes "Simulated parties"): POST with ``Idempotency-Key``; ``GET ?key=`` finds the result.

After an answer that did not come the party is asked what it wrote under the key, so a timeout after the write is no
second effect and no false failure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx2

ANSWER_WITHIN = 10.0
"""Seconds an outside party has for its answer."""


def plain_client(url: str, *, within: float = ANSWER_WITHIN) -> httpx2.AsyncClient:
    """One connection pool to the party at ``url``; whoever opens it closes it."""
    limits = httpx2.Limits(max_connections=100, max_keepalive_connections=20)
    return httpx2.AsyncClient(base_url=url, timeout=within, limits=limits)


@dataclass(frozen=True)
class PlainLine:
    """One party's line. ``unreachable`` is raised where it is ours to retry, ``refused`` where retrying is no use."""

    client: httpx2.AsyncClient
    prefix: str
    unreachable: type[Exception]
    refused: type[Exception]

    async def write(self, path: str, key: str, body: dict[str, Any]) -> dict[str, Any]:
        """Have it done once under ``key``; the same answer however often it is asked."""
        try:
            response = await self.client.post(self.prefix + path, json=body, headers={"Idempotency-Key": key})
        except httpx2.RequestError as broken:
            written = await self.written(path, key)
            if written is None:
                raise self.unreachable(f"{self._name} did not answer {path} ({type(broken).__name__})") from broken
            return written
        return self._answer(path, response)

    async def written(self, path: str, key: str) -> dict[str, Any] | None:
        """What was done under ``key``; None where nothing was."""
        return await self.read(path, {"key": key})

    async def read(self, path: str, params: dict[str, str] | None = None) -> dict[str, Any] | None:
        """Read without doing anything; None where the party knows nothing of it."""
        try:
            response = await self.client.get(self.prefix + path, params=params)
        except httpx2.RequestError as broken:
            raise self.unreachable(f"{self._name} did not answer {path} ({type(broken).__name__})") from broken
        return None if response.status_code == httpx2.codes.NOT_FOUND else self._answer(path, response)

    def _answer(self, path: str, response: httpx2.Response) -> dict[str, Any]:
        where = f"{self._name} answered {response.status_code} to {path}"
        if response.is_server_error or response.status_code == httpx2.codes.TOO_MANY_REQUESTS:
            raise self.unreachable(where)
        try:
            answer = response.json()
        except ValueError as unreadable:
            raise self.unreachable(f"{where}, not JSON") from unreadable
        if not isinstance(answer, dict):
            raise self.unreachable(f"{where}, no JSON object")
        if not response.is_success:
            raise self.refused(f"{where} {answer.get('reason', '')}".rstrip())
        return answer

    @property
    def _name(self) -> str:
        return f"the {self.prefix.strip('/')}"
