"""The parties' memory, one SQLite file: a kill -9 loses no result, no parcel and no news that is still to be told."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from infra.simulators.behavior import Behavior

TABLES = """
CREATE TABLE IF NOT EXISTS behavior (external_id TEXT PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS tally (
    external_id TEXT, party TEXT, what TEXT, since REAL NOT NULL, count INTEGER NOT NULL,
    PRIMARY KEY (external_id, party, what));
CREATE TABLE IF NOT EXISTS request (
    id INTEGER PRIMARY KEY, at REAL NOT NULL, party TEXT NOT NULL, path TEXT NOT NULL, key TEXT NOT NULL,
    external_id TEXT NOT NULL, status INTEGER NOT NULL, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS request_external_id ON request (external_id);
CREATE TABLE IF NOT EXISTS result (
    party TEXT, path TEXT, key TEXT, external_id TEXT NOT NULL, at REAL NOT NULL, body TEXT NOT NULL,
    answer TEXT NOT NULL, PRIMARY KEY (party, path, key));
CREATE INDEX IF NOT EXISTS result_external_id ON result (external_id);
CREATE TABLE IF NOT EXISTS document (
    document TEXT PRIMARY KEY, external_id TEXT NOT NULL, content TEXT NOT NULL, cancelled INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS receipt (
    payment_no TEXT PRIMARY KEY, channel TEXT NOT NULL, external_id TEXT NOT NULL, amount INTEGER NOT NULL,
    currency TEXT NOT NULL, paid_at REAL NOT NULL, shown_at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS parcel (
    id TEXT PRIMARY KEY, external_id TEXT NOT NULL, tracking_number TEXT UNIQUE, carrier TEXT NOT NULL,
    numbered INTEGER NOT NULL, handed_at REAL NOT NULL, news TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS parcel_external_id ON parcel (external_id);
CREATE TABLE IF NOT EXISTS news (
    id TEXT PRIMARY KEY, external_id TEXT NOT NULL, role TEXT NOT NULL, due REAL NOT NULL, body TEXT NOT NULL,
    copies INTEGER NOT NULL DEFAULT 1, told INTEGER NOT NULL DEFAULT 0, again_at REAL NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS news_external_id ON news (external_id);
CREATE TABLE IF NOT EXISTS platform_order (
    channel TEXT, external_id TEXT, updated_at REAL NOT NULL, body TEXT NOT NULL, PRIMARY KEY (channel, external_id));
CREATE INDEX IF NOT EXISTS platform_order_changed ON platform_order (channel, updated_at, external_id);
CREATE INDEX IF NOT EXISTS news_waiting ON news (due) WHERE told = 0;
"""
Row = sqlite3.Row
HONEST = Behavior()


class Books:
    """The file at ``path``; None keeps everything in memory. Used by one thread."""

    def __init__(self, path: Path | None) -> None:
        if path:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.touch(mode=0o600)
        self._connection = sqlite3.connect(path or ":memory:", isolation_level=None, check_same_thread=False)
        self._connection.row_factory = sqlite3.Row
        self._connection.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;" + TABLES)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """Write everything of the block, or nothing; no ``await`` inside."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def write(self, statement: str, *values: Any) -> int:
        """Execute one statement; the number of rows it touched."""
        return self._connection.execute(statement, values).rowcount

    def rows(self, statement: str, *values: Any) -> list[Row]:
        """All rows of a query."""
        return self._connection.execute(statement, values).fetchall()

    def row(self, statement: str, *values: Any) -> Row | None:
        """The first row of a query, or None."""
        found: Row | None = self._connection.execute(statement, values).fetchone()
        return found

    def behavior(self, external_id: str) -> Behavior:
        """How the parties behave for this order; honestly where nothing was set."""
        found = self.row("SELECT body FROM behavior WHERE external_id = ?", external_id)
        return Behavior.model_validate_json(found["body"]) if found else HONEST

    def set_behavior(self, external_id: str, behavior: Behavior) -> None:
        """From now on the parties behave like this for this order; what was counted before is forgotten."""
        body = behavior.model_dump_json(exclude_unset=True)
        self.write("INSERT OR REPLACE INTO behavior VALUES (?, ?)", external_id, body)
        self.write("DELETE FROM tally WHERE external_id = ?", external_id)

    def count(self, external_id: str, party: str, what: str, now: float) -> tuple[int, float]:
        """How often this has now happened, and when it did first (Unix seconds)."""
        found = self.row(
            "INSERT INTO tally VALUES (?, ?, ?, ?, 1) ON CONFLICT DO UPDATE SET count = count + 1 RETURNING *",
            *(external_id, party, what, now),
        )
        if found is None:
            raise LookupError(f"The tally of {party} {what} was not written")
        return found["count"], found["since"]


def as_json(value: object) -> str:
    """JSON in one form, so that equal bodies compare equal."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
