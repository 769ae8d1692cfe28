"""Our plain JSON protocol (shapes "Simulated parties"): POST with ``Idempotency-Key``; ``GET ?key=`` finds the result.

After an answer that did not come the party is asked what it wrote under the key, so a timeout after the write is no
second effect and no false failure. A dozen requests of every order go this way, so the client is aiohttp: a fifth of
the CPU of httpx2, which everything else uses.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import aiohttp

ANSWER_WITHIN = 10.0
"""Seconds an outside party has for its answer."""
AT_ONCE = 100
FRESH = 4.0
"""Seconds after which an idle connection is not used again: most servers close theirs after five."""
NO_ANSWER = (aiohttp.ClientError, TimeoutError)

PlainClient = aiohttp.ClientSession


def plain_client(url: str, *, within: float = ANSWER_WITHIN) -> PlainClient:
    """One connection pool to the party at ``url``; whoever opens it closes it."""
    lines = aiohttp.TCPConnector(limit=AT_ONCE, keepalive_timeout=FRESH)
    return PlainClient(url.rstrip("/") + "/", connector=lines, timeout=aiohttp.ClientTimeout(total=within))


@dataclass(frozen=True)
class PlainLine:
    """One party's line. ``unreachable`` is raised where it is ours to retry, ``refused`` where retrying is no use."""

    client: PlainClient
    prefix: str
    unreachable: type[Exception]
    refused: type[Exception]

    async def write(self, path: str, key: str, body: dict[str, Any]) -> dict[str, Any]:
        """Have it done once under ``key``; the same answer however often it is asked."""
        try:
            status, answer = await self._ask("POST", path, json=body, headers={"Idempotency-Key": key})
        except NO_ANSWER as broken:
            written = await self.written(path, key)
            if written is None:
                raise self._no_answer(path, broken) from broken
            return written
        return self._read(path, status, answer)

    async def written(self, path: str, key: str) -> dict[str, Any] | None:
        """What was done under ``key``; None where nothing was."""
        return await self.read(path, {"key": key})

    async def read(self, path: str, params: dict[str, str] | None = None) -> dict[str, Any] | None:
        """Read without doing anything; None where the party knows nothing of it."""
        try:
            status, answer = await self._ask("GET", path, params=params)
        except NO_ANSWER as broken:
            raise self._no_answer(path, broken) from broken
        return None if status == HTTPStatus.NOT_FOUND else self._read(path, status, answer)

    async def _ask(self, method: str, path: str, **given: Any) -> tuple[int, bytes]:
        where = (self.prefix + path).lstrip("/")
        async with self.client.request(method, where, allow_redirects=False, **given) as response:
            return response.status, await response.read()

    def _read(self, path: str, status: int, body: bytes) -> dict[str, Any]:
        where = f"{self._name} answered {status} to {path}"
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.TOO_MANY_REQUESTS:
            raise self.unreachable(where)
        try:
            answer = json.loads(body)
        except ValueError as unreadable:
            raise self.unreachable(f"{where}, not JSON") from unreadable
        if not isinstance(answer, dict):
            raise self.unreachable(f"{where}, no JSON object")
        if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            raise self.refused(f"{where} {answer.get('reason', '')}".rstrip())
        return answer

    def _no_answer(self, path: str, broken: Exception) -> Exception:
        return self.unreachable(f"{self._name} did not answer {path} ({type(broken).__name__})")

    @property
    def _name(self) -> str:
        return f"the {self.prefix.strip('/')}"
