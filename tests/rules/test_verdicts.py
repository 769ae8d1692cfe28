"""The promise ledger says what an independent judge says, on thousands of random histories (M1, invariant 9)."""

from __future__ import annotations

from datetime import datetime

import pytest

from domain.books import promises
from domain.recording import ClockRow
from tests.rules.histories import History
from tests.rules.independent_verdicts import Judged, verdicts
from tests.rules.teller import Teller

HISTORIES, FEWER = 4_000, 250
"""So many in `make thorough`, and in `make test`."""
CHUNK = 250


@pytest.mark.clause("SR-120", "SR-121", "SR-122", "SR-123", "SR-124", "SR-132")
@pytest.mark.parametrize(
    "first",
    [*range(0, FEWER, CHUNK), *(pytest.param(n, marks=pytest.mark.thorough) for n in range(FEWER, HISTORIES, CHUNK))],
)
def test_the_ledger_equals_an_independent_judge(first: int) -> None:
    for seed in range(first, first + CHUNK):
        history = History(seed)
        teller = Teller(history)
        teller.tell(history.news)
        rows = promises(teller.order, teller.now)
        assert _by_start(rows) == verdicts(teller.raw, teller.now), f"history {seed}"
        for row in rows:
            _holds(row)


def _by_start(rows: tuple[ClockRow, ...]) -> dict[tuple[str, str, datetime], Judged]:
    judged = {
        (row.kind, row.subject, row.start_at): Judged(
            row.stop_at, row.due_at, row.verdict, row.cause.startswith("LATE_"), row.net_s
        )
        for row in rows
    }
    assert len(judged) == len(rows), "one row a clock, subject and start"
    return judged


def _holds(row: ClockRow) -> None:
    """Invariant 9: start ≤ stop, net = gross − Σ pauses ≥ 0, exactly one verdict once closed."""
    assert (row.stop_at is None) or row.start_at <= row.stop_at
    if row.gross_s is None or row.net_s is None:
        assert row.verdict in {"open", "breached"}
        return
    end = row.start_at.timestamp() + row.gross_s
    covered = sum(
        min(until.timestamp() if until else end, end) - since.timestamp()
        for since, until in _apart(row)
        if since.timestamp() < end
    )
    assert row.net_s == pytest.approx(row.gross_s - covered, abs=1e-3)
    assert row.net_s >= 0
    assert row.verdict in {"met", "breached", "void"}
    assert (row.verdict == "met") <= (row.stop_at is not None)


def _apart(row: ClockRow) -> list[tuple[datetime, datetime | None]]:
    """The row's pauses from its start on, overlaps cut away."""
    apart: list[tuple[datetime, datetime | None]] = []
    reached = row.start_at
    for since, until in sorted(row.pauses, key=lambda pause: pause[0]):
        begin = max(since, reached)
        if until is not None and until <= begin:
            continue
        apart.append((begin, until))
        if until is None:
            break
        reached = until
    return apart
