"""`orders demo`: about eighty orders live their whole life in minutes, and the summary says how each of them ended."""

from __future__ import annotations

import asyncio
import contextlib
import time
import tomllib
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import httpx2
import typer
from rich.console import Console
from rich.live import Live

from api.commands_up import SIGNALS, banner, overrides, say
from infra.demo import report
from infra.demo.desk import Desk
from infra.demo.run import Run, Story
from infra.local import Stack
from infra.whereabouts import load_settings, running

EVERY = 5.0
"""Seconds between two lines of progress where there is no terminal."""
DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def demo(
    leave: Annotated[
        bool, typer.Option("--exit", help="End after the summary, with status 0 if all went well")
    ] = False,
    data: Annotated[Path | None, typer.Option(help="Data folder (default .orders, or ORDERS_DATA)")] = None,
    port: Annotated[str | None, typer.Option(help="Port of the API, or auto: free ports for everything")] = None,
) -> None:
    """Let about eighty orders live their whole life, on the system that is up or on one brought up for it."""
    stack = Stack(load_settings(**overrides(data, port)), say=say)
    raise typer.Exit(asyncio.run(_run(stack, leave=leave)))


async def _run(stack: Stack, *, leave: bool) -> int:
    task = asyncio.current_task()
    for number in SIGNALS:
        asyncio.get_running_loop().add_signal_handler(number, task.cancel if task else lambda: None)
    try:
        up = running(stack.settings)
        if up is not None:
            say(f"The system is up at {up.api_url}; using that one.")
            return await _live(stack, up.api_url, up.simulators_url, up.ui_url)
        say("Starting ...")
        async with stack:
            say(banner(stack))
            code = await _live(stack, stack.api_url, stack.simulators_url, stack.ui_url)
            if not leave:
                say("Everything stays up: place orders of your own, look around. Ctrl-C stops it.")
                await _until_cancelled()
                say("Stopping; nothing is lost.")
            return code
    except asyncio.CancelledError:
        say("Stopped; nothing is lost.")
        return 1


async def _until_cancelled() -> None:
    """Ctrl-C after the summary is how a good demo ends, so it is no failure."""
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.Event().wait()


async def _live(stack: Stack, api_url: str, simulators_url: str, ui_url: str | None) -> int:
    keys = tomllib.loads(stack.settings.keys_file.read_text(encoding="utf-8"))["keys"]
    async with httpx2.AsyncClient(timeout=30) as client:
        run = Run(_name(int(time.time())), Desk(client, api_url, simulators_url, keys), _now)
        say(f"Run {run.name}: {len(run.stories)} orders, an hour takes a second.")
        await run.prepare()
        console = Console(stderr=True)
        if console.is_terminal:
            with Live(console=console, refresh_per_second=4) as live:
                await run.live(lambda stories: live.update(report.progress(stories)))
        else:
            await run.live(_Lines().show)
    out = Console(width=None if console.is_terminal else 160)
    report.show(out, run.stories, report.links(api_url, ui_url, stack.settings.namespace))
    return 1 if report.failures(run.stories) else 0


class _Lines:
    """Progress as lines, one every few seconds."""

    def __init__(self) -> None:
        self._began = self._last = time.monotonic()

    def show(self, stories: Sequence[Story]) -> None:
        """Say how far it is, if it was not said just now."""
        now = time.monotonic()
        if now - self._last >= EVERY:
            self._last = now
            say(f"{now - self._began:4.0f} s  {report.line(stories)}")


def _name(seconds: int) -> str:
    """A run's short name, different every second for a year: D and five characters without I, L, O and U."""
    name = ""
    for _ in range(5):
        seconds, digit = divmod(seconds, len(DIGITS))
        name = DIGITS[digit] + name
    return f"D{name}"


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the edge's watch
