"""The kept histories: read, and written without what they know of the machine they were recorded on."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

from temporalio.client import WorkflowHistory

HISTORIES = Path(__file__).parent / "histories"
RETURNS = Path(__file__).parent / "returns"
"""Lives of returns; ``RECORD_HISTORIES=1`` with tests/web/test_returns.py records them anew."""
OF_THE_MACHINE = frozenset({"identity", "stackTrace", "workerVersion", "sdkMetadata", "binaryChecksum"})
QUEUE = {"name": "orders", "kind": "TASK_QUEUE_KIND_NORMAL"}


def recorded() -> list[Path]:
    """The files, one a life; long ones are packed."""
    return sorted((*HISTORIES.glob("*.json"), *HISTORIES.glob("*.json.gz")))


def name_of(path: Path) -> str:
    """The life whose history a file keeps."""
    return path.name.partition(".")[0]


def text_of(path: Path) -> str:
    """What a file says."""
    raw = path.read_bytes()
    return (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode()


def read(path: Path) -> WorkflowHistory:
    """One history."""
    return WorkflowHistory.from_json(f"order/{name_of(path)}", text_of(path))


def keep(name: str, history: WorkflowHistory, folder: Path = HISTORIES, *, packed: bool = False) -> None:
    """Write one history, an event a line."""
    events = without_the_machine(json.loads(history.to_json()))["events"]
    lines = ",\n".join(json.dumps(event, ensure_ascii=False, separators=(",", ":")) for event in events)
    text = f'{{"events":[\n{lines}\n]}}\n'.encode()
    if packed:
        (folder / f"{name}.json.gz").write_bytes(gzip.compress(text, mtime=0))
    else:
        (folder / f"{name}.json").write_bytes(text)


def without_the_machine(value: Any) -> Any:
    """The same JSON without identities, stack traces and the queues of one worker process."""
    if isinstance(value, list):
        return [without_the_machine(part) for part in value]
    if not isinstance(value, dict):
        return value
    kept = {name: without_the_machine(part) for name, part in value.items() if name not in OF_THE_MACHINE}
    return {**kept, "taskQueue": QUEUE} if "taskQueue" in kept else kept
