"""Waiting for what comes by real time: a server's doing has no event a scene could wait for."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable


async def until(holds: Callable[[], bool | Awaitable[bool]], *, within: float = 20.0) -> None:
    """Until ``holds`` says so; TimeoutError after ``within`` seconds."""
    async with asyncio.timeout(within):
        while not await _asked(holds):  # noqa: ASYNC110 - see the module
            await asyncio.sleep(0.01)


async def _asked(holds: Callable[[], bool | Awaitable[bool]]) -> bool:
    answer = holds()
    return await answer if inspect.isawaitable(answer) else answer
