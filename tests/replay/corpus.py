"""The kept histories: read, and written without what they know of the machine they were recorded on."""

from __future__ import annotations

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
    """The files, one a life."""
    return sorted(HISTORIES.glob("*.json"))


def read(path: Path) -> WorkflowHistory:
    """One history."""
    return WorkflowHistory.from_json(f"order/{path.stem}", path.read_text(encoding="utf-8"))


def keep(name: str, history: WorkflowHistory, folder: Path = HISTORIES) -> None:
    """Write one history, an event a line."""
    events = without_the_machine(json.loads(history.to_json()))["events"]
    lines = ",\n".join(json.dumps(event, ensure_ascii=False, separators=(",", ":")) for event in events)
    (folder / f"{name}.json").write_text(f'{{"events":[\n{lines}\n]}}\n', encoding="utf-8")


def without_the_machine(value: Any) -> Any:
    """The same JSON without identities, stack traces and the queues of one worker process."""
    if isinstance(value, list):
        return [without_the_machine(part) for part in value]
    if not isinstance(value, dict):
        return value
    kept = {name: without_the_machine(part) for name, part in value.items() if name not in OF_THE_MACHINE}
    return {**kept, "taskQueue": QUEUE} if "taskQueue" in kept else kept
