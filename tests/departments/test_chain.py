"""The trail of an order: append-only, chained, and whoever tampers with one row is found (SR-003, P-16)."""

import asyncio
import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError

from domain.recording import Entry, Projection, Recording
from domain.trail import ADDED, CHANGED, MISSING, NOT_NEXT, Link, first_broken
from infra.db import tables
from infra.db.engine import driver_url
from infra.db.ledger import Ledger
from infra.db.queries.trail import whole_trail
from tests.departments.desk import Desk

AT = datetime(2026, 11, 23, 12, 0, 5, tzinfo=UTC)
MIGRATIONS = Path(__file__).parents[2] / "infra/db/migrations"


def entry(key: str, **changes: object) -> Entry:
    stage = {"before": {"stage": "RECEIVED"}, "after": {"stage": "AUDITING"}}
    return Entry.model_validate({"key": key, "code": "stage_reached", "at": AT, "recorded_at": AT, **stage, **changes})


def a_turn(order_no: str, sequence: int, *entries: Entry, run: str = "run-1") -> str:
    shown = Projection(stage="AUDITING", label="AUDITING", payment_state="unpaid", version=1)
    place = {"order_no": order_no, "run_id": run, "run_started_at": AT, "sequence": sequence, "at": AT}
    return Recording.model_validate({**place, "projection": shown, "entries": entries}).model_dump_json()


async def five_events(desk: Desk, ledger: Ledger) -> str:
    order_no = await desk.order_came_in()
    await ledger.record(
        a_turn(order_no, 1, entry("e1", actor="desk"), entry("e2", params={"费": "=1+1", "b": [1, 2.50]}))
    )
    await ledger.record(a_turn(order_no, 2, entry("e3", reason="客户来电", request_id="ask-1", actor="li.na")))
    await ledger.record(a_turn(order_no, 3, entry("e4"), entry("e5", at=AT - timedelta(hours=3))))
    return order_no


async def verified(desk: Desk, order_no: str) -> tuple[int, str, str] | None:
    """The first broken row; None where the trail is whole."""
    async with desk.engine.begin() as connection:
        found = await whole_trail(connection, order_no)
    broken = first_broken([Link.model_validate(row) for row in found["events"]], found["head"])
    return (broken.seq, broken.key, broken.reason) if broken else None


@pytest.mark.clause("SR-003")
async def test_the_events_of_an_order_are_one_chain(desk: Desk, ledger: Ledger) -> None:
    order_no = await five_events(desk, ledger)
    rows = await desk.rows(tables.order_event, order_no=order_no)
    assert [(row["seq"], row["key"]) for row in rows] == [(1, "e1"), (2, "e2"), (3, "e3"), (4, "e4"), (5, "e5")]
    assert [row["prev_hash"] for row in rows] == ["", *(row["hash"] for row in rows[:-1])]
    assert len({row["hash"] for row in rows}) == 5
    (head,) = await desk.rows(tables.trail_head, order_no=order_no)
    assert (head["seq"], head["hash"]) == (5, rows[-1]["hash"])
    assert (rows[2]["reason"], rows[2]["request_id"], rows[2]["after"]) == ("客户来电", "ask-1", {"stage": "AUDITING"})
    assert await verified(desk, order_no) is None


@pytest.mark.clause("SR-003")
async def test_a_turn_that_comes_again_adds_nothing_and_breaks_nothing(desk: Desk, ledger: Ledger) -> None:
    order_no = await five_events(desk, ledger)
    before = await desk.rows(tables.order_event), await desk.rows(tables.trail_head)
    for sequence in (1, 3):
        await ledger.record(a_turn(order_no, sequence, entry("e1"), entry("e4"), entry("e5")))
    assert (await desk.rows(tables.order_event), await desk.rows(tables.trail_head)) == before
    await ledger.record(a_turn(order_no, 4, entry("e5"), entry("e6"), entry("e1"), entry("e7")))
    keys = [(row["seq"], row["key"]) for row in await desk.rows(tables.order_event)][5:]
    assert keys == [(6, "e6"), (7, "e7")]
    assert await verified(desk, order_no) is None


@pytest.mark.clause("SR-003")
async def test_a_turn_of_an_older_release_is_chained_too(desk: Desk, ledger: Ledger) -> None:
    order_no = await desk.order_came_in()
    turn = a_turn(order_no, 1, entry("old", before={}, after={}))
    for field in ('"reason":"",', '"request_id":"",', '"before":{},', '"after":{}'):
        assert field in turn
        turn = turn.replace(field, "")
    await ledger.record(turn.replace('"params":{},}', '"params":{}}'))
    (row,) = await desk.rows(tables.order_event)
    assert (row["reason"], row["before"], row["seq"]) == ("", {}, 1)
    assert await verified(desk, order_no) is None


@pytest.mark.clause("SR-003")
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE order_event SET actor = 'nobody' WHERE key = 'e2'",
        "DELETE FROM order_event WHERE key = 'e2'",
        "DELETE FROM orders",
        "TRUNCATE orders CASCADE",
    ],
)
async def test_the_trail_is_append_only(desk: Desk, ledger: Ledger, statement: str) -> None:
    order_no = await five_events(desk, ledger)
    with pytest.raises(IntegrityError, match="The trail is append-only") as refused:
        async with desk.engine.begin() as connection:
            await connection.execute(text(statement))
    assert "orders trail ORDER_NO --verify" in str(refused.value)
    assert await verified(desk, order_no) is None
    assert len(await desk.rows(tables.order_event)) == 5


CHANGED_ROW = "UPDATE order_event SET {what} WHERE seq = {seq}"
GONE_ROW = "DELETE FROM order_event WHERE seq = {seq}"
FORGED = """
INSERT INTO order_event (order_no, key, code, at, recorded_at, seq, prev_hash, hash)
SELECT order_no, 'forged', code, at, recorded_at, {seq}, hash, 'made up' FROM order_event WHERE seq = 2"""


def changed(seq: int | str, what: str) -> str:
    return CHANGED_ROW.format(seq=seq, what=what)


TAMPERED: list[tuple[list[str], tuple[int, str, str]]] = [
    *(([changed(seq, "actor = 'x'")], (seq, f"e{seq}", CHANGED)) for seq in range(1, 6)),
    *(([GONE_ROW.format(seq=seq)], (seq, "", MISSING)) for seq in range(1, 6)),
    ([changed(3, "at = at + interval '1 microsecond'")], (3, "e3", CHANGED)),
    ([changed(2, """params = '{"b": 1}'""")], (2, "e2", CHANGED)),
    ([changed(4, """after = '{"stage": "COMPLETED"}'""")], (4, "e4", CHANGED)),
    ([changed(2, "order_no = 'SO1'")], (2, "", MISSING)),
    ([changed(4, "hash = 'x'")], (4, "e4", CHANGED)),
    ([changed(4, "prev_hash = 'x'")], (4, "e4", NOT_NEXT)),
    ([GONE_ROW.format(seq="seq")], (1, "", MISSING)),
    ([GONE_ROW.format(seq="seq"), "DELETE FROM trail_head WHERE true"], (1, "", MISSING)),
    ([FORGED.format(seq=6)], (6, "forged", ADDED)),
    (
        [
            changed("seq AND seq > 2", "seq = seq + 100"),
            FORGED.format(seq=3),
            changed("seq AND seq > 100", "seq = seq - 99"),
        ],
        (3, "forged", CHANGED),
    ),
    ([changed(2, "seq = 100"), changed(3, "seq = 2"), changed(100, "seq = 3")], (2, "e3", NOT_NEXT)),
]
"""What somebody who owns the database may do to the rows, and the first row that is then found broken."""


@pytest.mark.clause("SR-003")
@pytest.mark.parametrize(("tampering", "found"), TAMPERED)
async def test_tampering_with_any_row_is_found_and_the_first_broken_row_named(
    desk: Desk, ledger: Ledger, tampering: list[str], found: tuple[int, str, str]
) -> None:
    order_no, other = await five_events(desk, ledger), await desk.order_came_in()
    await ledger.record(a_turn(other, 1, entry("e1"), entry("e2")))
    async with desk.engine.begin() as connection:
        await connection.execute(text("SET LOCAL session_replication_role = replica"))  # no trigger, no foreign key
        for statement in tampering:
            mine = statement.replace(" WHERE ", f" WHERE order_no = '{order_no}' AND ")
            await connection.execute(text(mine))
    assert await verified(desk, order_no) == found
    assert await verified(desk, other) is None


@pytest.mark.clause("SR-003")
async def test_writers_of_one_order_come_one_after_the_other(desk: Desk, ledger: Ledger) -> None:
    """A worker that was given up and the one that took over write at the same time, the same turns in part."""
    order_no = await desk.order_came_in()
    turns = [
        a_turn(
            order_no, number, entry(f"both/{number}"), entry(f"{run}/{number}"), entry(f"both/{number + 1}"), run=run
        )
        for number in range(12)
        for run in ("a", "b", "c", "d")
    ]
    await asyncio.gather(*map(ledger.record, turns))
    rows = await desk.rows(tables.order_event, order_no=order_no)
    assert sorted(row["seq"] for row in rows) == list(range(1, 13 + 4 * 12 + 1))
    assert await verified(desk, order_no) is None


def migrated(url: str, revision: str) -> None:
    engine = create_engine(driver_url(url))
    with engine.begin() as connection:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(MIGRATIONS))
        command.upgrade(config, revision)
    engine.dispose()


def test_the_events_that_were_there_before_are_chained(fresh_database: Callable[[], str]) -> None:
    url = fresh_database()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    migrated(url, "0001")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("INSERT INTO orders (order_no, placed_at) VALUES ('SO1', now()), ('SO2', now())")
        connection.execute(
            "INSERT INTO order_event (order_no, key, code, at, recorded_at) "
            "SELECT 'SO' || (1 + n % 2), 'e' || n, 'c', now(), now() FROM generate_series(1, 7) AS n"
        )
    migrated(url, "0002")
    with psycopg.connect(url) as connection:
        for order_no, count in (("SO1", 3), ("SO2", 4)):
            rows = connection.execute(
                "SELECT seq, key, prev_hash, hash, order_event_content(e) AS content FROM order_event AS e "
                "WHERE order_no = %s ORDER BY seq",
                [order_no],
            ).fetchall()
            links = [
                Link(**dict(zip(("seq", "key", "prev_hash", "hash", "content"), row, strict=True))) for row in rows
            ]
            assert [link.seq for link in links] == list(range(1, count + 1))
            head = connection.execute("SELECT seq, hash FROM trail_head WHERE order_no = %s", [order_no]).fetchone()
            assert head == (count, links[-1].hash)
            assert all(link.prev_hash == before.hash for before, link in itertools.pairwise(links))
