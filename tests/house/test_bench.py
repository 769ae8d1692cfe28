"""What `make bench` ends with: status 1 where a budget is missed, and which."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.bench import __main__ as bench
from tests.bench.house import House
from tests.bench.rows import Row

LISTS = ["--only", "lists"]
"""A section whose measuring the tests stand in for."""


class Stack:
    """No stack is brought up: what counts here is what a section found."""

    async def __aenter__(self) -> House:
        return object.__new__(House)

    async def __aexit__(self, *_: object) -> None:
        """Nothing to stop."""


def measured(monkeypatch: pytest.MonkeyPatch, *rows: Row, arguments: Sequence[str] = LISTS) -> int:
    """The status of a run whose section finds these rows; none: it cannot run."""

    async def section(_bench: bench.Bench, _house: House) -> list[Row]:
        if not rows:
            raise RuntimeError("no figures")
        return list(rows)

    def opening(_folder: Path) -> Stack:
        return Stack()

    monkeypatch.setattr(bench, "GROUPS", ((opening, {"lists": section}),))
    return bench.main(arguments)


@pytest.mark.parametrize(
    ("row", "verdict"),
    [
        (Row("p99", 50, "ms", limit=50), ""),
        (Row("p99", 50.1, "ms", limit=50), "p99: missed (50.1, budget <= 50 ms)"),
        (Row("kept", 50, "%", limit=50, at_least=True), ""),
        (Row("kept", 49.9, "%", limit=50, at_least=True), "kept: missed (49.9, budget >= 50 %)"),
        (Row("recovery", 9, "s"), ""),
    ],
    ids=["at most", "beyond", "at least", "below", "no budget"],
)
def test_a_missed_budget_is_the_status_and_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], row: Row, verdict: str
) -> None:
    status = measured(monkeypatch, row, Row("held", 1, limit=2))
    assert (status, capsys.readouterr().err.splitlines()[2:]) == ((1, [verdict]) if verdict else (0, []))


def test_a_program_is_told_which_budgets_are_missed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert measured(monkeypatch, Row("a", 2, limit=1), Row("b", 1, limit=1), arguments=[*LISTS, "--json"]) == 1
    said = json.loads(capsys.readouterr().out)
    assert (said["missed"], said["failed"]) == (["a: missed (2, budget <= 1)"], [])


def test_a_section_that_cannot_run_is_the_status_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert measured(monkeypatch) == 1
    assert capsys.readouterr().err.splitlines()[-1] == "could not run: lists: RuntimeError: no figures"
