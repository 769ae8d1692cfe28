"""`python -m tests.bench [--json [FILE]] [--only SECTION]`: measure against the budgets (`make bench`).

Rows go to standard output, what happens meanwhile to standard error. Status 1 where a budget is missed or a section
could not run; standard error ends with which.
"""

from __future__ import annotations

import argparse
import contextlib
import logging
import os
import shutil
import sys
import tempfile
import time
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path

import uvloop

from infra.local import DATABASES
from infra.trouble import Trouble
from tests.bench.burst import burst
from tests.bench.cost import ORDERS, cost
from tests.bench.happy import happy
from tests.bench.house import House, open_house
from tests.bench.imports import imports
from tests.bench.intake import SECONDS, intake
from tests.bench.lists import lists
from tests.bench.memory import memory
from tests.bench.recovery import recovery
from tests.bench.rows import Row, as_json, closing_table, missed
from tests.bench.takeover import takeover
from tests.bench.verdicts import verdicts

STANDARD_OUTPUT = "-"


@dataclass
class Bench:
    """What is measured, how much of it, and what was found so far."""

    folder: Path
    scale: float
    only: frozenset[str]
    rows: list[Row] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)

    def say(self, sentence: str) -> None:
        """Tell the person who waits, and keep it for the JSON."""
        self.notes.append(sentence)
        sys.stderr.write(f"[{time.monotonic() - self.began:4.0f} s] {sentence}\n")

    def value(self, name: str) -> float | None:
        """A figure that an earlier section found."""
        return next((row.value for row in self.rows if row.name == name), None)

    async def run(self) -> None:
        """Run every section that was asked for, each group on a stack of its own."""
        for number, (opening, sections) in enumerate(GROUPS):
            wanted = {name: section for name, section in sections.items() if not self.only or name in self.only}
            if wanted:
                await self._run_group(opening(self.folder / f"house-{number}"), wanted)

    async def _run_group(self, opening: AbstractAsyncContextManager[House], wanted: dict[str, Section]) -> None:
        try:
            async with opening as house:
                for name, section in wanted.items():
                    await self._run_section(name, section, house)
        except Trouble as trouble:
            self.failures.append(f"{', '.join(wanted)}: {trouble.what} {trouble.todo}")

    async def _run_section(self, name: str, section: Section, house: House) -> None:
        self.say(f"{name} …")
        try:
            self.rows += await section(self, house)
        except Exception as error:  # noqa: BLE001 - the other sections still run; the status says that one could not
            sys.stderr.write(traceback.format_exc())
            self.failures.append(f"{name}: {type(error).__name__}: {error}")


Section = Callable[[Bench, House], Awaitable[list[Row]]]


async def _happy(_bench: Bench, house: House) -> list[Row]:
    return await happy(house)


async def _verdicts(bench: Bench, house: House) -> list[Row]:
    return await verdicts(house, bench.scale)


async def _cost(bench: Bench, house: House) -> list[Row]:
    return await cost(house, bench.folder / "bare", round(ORDERS * bench.scale), bench.say)


async def _recovery(_bench: Bench, house: House) -> list[Row]:
    return await recovery(house)


async def _burst(bench: Bench, house: House) -> list[Row]:
    return await burst(house, bench.scale, bench.value("orders per second"), bench.say)


async def _intake(bench: Bench, house: House) -> list[Row]:
    return await intake(house, SECONDS * max(bench.scale, 0.25), bench.say)


async def _imports(bench: Bench, house: House) -> list[Row]:
    return await imports(house, bench.scale, bench.say)


async def _lists(bench: Bench, house: House) -> list[Row]:
    return await lists(house, bench.scale)


async def _memory(bench: Bench, house: House) -> list[Row]:
    return await memory(house, bench.scale, bench.say)


async def _takeover(bench: Bench, house: House) -> list[Row]:
    return await takeover(house, bench.scale, bench.say)


@contextlib.asynccontextmanager
async def _without_worker(data: Path) -> AsyncIterator[House]:
    """Orders come in, and nobody starts them."""
    async with open_house(data, DATABASES | {"api"}) as house:
        yield house


GROUPS: tuple[tuple[Callable[[Path], AbstractAsyncContextManager[House]], dict[str, Section]], ...] = (
    (open_house, {"happy": _happy, "cost": _cost, "verdicts": _verdicts, "recovery": _recovery, "burst": _burst}),
    (_without_worker, {"imports": _imports}),
    (_without_worker, {"intake": _intake, "takeover": _takeover, "lists": _lists}),
    (open_house, {"memory": _memory}),
)
"""Each group has a stack of its own: memory wants a fresh one, acknowledgements and lists one whose relay rests."""
NAMES = [name for _, sections in GROUPS for name in sections]


def asked(arguments: Sequence[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Measure against the budgets.")
    parser.add_argument("--json", nargs="?", const=STANDARD_OUTPUT, metavar="FILE", help="the same as JSON")
    parser.add_argument("--only", action="append", default=[], choices=NAMES, help="only this section; repeatable")
    parser.add_argument("--scale", type=float, default=1.0, help="share of the full sizes, to try the bench itself")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str]) -> int:
    """Measure and report; the answer is the exit status."""
    given = asked(arguments)
    logging.getLogger("temporalio").setLevel(logging.ERROR)
    folder = Path(tempfile.mkdtemp(prefix="orders-bench-"))
    bench = Bench(folder, given.scale, frozenset(given.only))
    try:
        uvloop.run(bench.run())
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    _report(bench, given.json)
    return 1 if bench.failures or missed(bench.rows) else 0


def _report(bench: Bench, target: str | None) -> None:
    bench.say(f"done in {time.monotonic() - bench.began:.0f} s")
    machine = as_json(bench.rows, bench.notes, bench.failures)
    if target == STANDARD_OUTPUT:
        sys.stdout.write(f"{machine}\n")
    else:
        sys.stdout.writelines(f"{row}\n" for row in bench.rows)
        sys.stdout.write(f"\n{closing_table(bench.rows)}\n")
        if target:
            Path(target).write_text(f"{machine}\n", encoding="utf-8")
    sys.stderr.writelines(f"{verdict}\n" for verdict in missed(bench.rows))
    sys.stderr.writelines(f"could not run: {failure}\n" for failure in bench.failures)


if __name__ == "__main__":
    status = main(sys.argv[1:])
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)  # the Temporal SDK's threads abort an ordinary exit now and then (temporal.md §9)
