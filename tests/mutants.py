"""The score of `make mutants`: how many changed rules the exact tests noticed (ends with 1 under 85 %)."""

from __future__ import annotations

import json
import sys
from pathlib import Path

STATS = Path("mutants/mutmut-cicd-stats.json")
WANTED = 0.85


def untried(stats: dict[str, int]) -> int:
    """Changes that nothing was said of: a run that was broken off proves nothing."""
    told = ("killed", "timeout", "survived", "no_tests", "suspicious", "skipped")
    return stats["total"] - sum(stats[each] for each in told)


def score(stats: dict[str, int]) -> float:
    """The share of the changes that were tried and noticed; a test that never ended noticed too."""
    noticed = stats["killed"] + stats["timeout"]
    tried = noticed + stats["survived"] + stats["no_tests"] + stats["suspicious"]
    return noticed / tried if tried else 0.0


def main() -> int:
    """Say it."""
    stats = json.loads(STATS.read_text(encoding="utf-8"))
    if left := untried(stats):
        sys.stderr.write(f"{left} of {stats['total']} changes were not tried to the end; run make mutants again\n")
        return 1
    found = score(stats)
    sys.stdout.write(f"{found:.1%} of the changed rules were noticed; at least {WANTED:.0%} are wanted\n")
    return int(found < WANTED)


if __name__ == "__main__":
    sys.exit(main())
