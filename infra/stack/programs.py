"""One program of the local stack: started on a leash, waited for, started again when it dies, stopped in order."""

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from infra.stack import leash
from infra.trouble import Trouble

LOG_LIMIT = 10_000_000
"""Bytes of a log after which it becomes the `.old` one at the next start."""

FIRST_PAUSE, LONGEST_PAUSE, HEALTHY_AFTER = 0.5, 30.0, 60.0
"""Seconds: before a dead program starts again, at most, and how long it must live to be trusted again."""


@dataclass(frozen=True)
class Program:
    """What to start, how to see that it is ready, and how to stop it."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    is_ready: Callable[[], Awaitable[bool]]
    stop_with: signal.Signals = signal.SIGTERM
    user: str = "-"
    ready_within: float = 60.0
    stops_within: float = 20.0


class Child:
    """A program that runs, and is kept running until stopped.

    Args:
        program: what to run.
        say: is told in one sentence that it ended and starts again.
        changed: is called when it runs under another process id.
    """

    def __init__(self, program: Program, say: Callable[[str], None], changed: Callable[[], None]) -> None:
        self.program = program
        self._say = say
        self._changed = changed
        self._process: asyncio.subprocess.Process | None = None
        self._keeper: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        """The process id, while it runs."""
        return self._process.pid if self._process and self._process.returncode is None else None

    async def start(self) -> None:
        """Start it and return when it is ready.

        Raises:
            Trouble: it ended, or was not ready in time; shows the last lines of its log.
        """
        await self._spawn()
        until = time.monotonic() + self.program.ready_within
        while not await self.program.is_ready():
            if self.pid is None:
                raise self._failed(f"ended at once, {_how(self._process)}")
            if time.monotonic() > until:
                raise self._failed(f"was not ready in {self.program.ready_within:.0f} s")
            await asyncio.sleep(0.05)
        self._keeper = asyncio.create_task(self._keep())

    async def stop(self) -> None:
        """Stop it and wait for it; it is killed only when it does not stop by itself."""
        if self._keeper:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
        process = self._process
        if process is None or process.returncode is not None:
            return
        process.send_signal(self.program.stop_with)
        try:
            await asyncio.wait_for(process.wait(), self.program.stops_within)
        except TimeoutError:
            self._say(f"{self.program.name} did not stop in {self.program.stops_within:.0f} s and was killed.")
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()

    async def _keep(self) -> None:
        pause = FIRST_PAUSE
        while self._process:
            began = time.monotonic()
            await self._process.wait()
            if time.monotonic() - began > HEALTHY_AFTER:
                pause = FIRST_PAUSE
            self._say(
                f"{self.program.name} ended, {_how(self._process)}; starting it again in {pause:g} s "
                f"(log: {self.program.log})"
            )
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
            await self._spawn()
            self._changed()

    async def _spawn(self) -> None:
        program = self.program
        if program.log.exists() and program.log.stat().st_size > LOG_LIMIT:
            program.log.replace(program.log.with_suffix(".old"))
        with program.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *on_leash(program.command, program.stop_with, program.user),
                env=dict(program.environment),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C reaches only us; we stop the rest in order
            )

    def _failed(self, how: str) -> Trouble:
        with self.program.log.open(encoding="utf-8", errors="replace") as log:
            last = "".join(f"    {line}" for line in log.readlines()[-8:])
        return Trouble(f"{self.program.name} {how}. The end of its log:\n{last}", f"The whole log: {self.program.log}")


def on_leash(command: Sequence[str], stop_with: signal.Signals = signal.SIGKILL, user: str = "-") -> list[str]:
    """The command, started by `leash.py` so that it dies with this process."""
    start = [sys.executable, "-I", "-S", leash.__file__, str(int(stop_with)), str(os.getpid()), user]
    return [*start, *command]


def _how(process: asyncio.subprocess.Process | None) -> str:
    code = process.returncode if process else None
    if code is not None and code < 0:
        return f"killed by {signal.Signals(-code).name}"
    return f"status {code}"
