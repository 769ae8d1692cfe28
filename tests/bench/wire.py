"""A thin HTTP client: what the bench sends must cost little, or it measures itself."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

ANSWERED = range(200, 300)
FRESH = 3.0
"""Seconds after which an idle line is not used again: the server closes it after five."""
Ends = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; ``seconds`` from the first byte sent to the last byte read, ``at`` in Unix seconds."""

    status: int
    body: bytes
    seconds: float
    at: float

    def json(self) -> Any:
        """The body, read."""
        return json.loads(self.body)


class Refused(Exception):
    """The answer was no, and the bench counts on yes."""


@dataclass
class Wire:
    """Keep-alive lines to one server, ``most`` at once."""

    url: str
    most: int = 32
    _idle: list[tuple[float, Ends]] = field(default_factory=list)
    _room: asyncio.Semaphore = field(init=False)

    def __post_init__(self) -> None:
        self._room = asyncio.Semaphore(self.most)

    async def post(self, path: str, body: Mapping[str, Any], key: str) -> Answer:
        """Post JSON."""
        return await self.send(request("POST", path, key, json.dumps(body, ensure_ascii=False).encode()))

    async def get(self, path: str, key: str = "") -> Answer:
        """Get something."""
        return await self.send(request("GET", path, key))

    async def send(self, asked: bytes) -> Answer:
        """Send a request as `request` made it. Refused where the answer is not a yes."""
        async with self._room:
            reader, writer = self._fresh() or await self._open()
            began = time.perf_counter()
            writer.write(asked)
            status, body = await _read(reader)
            seconds = time.perf_counter() - began
            self._idle.append((time.monotonic(), (reader, writer)))
        if status not in ANSWERED:
            raise Refused(f"{asked[:80]!r}: {status} {body[:300]!r}")
        return Answer(status, body, seconds, time.time())

    async def close(self) -> None:
        """Close every line."""
        for _, (_, writer) in self._idle:
            writer.close()
        self._idle.clear()

    def _fresh(self) -> Ends | None:
        while self._idle:
            since, ends = self._idle.pop()
            if time.monotonic() - since < FRESH:
                return ends
            ends[1].close()
        return None

    async def _open(self) -> Ends:
        where = urlsplit(self.url)
        return await asyncio.open_connection(where.hostname, where.port)


def request(method: str, path: str, key: str = "", body: bytes = b"") -> bytes:
    """A request as it goes over the line; its body is JSON."""
    head = f"{method} {path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n"
    head += f"Authorization: Bearer {key}\r\n" if key else ""
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


@contextlib.asynccontextmanager
async def open_wire(url: str, most: int = 32) -> AsyncIterator[Wire]:
    """A wire that is closed again."""
    wire = Wire(url, most)
    try:
        yield wire
    finally:
        await wire.close()


async def _read(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = await reader.readuntil(b"\r\n\r\n")
    _, _, after = head.lower().partition(b"content-length:")
    length = int(after.partition(b"\r\n")[0] or 0)
    return int(head[9:12]), await reader.readexactly(length)
