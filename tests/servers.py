"""The servers of a test run: one PostgreSQL and one Temporal for all pytest processes, started when first asked for.

A process of its own keeps them (`python -m tests.servers FOLDER WATCHED`), for a pytest worker may end before the
others; it stops them when the pytest process WATCHED is gone. With ORDERS_DATABASE_URL or TEMPORAL_ADDRESS set, the
tests use those servers instead.
"""

import asyncio
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from infra.local import DATABASES, Extras, Stack
from infra.stack.folder import DataFolder, Running, is_alive
from infra.whereabouts import load_settings

FOLDER = "ORDERS_TEST_FOLDER"
QUICK = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
    "jit": "off",
}
"""Nothing outlives the run, and its hundred small databases need no housekeeping."""
SKIPS_TIME = {
    "frontend.WorkflowTimeSkippingEnabled": "true",
    "history.timerProcessorMaxTimeShift": '"20ms"',  # else each skipped timer takes a second
}


def announce() -> None:
    """Choose the folder of this run; pytest's worker processes find it in their environment."""
    os.environ[FOLDER] = tempfile.mkdtemp(prefix="orders-tests-")


def obtain(watched: int) -> Running:
    """The servers of this run, started by whoever asks first.

    Args:
        watched: the process id of the pytest that began the run.

    Raises:
        RuntimeError: they did not start; shows why.
    """
    folder = Path(os.environ[FOLDER])
    with (folder / "starting").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return DataFolder(folder / "data").running() or _start(folder, watched)


def dismiss() -> None:
    """Stop the servers of this run, if any. What they left is removed meanwhile: a hundred databases take a while."""
    folder = Path(os.environ.pop(FOLDER))
    data = DataFolder(folder / "data")
    found = data.running()
    if found is None:
        shutil.rmtree(folder, ignore_errors=True)
        return
    os.kill(found.pid, signal.SIGTERM)
    until = time.monotonic() + 20
    while data.running() and time.monotonic() < until:
        time.sleep(0.05)


def _start(folder: Path, watched: int) -> Running:
    with (folder / "servers.log").open("w+") as log:
        keeper = subprocess.Popen(
            [sys.executable, "-m", "tests.servers", str(folder / "data"), str(watched)],
            cwd=Path(__file__).parent.parent,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        until = time.monotonic() + 60
        while keeper.poll() is None and time.monotonic() < until:
            found = DataFolder(folder / "data").running()
            if found:
                return found
            time.sleep(0.05)
        log.seek(0)
        raise RuntimeError(f"The servers of the test run did not start:\n{log.read()}")


async def keep(folder: Path, watched: int) -> None:
    """Run the servers until told to stop, or until the watched process is gone; nothing is left of them."""
    told = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, told.set)
    looking = asyncio.create_task(_watch(watched, told))
    settings = load_settings(ports="auto", data=folder)
    async with Stack(settings, services=DATABASES, extras=Extras(postgres=QUICK, temporal=SKIPS_TIME)):
        await told.wait()
    looking.cancel()
    shutil.rmtree(folder.parent, ignore_errors=True)


async def _watch(watched: int, told: asyncio.Event) -> None:
    while is_alive(watched):  # noqa: ASYNC110 - a process that is not our child has no event to wait for
        await asyncio.sleep(0.2)
    told.set()


if __name__ == "__main__":
    asyncio.run(keep(Path(sys.argv[1]), int(sys.argv[2])))
