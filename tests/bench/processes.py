"""What processes cost, read from /proc: CPU time and memory; and the pulse, by which a drifting CPU is divided out."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

TICK = 1 / os.sysconf("SC_CLK_TCK")
PULSE = 10_000_000
"""Steps of the fixed loop: about a third of a second."""
FOUR_TIMES = slice(11, 15)
"""utime, stime, cutime and cstime among the fields of /proc/PID/stat after the name."""


def cpu_seconds(root: int) -> float:
    """CPU seconds of a process, of its living descendants, and of those of them that have ended."""
    parents = _parents()
    return sum(_ticks(pid) for pid in _tree(root, parents)) * TICK


def cpu_of(pids: Mapping[str, int]) -> dict[str, float]:
    """CPU seconds so far, by the processes' names."""
    return {name: cpu_seconds(pid) for name, pid in pids.items()}


def resident_bytes(pid: int) -> int:
    """Memory of one process that is in RAM."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    return 0


def pulse() -> float:
    """Milliseconds of CPU that a fixed loop takes now; asked at rest, or it tells of the load and not of the core."""
    began, total = time.thread_time(), 0
    for step in range(PULSE):
        total += step & 7
    return (time.thread_time() - began) * 1000


async def wait_until_idle(pids: Iterable[int], *, cores: float = 0.12, calm: int = 3, within: float = 60) -> bool:
    """Wait until these processes together take less than ``cores`` for ``calm`` seconds; False if they never do."""
    watched, quiet = list(pids), 0
    before, until = sum(map(cpu_seconds, watched)), time.monotonic() + within
    while quiet < calm and time.monotonic() < until:
        await asyncio.sleep(1)
        spent = sum(map(cpu_seconds, watched))
        quiet = quiet + 1 if spent - before < cores else 0
        before = spent
    return quiet >= calm


def _stat(pid: int) -> list[str] | None:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return None


def _parents() -> dict[int, int]:
    found = {int(path.name): _stat(int(path.name)) for path in Path("/proc").iterdir() if path.name.isdigit()}
    return {pid: int(fields[1]) for pid, fields in found.items() if fields}


def _tree(root: int, parents: Mapping[int, int]) -> list[int]:
    found = [root]
    for pid in found:
        found += [child for child, parent in parents.items() if parent == pid]
    return found


def _ticks(pid: int) -> int:
    fields = _stat(pid)
    return sum(map(int, fields[FOUR_TIMES])) if fields else 0
