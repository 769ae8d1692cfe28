"""An order's trail as a CSV: a row a thing that happened, safe to open in a spreadsheet program."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from typing import Any

COLUMNS = (
    *("part", "seq", "at", "recorded_at", "key", "what", "actor", "source", "reason", "request_id"),
    *("before", "after", "detail", "prev_hash", "hash"),
)
PARTS: dict[str, tuple[str, str, str]] = {
    "events": ("at", "key", "code"),
    "corrections": ("at", "correction", "status"),
    "facts": ("occurred_at", "fact_id", "kind"),
    "effects": ("since", "key", "kind"),
    "letters": ("created_at", "key", "kind"),
    "clocks": ("start_at", "subject", "kind"),
    "cases": ("opened_at", "case_no", "kind"),
    "tasks": ("opened_at", "key", "kind"),
    "debts": ("since", "debt", "code"),
    "stock": ("at", "key", "step"),
}
"""Part of the trail → its time, its key, and what it is."""
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_of(trail: Mapping[str, Any]) -> bytes:
    """The answer of ``GET /v1/orders/{order_no}/trail`` as a CSV in UTF-8 with BOM, as Excel wants it."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows([_cell(row.get(column)) for column in COLUMNS] for row in _rows(trail))
    return text.getvalue().encode("utf-8-sig")


def _rows(trail: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    posted = trail.get("posted")
    if posted:
        when = {"at": posted["placed_at"], "recorded_at": posted["received_at"]}
        who = {"actor": posted["submitter"], "source": posted["channel"], "request_id": posted["request_id"]}
        yield {"part": "posted", "key": posted["external_id"], "what": "order_placed", **when, **who, "detail": posted}
    for part, (at, key, what) in PARTS.items():
        for row in trail[part]:
            known = {name: row[name] for name in COLUMNS if name in row}
            rest = {name: value for name, value in row.items() if name not in {*known, at, key, what}}
            detail = rest.pop("params", {}) if part == "events" else rest
            yield {**known, "part": part, "at": row[at], "key": row[key], "what": row[what], "detail": detail}


def _cell(value: Any) -> str:
    """A value as text; what a spreadsheet program would take for a formula is kept from it by an apostrophe."""
    if value in (None, {}, []):
        return ""
    text = json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, dict | list) else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text
