"""docs/transitions.md, generated from the table in `domain.transitions`: `python -m tests.house.transitions_page`.

It prints the page; with --write it keeps it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from domain.stage import Stage
from domain.transitions import FACTS, GUARDS, REQUESTS, STEPS, Row, diagram

PAGE = Path(__file__).parents[2] / "docs" / "transitions.md"
INTRODUCTION = """# Transitions

Generated from `domain/transitions.py` by `python -m tests.house.transitions_page --write`; a test keeps it equal.

The order's stage is never set: it is computed from the ledgers of lines, shipments, packages and money
(`domain/order.py`). The table says which event is taken in which stage, which guards must hold, and where it may lead.
It is exact: the exhaustive search of the tests sees every move in it, and no other. A move that looks too long is news
that came late. From the table come the open actions of `explain`, the refusals, and the diagram below.
"""


def page() -> str:
    """The whole page."""
    return "\n".join(
        (
            INTRODUCTION,
            "## Requests: what may be asked\n",
            *_table(REQUESTS),
            "\n## Steps: what the desk does by itself\n",
            *_table(STEPS),
            "\n## Facts: what the outside reports, where it moves the stage\n",
            *_table(FACTS),
            "\n## Guards\n",
            ", ".join(f"`{name}`" for name in GUARDS) + ".\n",
            "## Diagram\n",
            "```mermaid",
            diagram().rstrip("\n"),
            "```\n",
        )
    )


def _table(rows: Iterable[Row]) -> Iterable[str]:
    yield "| Event | Taken in | Guards | May lead to |"
    yield "|---|---|---|---|"
    for row in rows:
        guards = " ".join(f"`{name}`" for name in row.guards) or "none"
        leads = _stages(row.to) or "the stage stays"
        yield f"| `{row.event}` | {_stages(row.stages)} | {guards} | {leads} |"


def _stages(stages: frozenset[Stage]) -> str:
    """Stages in the order of an order's life."""
    return " ".join(f"`{stage}`" for stage in Stage if stage in stages)


if __name__ == "__main__":
    if "--write" in sys.argv:
        PAGE.write_text(page(), encoding="utf-8")
    else:
        sys.stdout.write(page())
