"""`python -m tests.crash [--orders N] [worker api temporal postgres]`: kill, count, tell; status 0 if all is well."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from infra.whereabouts import load_settings
from tests.crash.plans import CALM, HERE, HOUR, SLOW, THERE, UNPAID, policy
from tests.crash.siege import Siege
from tests.crash.verdict import Verdict, judge
from tests.whole.house import House, open_house

VICTIMS = ("worker", "api", "temporal", "postgres")
NAMES = {"worker": "worker", "api": "API", "temporal": "Temporal", "postgres": "PostgreSQL"}
SHOWN = 20
"""Findings of one kind that are told in full."""
COLUMNS = ("killed", "orders", "facts", "requests", "down s", "clocks", "latest s", "lost", "doubled", "unplanned",
           "late", "unbalanced", "took s")  # fmt: skip


async def crash(victims: list[str], orders: int, folder: Path) -> dict[str, Verdict]:
    """One run a victim, on one house that is brought up for it; victim → what came of its run."""
    embedded = dict.fromkeys(("database_url", "temporal_address", "temporal_profile", "temporal_config_file"))
    settings = load_settings(ports="auto", data=folder, log_format="json").model_copy(update=embedded)
    verdicts = {}
    async with open_house(settings, hour=HOUR) as house:
        await _prepare(house)
        for victim in victims:
            before = house.evidence.shelves()
            siege = Siege(house, victim, orders)
            await siege.run()
            verdicts[victim] = await judge(siege, before)
            say(f"{NAMES[victim]}: {'all is well' if verdicts[victim].clean else 'FAILED'}, {siege.took:.0f} s")
            for kind, lines in verdicts[victim].findings.items():
                for line in lines[:SHOWN]:
                    say(f"  {kind}: {line}")
    return verdicts


async def _prepare(house: House) -> None:
    """Policies of the three channels, and goods that only one warehouse has."""
    edition = f"crash-{int(time.time())}"
    for channel in (CALM, UNPAID, SLOW):
        await house.desk.put_policy(policy(channel, f"{edition}-{channel}"), channel)
    for sku, warehouse in ((HERE, "WH-SH"), (THERE, "WH-GZ")):
        await house.desk.put(f"skus/{sku}", {"name": sku, "specification": "", "sellable": True})
        await house.desk.put(f"stock/{warehouse}/{sku}", {"on_hand": 1000})


def show(verdicts: dict[str, Verdict]) -> bool:
    """The table, and one line that says it all; whether nothing was found."""
    table = Table(title="Killed with -9 in the middle of a run", title_justify="left")
    for column in COLUMNS:
        table.add_column(column, justify="left" if column == "killed" else "right")
    for victim, verdict in verdicts.items():
        figures = verdict.figures
        down = "-" if figures["down"] is None else f"{figures['down']:.1f}"
        counts = [str(len(lines)) for lines in verdict.findings.values()]
        numbers = [str(figures[name]) for name in ("orders", "facts", "requests")]
        clocks = [str(figures["clocks"]), f"{figures['lateness']:.1f}"]
        table.add_row(NAMES[victim], *numbers, down, *clocks, *counts, f"{figures['took']:.0f}")
    console = Console(width=None if sys.stdout.isatty() else 140)
    console.print(table)
    clean = all(verdict.clean for verdict in verdicts.values())
    orders = sum(verdict.figures["orders"] for verdict in verdicts.values())
    end = "nothing lost, nothing twice, every order as planned" if clean else "NOT ALL IS WELL"
    console.print(f"{orders} orders, {len(verdicts)} kills: {end}.", highlight=False)
    return clean


def say(sentence: str) -> None:
    """Tell how far it is."""
    sys.stderr.write(f"{sentence}\n")


def main() -> int:
    """Run; the answer is the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    parser.add_argument("victims", nargs="*", metavar="|".join(VICTIMS), help="whom to kill; all of them by default")
    parser.add_argument("--orders", type=int, default=100, help="orders of one run")
    parser.add_argument("--data", type=Path, help="data folder that stays afterwards, logs and all")
    asked = parser.parse_args()
    victims = asked.victims or list(VICTIMS)
    if set(victims) - set(VICTIMS):
        parser.error(f"choose from {', '.join(VICTIMS)}")
    with tempfile.TemporaryDirectory(prefix="orders-crash-") as folder:
        verdicts = asyncio.run(crash(victims, asked.orders, asked.data or Path(folder)))
    return 0 if show(verdicts) else 1


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)  # the Temporal SDK's threads abort an ordinary exit now and then (temporal.md §9)
