"""The data folder of a local stack: one stack at a time, and a note of where it can be reached."""

import asyncio
import fcntl
import os
import time
from pathlib import Path
from typing import IO

from pydantic import BaseModel, ConfigDict

from infra.trouble import Trouble


class Running(BaseModel):
    """Where a stack can be reached; `pids` by program; `ready` once everything has started."""

    model_config = ConfigDict(frozen=True)

    pid: int
    ready: bool
    database_url: str
    temporal_address: str | None
    api_url: str
    ui_url: str | None
    simulators_url: str
    pids: dict[str, int]


class DataFolder:
    """The folder, held by one process at a time; a killed holder lets go by itself."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self.logs = self.path / "logs"
        self._note = self.path / "up.json"
        self._lock: IO[str] | None = None

    def claim(self) -> None:
        """Make the folder ours; git ignores what is in it.

        Raises:
            Trouble: another stack runs on it, or it cannot be written.
        """
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.logs.mkdir(mode=0o700, exist_ok=True)
            (self.path / ".gitignore").write_text("*\n", encoding="utf-8")
            lock = (self.path / "lock").open("a+", encoding="utf-8")
        except OSError as error:
            todo = "Make it writable for you, or name another folder in ORDERS_DATA."
            raise Trouble(f"The data folder {self.path} cannot be used: {error.strerror}.", todo) from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            raise self._occupied() from None
        self._lock = lock

    def release(self) -> None:
        """Let go of the folder, and of the note when it is ours."""
        if self._lock is None:
            return
        self._note.unlink(missing_ok=True)
        self._lock.close()
        self._lock = None

    def note(self, running: Running) -> None:
        """Write down where the stack can be reached; the file holds the database's password, so it is ours alone."""
        draft = self._note.with_suffix(".new")
        draft.touch(mode=0o600)
        draft.write_text(running.model_dump_json(indent=2) + "\n", encoding="utf-8")
        draft.replace(self._note)

    async def wait_for_the_dying(self, patience: float = 20.0) -> None:
        """After kill -9 of a stack its children stop by themselves: wait up to `patience` seconds until they have."""
        noted = self._noted()
        left = list(noted.pids.values()) if noted else []
        until = time.monotonic() + patience
        while any(is_alive(pid) for pid in left) and time.monotonic() < until:  # noqa: ASYNC110 - not our children
            await asyncio.sleep(0.1)

    def running(self) -> Running | None:
        """The stack that is up on this folder, if there is one."""
        noted = self._noted()
        return noted if noted and noted.ready and is_alive(noted.pid) else None

    def _noted(self) -> Running | None:
        try:
            return Running.model_validate_json(self._note.read_bytes())
        except (OSError, ValueError):
            return None

    def _occupied(self) -> Trouble:
        noted = self._noted()
        who = f" (process {noted.pid}, API at {noted.api_url})" if noted else ""
        stop = f"`kill {noted.pid}`" if noted else "Ctrl-C"
        return Trouble(
            f"`orders up` already runs on {self.path}{who}.",
            f"Use that one, stop it ({stop}), or start a second copy: ORDERS_DATA=.orders-2 orders up --port auto",
        )


def is_alive(pid: int) -> bool:
    """Whether a process of this id exists; one of another user counts."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
