"""What speaks for an order when all is over: the parties' own logs, the stock books, the inbox, the workflows.

Nothing here asks the product what it did: effects are counted where they arrived, books are added up in SQL.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx2
import psycopg
from psycopg.rows import dict_row

IDENTITY = {
    ("erp", "/documents"): ("version",),
    ("erp", "/cancellations"): ("document",),
    ("erp", "/states"): ("status",),
    ("warehouse", "/releases"): ("shipment",),
    ("payments", "/refunds"): ("currency",),
    ("messenger", "/messages"): ("template", "text"),
    ("shop", "/tracking_numbers"): ("tracking_number",),
    ("shop", "/states"): ("status",),
    ("carrier", "/subscriptions"): ("tracking_number",),
}
"""What makes two effects of one order the same, whatever keys they were asked under."""

Log = Mapping[str, Any]
"""`GET /log` of the simulated parties, for one order."""


@dataclass(frozen=True)
class Evidence:
    """The simulated parties' logs and the database of a house."""

    simulators_url: str
    database_url: str

    async def logs(self, external_ids: Sequence[str]) -> dict[str, Log]:
        """What the parties were asked and did, by order."""
        async with httpx2.AsyncClient(base_url=self.simulators_url, timeout=30) as client:
            return {one: (await client.get("/log", params={"external_id": one})).json() for one in external_ids}

    def rows(self, statement: str, **values: object) -> list[dict[str, Any]]:
        """The rows of a query."""
        with psycopg.connect(self.database_url, row_factory=dict_row) as connection:
            return connection.execute(statement.encode(), values).fetchall()

    def shelves(self) -> dict[tuple[str, str], int]:
        """Warehouse and SKU → what is on hand together with everything that ever left: what nobody may change."""
        return {(row["warehouse"], row["sku"]): row["on_hand"] + row["outbound"] for row in self.rows(STOCK)}

    def unbalanced(self, before: Mapping[tuple[str, str], int]) -> list[str]:
        """Where the stock books do not add up: shelves since ``before``, reserved units and ledger, what was sent."""
        found = [
            f"{row['warehouse']} {row['sku']}: {row['reserved']} reserved, the ledger has {row['booked']}"
            for row in self.rows(STOCK)
            if row["reserved"] != row["booked"]
        ]
        now = self.shelves()
        found += [
            f"{place}: {units} units before, {now[place]} now" for place, units in before.items() if now[place] != units
        ]
        lines = self.rows(SENT)
        return found + [
            f"{row['order_no']}/{row['line']}: {row['sent']} units sent, {row['booked']} booked"
            for row in lines
            if row["sent"] != row["booked"]
        ]


STOCK = """SELECT l.warehouse, l.sku, l.on_hand, l.reserved,
        COALESCE(sum(r.units), 0) AS booked, COALESCE(sum(r.outbound), 0) AS outbound
    FROM stock_level AS l LEFT JOIN reservation AS r USING (warehouse, sku) GROUP BY 1, 2, 3, 4"""
SENT = """WITH s AS (
    SELECT p.order_no, l.line, sum(l.units::int) AS sent FROM package AS p, jsonb_each_text(p.lines) AS l(line, units)
    WHERE p.outbound_at IS NOT NULL GROUP BY 1, 2
), b AS (
    SELECT order_no, line, sum(outbound) AS booked FROM reservation
    WHERE strpos(order_no, '/transfer/') = 0 -- the others went to another warehouse, not to a customer
    GROUP BY 1, 2 HAVING sum(outbound) > 0
)
SELECT order_no, line, COALESCE(sent, 0) AS sent, COALESCE(booked, 0) AS booked
FROM s FULL JOIN b USING (order_no, line)"""


def effects(log: Log) -> Counter[tuple[str, ...]]:
    """How often each effect of an order was done: party, path and what it was about → times."""
    return Counter(_identity(effect) for effect in log["effects"])


def doubled(log: Log) -> list[str]:
    """The effects of an order that were done more than once."""
    return [
        f"{log['external_id']}: {' '.join(effect)} {times} times" for effect, times in effects(log).items() if times > 1
    ]


def messages(log: Log) -> list[str]:
    """The templates of an order's messages, in the order in which they were sent."""
    return [effect["body"]["template"] for effect in log["effects"] if effect["party"] == "messenger"]


def done(log: Log, party: str, path: str) -> list[dict[str, Any]]:
    """What a party was given at one counter, each once."""
    return [effect["body"] for effect in log["effects"] if (effect["party"], effect["path"]) == (party, path)]


def needles(words: Iterable[str]) -> list[bytes]:
    r"""Personal data as it may stand in a log or a payload: as UTF-8, and as JSON's \uXXXX."""
    plain = list(words)
    escaped = [word.encode("ascii", "backslashreplace") for word in plain]
    return sorted({*(word.encode() for word in plain), *escaped})


def _identity(effect: Mapping[str, Any]) -> tuple[str, ...]:
    party, path = effect["party"], effect["path"]
    names = IDENTITY.get((party, path))
    about = [str(effect["body"][name]) for name in names] if names else [effect["key"]]
    return (party, path, *about)
