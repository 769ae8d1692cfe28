"""Taking over a running shop at the counter: by batch and by file, dry and for good, and a second time (M19, AC-72)."""

from __future__ import annotations

from collections import Counter as Count
from typing import Any

import pytest

from infra.db.counting import put_counts
from infra.db.master_data import Count as Counted
from infra.db.master_data import Sku, Warehouse, put_skus, put_warehouse
from tests.rules.independent_verdicts import verdicts
from tests.rules.lives_before import ENDED, STATES, TAKEN, Life
from tests.web.counter import NOON, NUMBERS, Counter, order

FULL = 300
PIECE = 100
FINISHED = tuple(state for state in ENDED if state != "CANCELLING")
WRITTEN = ("orders", "inbound_order", "order_line", "clock", "order_event", "reservation", "taken_over")
"""Tables that a takeover writes."""
NOTHING = ("outbox", "effect", "exception_case", "task", "inbound_fact", "alert")


async def takes(counter: Counter, lives: list[Life], **params: Any) -> list[Any]:
    """Tell these lives in pieces; the answers."""
    answers = []
    for begin in range(0, len(lives), PIECE):
        body = {"orders": [life.posted() for life in lives[begin : begin + PIECE]]}
        answer = await counter.http.post("/v1/takeovers", json=body, params=params, headers=counter.key("operator"))
        assert answer.status_code == 200, answer.text
        answers.append(answer.json())
    return answers


def _came_of(answers: list[Any]) -> tuple[list[int], Count[str]]:
    """How many were created, known, refused and are short of stock; and how many are in which stage."""
    assert [answer["problems"] for answer in answers] == [[]] * len(answers)
    names = ("created", "known", "refused", "short")
    return [total(answers, name) for name in names], sum((Count(answer["stages"]) for answer in answers), Count())


def total(answers: list[Any], name: str) -> int:
    return sum(answer[name] for answer in answers)


async def rows_of(counter: Counter, *tables: str) -> dict[str, int]:
    counted = {table: await counter.rows(f"SELECT count(*) AS n FROM {table}") for table in tables}  # noqa: S608
    return {table: rows[0]["n"] for table, rows in counted.items()}


@pytest.fixture(scope="module")
async def shop(counter: Counter) -> Counter:
    """A counter whose warehouses hold what the shop before had sold."""
    async with counter.engine.begin() as connection:
        await put_skus(connection, [Sku("SKU-1"), Sku("SKU-2")])
        for place in ("WH-1", "WH-2"):
            await put_warehouse(connection, Warehouse(place, priority=1))
        counts = [Counted(place, sku, 10_000) for place in ("WH-1", "WH-2") for sku in ("SKU-1", "SKU-2")]
        await put_counts(connection, counts, NOON)
    counter.watch.time = TAKEN
    return counter


@pytest.mark.clause("AC-72")
async def test_hundreds_of_orders_in_every_state_come_in_as_they_are(shop: Counter) -> None:
    lives = [Life(seed) for seed in range(FULL)]
    before = await rows_of(shop, *NOTHING)
    answers = await takes(shop, lives)
    assert _came_of(answers) == ([FULL, 0, 0, 0], Count(life.stage for life in lives))
    assert await rows_of(shop, *NOTHING) == before

    stood = await rows_of(shop, *WRITTEN)
    again = await takes(shop, lives)
    assert [total(again, name) for name in ("created", "known", "refused")] == [0, FULL, 0]
    assert await rows_of(shop, *WRITTEN, *NOTHING) == stood | before

    kept = await shop.rows("SELECT external_id, order_no, stage, final FROM orders WHERE external_id LIKE 'OLD-%'")
    assert {row["external_id"]: row["stage"] for row in kept} == {f"OLD-{life.seed}": life.stage for life in lives}
    started = await shop.rows("SELECT order_no, started_at FROM inbound_order WHERE external_id LIKE 'OLD-%'")
    assert {row["order_no"] for row in started if row["started_at"]} == {
        row["order_no"] for row in kept if row["final"]
    }
    snapshots = await shop.rows("SELECT order_no FROM taken_over WHERE snapshot IS NOT NULL")
    assert {row["order_no"] for row in snapshots} == {row["order_no"] for row in kept if not row["final"]}
    await _the_ledgers_hold(shop, lives)


@pytest.mark.clause("AC-72")
async def test_a_dry_run_says_the_same_and_writes_nothing(shop: Counter) -> None:
    lives = [Life(seed) for seed in range(FULL, FULL + len(STATES) * 3)]
    stood = await rows_of(shop, *WRITTEN, *NOTHING)
    dry = await takes(shop, lives, dry_run=True)
    assert await rows_of(shop, *WRITTEN, *NOTHING) == stood
    real = await takes(shop, lives)
    for told in (dry, real):
        assert _came_of(told) == ([len(lives), 0, 0, 0], Count(life.stage for life in lives))
    assert [each["verdicts"] for each in dry] == [each["verdicts"] for each in real]
    judged = Count((kind, found.verdict) for life in lives for (kind, *_), found in verdicts(life.raw, life.at).items())
    said = {(kind, verdict): count for kind, found in dry[0]["verdicts"].items() for verdict, count in found.items()}
    assert said == judged


async def _the_ledgers_hold(shop: Counter, lives: list[Life]) -> None:
    """Promises as an independent judge has them; stock as the ledger has it."""
    clocks = await shop.rows(
        "SELECT o.external_id, c.kind, c.subject, c.start_at, c.verdict, c.before_takeover, c.case_no "
        "FROM clock AS c JOIN orders AS o USING (order_no) WHERE o.external_id LIKE 'OLD-%'"
    )
    told = {(row["external_id"], row["kind"], row["subject"], row["start_at"]): row["verdict"] for row in clocks}
    judged = {
        (f"OLD-{life.seed}", *clock): found.verdict
        for life in lives
        for clock, found in verdicts(life.raw, life.at).items()
    }
    assert told == judged
    assert all(row["before_takeover"] == (row["verdict"] != "open") and row["case_no"] is None for row in clocks)
    off = await shop.rows(
        "SELECT l.sku, l.warehouse FROM stock_level AS l LEFT JOIN reservation AS r USING (sku, warehouse) "
        "GROUP BY l.sku, l.warehouse, l.reserved HAVING l.reserved <> COALESCE(sum(r.units), 0)"
    )
    assert off == []
    [waiting] = await shop.rows(
        "SELECT sum(l.reserved + l.picked) AS units FROM order_line AS l JOIN orders AS o USING (order_no) "
        "WHERE NOT o.final AND o.external_id LIKE 'OLD-%'"
    )
    [held] = await shop.rows("SELECT sum(units) AS units FROM reservation")
    assert held["units"] == waiting["units"]


@pytest.fixture
def name() -> str:
    """An external id that no other scene has."""
    return f"K{next(NUMBERS)}"


# -- known, refused, late --------------------------------------------------------------------------------------------


def batch(*orders: Any) -> dict[str, Any]:
    return {"orders": list(orders)}


async def test_a_batch_tells_every_problem_by_place_and_path(shop: Counter, name: str) -> None:
    good = order(f"{name}1", placed_at="2026-12-01T09:00:00+08:00")
    cases = (
        good,
        good,
        order(f"{name}2", history={"pakages": []}),
        order(f"{name}3", history={"packages": [{"lines": [{"line": "9", "quantity": 1}]}]}),
        order(f"{name}4", history={"payments": [{"amount": 99_999}]}),
        order(f"{name}5", lines=[]),
    )
    answer = await shop.send("POST", "/v1/takeovers", batch(*cases))
    told = answer.json()
    assert [(each["row"], each["column"], each["code"]) for each in told["problems"]] == [
        (1, "external_id", "order_twice"),
        (2, "history.pakages", "extra_forbidden"),
        (3, "history.packages.0.lines", "unknown_line"),
        (4, "history.payments", "paid_too_much"),
        (5, "lines", "too_short"),
    ]
    assert (told["created"], told["refused"], told["stages"]) == (1, 5, {"RECEIVED": 1})


async def test_a_known_order_stays_as_it_is(shop: Counter, name: str) -> None:
    placed = order(name)
    number = await shop.places(placed)
    same = await shop.send("POST", "/v1/takeovers", batch({**placed, "history": {"rejected_at": NOON.isoformat()}}))
    other = await shop.send("POST", "/v1/takeovers", batch(order(name, total=1)))
    assert (same.json()["known"], same.json()["created"]) == (1, 0)
    assert [each["code"] for each in other.json()["problems"]] == ["other_content"]
    assert (await shop.reads(f"/v1/orders/{number}"))["stage"] == "RECEIVED"


async def test_taking_over_is_for_the_desk(shop: Counter, name: str) -> None:
    answer = await shop.send("POST", "/v1/takeovers", batch(order(name)), role="channel")
    assert (answer.status_code, answer.json()["code"]) == (403, "role_not_allowed")
    empty = await shop.send("POST", "/v1/takeovers", {"orders": []})
    assert (empty.status_code, empty.json()["code"]) == (422, "wrong_shape")
