"""A workbook of 5,000 rows of mixed quality to its verdict, and again: time, memory, planted errors at their cells."""

from __future__ import annotations

import resource
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

from api.files.workbook import read_workbook
from tests.bench.house import House
from tests.bench.rows import Row
from tests.bench.wire import Answer, request
from tests.web.office import mixed

ROWS = 5_000
MEGA = 1_000_000
GIVEN = {"currency": "CNY", "source": "bench", "document": "bench.xlsx"}


async def imports(house: House, share: float, say: Callable[[str], None]) -> list[Row]:
    """Import it as a whole, look at what was told, and import it again."""
    file = mixed("bench", round(ROWS * share))
    tried = await _send(house, file.content, dry_run="true")
    first = await _send(house, file.content)
    told = first.json()
    found = {(each["cell"], each["code"]) for each in told["problems"] if each["code"] != "order_refused"}
    errors = f"{len(found)} of {len(file.planted)} errors told"
    say(f"{told['rows']} rows: {told['created']} of {file.good} orders created, {errors}")
    peak = _peak_bytes(house.stack.pids["api"]) / MEGA
    again = await _send(house, file.content)
    read_workbook(file.content)
    reader = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024 / MEGA
    name = f"import of {told['rows']} rows"
    return [
        Row(f"{name}, dry run to verdict", tried.seconds, "s", limit=20),
        Row(f"{name}, to verdict", first.seconds, "s", limit=20),
        Row(f"{name}, the same file again", again.seconds, "s", limit=20),
        Row(f"{name}, peak memory of the API", peak, "MB", limit=300),
        Row(f"{name}, peak memory of the reader", reader, "MB", limit=300),
        Row(f"{name}, planted errors not told at their cell", len(file.planted - found), limit=0),
        Row(f"{name}, errors told that were not planted", len(found - file.planted), limit=0),
        Row(f"{name}, good orders not created", file.good - told["created"], limit=0),
        Row(f"{name}, created by the same file again", again.json()["created"], limit=0),
    ]


async def _send(house: House, content: bytes, **params: str) -> Answer:
    path = f"/v1/imports/orders?{urlencode({**GIVEN, **params})}"
    return await house.wire.send(request("POST", path, house.keys["operator"], content))


def _peak_bytes(pid: int) -> int:
    """The most memory that a process has had in RAM."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))
