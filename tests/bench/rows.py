"""What the bench says: one row a figure, and for those with a budget whether it is held (performance.md, Budgets)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

WHOLE, TENTHS = 100, 10
"""From here on no decimals are shown, from here on one."""


@dataclass(frozen=True)
class Row:
    """One figure. ``limit`` is the budget of performance.md's column "first", a lower one with ``at_least``."""

    name: str
    value: float
    unit: str = ""
    limit: float | None = None
    at_least: bool = False

    def __str__(self) -> str:
        return f"{self.name}: {shown(self.value)} {self.unit}".rstrip()

    @property
    def held(self) -> bool | None:
        """Whether the budget is held; None where there is none."""
        if self.limit is None:
            return None
        return self.value >= self.limit if self.at_least else self.value <= self.limit

    @property
    def verdict(self) -> str:
        """The line of the closing table."""
        sign = ">=" if self.at_least else "<="
        allowed = f"{sign} {shown(self.limit or 0)} {self.unit}".rstrip()
        return f"{self.name}: {'held' if self.held else 'missed'} ({shown(self.value)}, budget {allowed})"

    def as_json(self) -> dict[str, Any]:
        """The same for machines, unrounded."""
        row: dict[str, Any] = {"name": self.name, "value": self.value, "unit": self.unit}
        if self.limit is not None:
            row["budget"] = {"at_least" if self.at_least else "at_most": self.limit, "held": self.held}
        return row


def shown(value: float) -> str:
    """A figure as people read it: as many decimals as it needs."""
    if float(value).is_integer() or abs(value) >= WHOLE:
        return f"{value:.0f}"
    return f"{value:.1f}" if abs(value) >= TENTHS else f"{value:.2f}"


def closing_table(rows: Sequence[Row]) -> str:
    """Every budget with its verdict, a line each."""
    judged = [row.verdict for row in rows if row.limit is not None]
    return "\n".join(["Budgets (performance.md, first):", *(f"  {line}" for line in judged)])


def missed(rows: Sequence[Row]) -> list[str]:
    """The verdicts of the budgets that are not held."""
    return [row.verdict for row in rows if row.held is False]


def as_json(rows: Sequence[Row], notes: Sequence[str], failures: Sequence[str]) -> str:
    """Everything for machines: the rows, the budgets missed, notes (each single run), what could not run."""
    said = {
        "rows": [row.as_json() for row in rows],
        "missed": missed(rows),
        "notes": list(notes),
        "failed": list(failures),
    }
    return json.dumps(said, indent=2, ensure_ascii=False)


def at_share(values: Sequence[float], share: float) -> float:
    """The value below which ``share`` of the values lie: 0.5 is the median, 0.99 the p99."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
