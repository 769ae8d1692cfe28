"""Taking over a running shop at the counter: by batch and by file, dry and for good, and a second time (M19, AC-72)."""

from __future__ import annotations

import csv
import io
import time
from collections import Counter as Count
from typing import Any

import pytest

from infra.db.counting import put_counts
from infra.db.master_data import Count as Counted
from infra.db.master_data import Sku, Warehouse, put_skus, put_warehouse
from tests.rules.independent_verdicts import verdicts
from tests.rules.lives_before import ENDED, STATES, TAKEN, Life
from tests.web.counter import NOON, NUMBERS, Counter, order

FULL = 4_000
PIECE = 1_000
FINISHED = tuple(state for state in ENDED if state != "CANCELLING")
WITHIN_SECONDS = 60
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
async def test_four_thousand_orders_in_every_state_come_in_as_they_are(shop: Counter) -> None:
    lives = [Life(seed) for seed in range(FULL)]
    before = await rows_of(shop, *NOTHING)
    began = time.monotonic()
    answers = await takes(shop, lives)
    assert time.monotonic() - began < WITHIN_SECONDS
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


# -- by file ---------------------------------------------------------------------------------------------------------


def row_of(external_id: str, **changes: str) -> dict[str, str]:
    """A row of a line of tea in one parcel that was signed for."""
    row = {
        "channel": "tmall",
        "external_id": external_id,
        "placed_at": "2026-12-01T09:00:00+08:00",
        "name": "李雷",
        "phone": "13900139000",
        "province": "上海市",
        "city": "上海市",
        "district": "浦东新区",
        "street": "世纪大道 1 号",
        "sku": "TEA-250",
        "specification": "250g",
        "quantity": "1",
        "unit_price": "6800",
        "currency": "CNY",
        "total": "6800",
        "payment_method": "prepaid",
        "paid_amount": "6800",
        "paid_at": "2026-12-01T09:30:00+08:00",
        "entered_at": "2026-12-01T10:00:00+08:00",
        "warehouse": "SH",
        "outbound_at": "2026-12-03T09:30:01+08:00",
        "tracking_number": f"SF-{external_id}",
        "accepted_at": "2026-12-03T10:00:00+08:00",
        "scans": "PICKED_UP 2026-12-03T20:00:00+08:00; IN_TRANSIT 2026-12-04T20:00:01+08:00",
        "signed_at": "2026-12-05T09:00:00+08:00",
        "completed_at": "2026-12-05T12:00:00+08:00",
    }
    return {name: text for name, text in {**row, **changes}.items() if text}


async def imports(counter: Counter, *rows: dict[str, str], role: str = "operator", **params: Any) -> Any:
    text = io.StringIO()
    writer = csv.DictWriter(text, tuple(dict.fromkeys(name for row in rows for name in row)))
    writer.writeheader()
    writer.writerows(rows)
    headers = {**counter.key(role), "Content-Type": "text/csv"}
    answer = await counter.http.post("/v1/imports/takeover", content=text.getvalue(), params=params, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.fixture
def name() -> str:
    """An external id that no other scene has."""
    return f"K{next(NUMBERS)}"


@pytest.mark.clause("AC-72", "SR-011")
async def test_a_file_tells_an_order_s_whole_life_in_its_columns(shop: Counter, name: str) -> None:
    dry = await imports(shop, row_of(name), dry_run=True)
    assert (dry["dry_run"], dry["created"], dry["finished"], dry["stages"]) == (True, 1, 1, {"COMPLETED": 1})
    assert dry["verdicts"]["C4"] == {"breached": 1, "void": 1}
    assert dry["verdicts"]["C5"] == {"breached": 1, "met": 2}
    assert await shop.rows("SELECT 1 FROM inbound_order WHERE external_id = :name", name=name) == []

    told = await imports(shop, row_of(name), document="before.csv")
    assert {**told, "dry_run": True} == dry
    again = await imports(shop, row_of(name))
    assert (again["created"], again["known"]) == (0, 1)
    [kept] = await shop.rows("SELECT * FROM inbound_order WHERE external_id = :name", name=name)
    assert (kept["source_kind"], kept["document_no"], kept["submitter"]) == ("takeover", "before.csv", "operator 1")

    page = await shop.reads(f"/v1/orders/{kept['order_no']}")
    assert (page["stage"], page["captured"], page["cases"], page["tasks"]) == ("COMPLETED", 6800, [], [])
    assert [package["tracking_number"] for package in page["packages"]] == [f"SF-{name}"]
    late = [clock["subject"] for clock in page["clocks"] if clock["verdict"] == "breached" and clock["kind"] == "C4"]
    assert late == ["shipment/1"]
    assert all(clock["before_takeover"] for clock in page["clocks"])
    story = await shop.reads(f"/v1/orders/{kept['order_no']}/timeline", lang="en")
    said = [line["code"] for line in story["timeline"]]
    assert said[:3] == ["order_placed", "paid", "effect_done"]
    assert said[-2:] == ["order_received", "taken_over"] or said[-2:] == ["taken_over", "order_received"]
    assert story["timeline"][-1]["at"] == TAKEN.isoformat().replace("+00:00", "Z")


async def test_two_lines_in_two_parcels_are_two_rows(shop: Counter, name: str) -> None:
    open_still = {"completed_at": "", "signed_at": "", "total": "13600", "paid_amount": "13600"}
    rows = (
        row_of(name, line="a", **open_still),
        row_of(name, line="b", shipment="2", package="2", tracking_number=f"SF2-{name}", **open_still)
        | {"outbound_at": "2026-12-04T09:00:00+08:00", "accepted_at": "2026-12-04T09:30:00+08:00"},
    )
    rows[1]["scans"] = "DELIVERED 2026-12-06T09:00:00+08:00"
    told = await imports(shop, *rows)
    assert (told["stages"], told["problems"]) == ({"PARTIALLY_DELIVERED": 1}, [])
    [late] = told["overdue"]
    assert (late["external_id"], late["clocks"]) == (name, ["C5 package/1", "C6 package/1"])


async def test_what_cannot_be_is_told_by_row_and_column_and_keeps_no_other_out(shop: Counter, name: str) -> None:
    rows = (
        row_of(f"{name}a", signed_at="2027-01-05T09:00:00+08:00"),
        row_of(f"{name}b", cancelled_at="2026-12-06T09:00:00+08:00", completed_at=""),
        row_of(f"{name}c", outbound_at="yesterday"),
        row_of(f"{name}d", refunded_amount="9999", refunded_at="2026-12-06T09:00:00+08:00"),
        row_of(f"{name}e", scans="GONE"),
        row_of(f"{name}f", quantity="two"),
        row_of(f"{name}g"),
        row_of(f"{name}h", completed_at="", signed_at="2026-12-02T09:00:00+08:00", scans=""),
    )
    told = await imports(shop, *rows)
    assert [(each["row"], each["column"], each["code"]) for each in told["problems"]] == [
        (2, "signed_at", "lies_ahead"),
        (3, "cancelled_at", "ended_after_outbound"),
        (4, "outbound_at", "datetime_from_date_parsing"),
        (5, "refunded_amount", "refunded_too_much"),
        (6, "scans", "scan_unreadable"),
        (6, "scans", "enum"),
        (6, "scans", "datetime_from_date_parsing"),
        (7, "quantity", "not_a_whole_number"),
    ]
    assert (told["orders"], told["created"], told["refused"]) == (8, 2, 6)
    assert told["stages"] == {"COMPLETED": 1, "DELIVERED": 1}, "signed before outbound is kept as it was told"


async def test_what_is_missing_is_taken_for_granted_and_counted(shop: Counter, name: str) -> None:
    told_not = ("paid_amount", "paid_at", "entered_at", "outbound_at", "tracking_number", "accepted_at", "scans")
    told = await imports(shop, row_of(name, signed_at="", **dict.fromkeys(told_not, "")))
    assert told["stages"] == {"COMPLETED": 1}
    assert told["assumed"] == dict.fromkeys(
        ["audited_at", "entered_at", "outbound_at", "payments", "signed_at", "stock_confirmed_at"], 1
    )


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
