"""The table clause → module → test of docs/manual.md; `python -m tests.house.manual_table` prints it refreshed.

What a clause asks and the modules that decide it are written by hand and kept; the tests come from the marks
`@pytest.mark.clause(…)`, read from the source. With --write the page is kept so.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "manual.md"
CLAUSE = re.compile(r"(?:SR|AC|EC)-\d+[a-z]?|C\d")
NAMED = re.compile(r"`([^`]+)`")
PROVEN_AS = {
    "C1": ("SR-120",),
    "C2": ("SR-121",),
    "C3": ("SR-122",),
    "C4": ("SR-123",),
    "C5": ("SR-124",),
    "C6": ("SR-132",),
    "C8": ("AC-70",),
}
"""A clock's own row is proven by the tests of the requirement, or of the scene, that says it."""
FOUND_PROBLEMS = 3


@dataclass(frozen=True)
class Row:
    """One row: the clause, what it asks, the modules that decide it, the tests that prove it."""

    clause: str
    asks: str
    modules: tuple[str, ...]
    tests: tuple[str, ...]

    def __str__(self) -> str:
        return f"| {self.clause} | {self.asks} | {_code(self.modules)} | {_code(self.tests)} |"

    def proven_by(self, marks: dict[str, set[str]]) -> tuple[str, ...]:
        """The test files whose marks name this clause."""
        names = (self.clause, *PROVEN_AS.get(self.clause, ()))
        return tuple(sorted(set().union(*(marks.get(name, set()) for name in names))))


def _code(names: tuple[str, ...]) -> str:
    return " ".join(f"`{name}`" for name in names)


def read_row(line: str) -> Row | None:
    """The row that stands in a line of the page; None where none does."""
    cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
    if not line.startswith("|") or len(cells) != len(Row.__dataclass_fields__) or not CLAUSE.fullmatch(cells[0]):
        return None
    clause, asks, modules, tests = cells
    return Row(clause, asks, tuple(NAMED.findall(modules)), tuple(NAMED.findall(tests)))


def rows() -> list[Row]:
    """Every row of the page."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    return [row for row in map(read_row, lines) if row is not None]


@cache
def marks() -> dict[str, set[str]]:
    """Clause → the test files that are marked with it."""
    found: dict[str, set[str]] = {}
    for path in sorted((ROOT / "tests").rglob("*.py")):
        for clause in _marked(ast.parse(path.read_text(encoding="utf-8"))):
            found.setdefault(clause, set()).add(str(path.relative_to(ROOT)))
    return found


def _marked(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.clause":
            yield from (str(name.value) for name in node.args if isinstance(name, ast.Constant))


def refreshed() -> str:
    """The page with the tests of every row as the marks say now."""
    known = marks()
    lines = []
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        row = read_row(line)
        lines.append(line if row is None else str(Row(row.clause, row.asks, row.modules, row.proven_by(known))))
    return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> int:
    """Print the rows, or keep the page; 3 where a clause lacks its row or a row its test."""
    page, known = refreshed(), marks()
    if "--write" in arguments:
        PAGE.write_text(page, encoding="utf-8")
    found = [row for row in map(read_row, page.splitlines()) if row is not None]
    sys.stdout.write("\n".join(map(str, found)) + "\n")
    lacking = sorted(known.keys() - {row.clause for row in found})
    unproven = [row.clause for row in found if not row.tests]
    for clause in lacking:
        sys.stderr.write(f"{clause} is marked in {', '.join(sorted(known[clause]))}: give it a row in {PAGE.name}.\n")
    for clause in unproven:
        sys.stderr.write(f"{clause} has a row and no test that is marked with it.\n")
    return FOUND_PROBLEMS if lacking or unproven else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
