"""A running shop's orders in a file: their columns, what cannot be by row and column, what is implied (M19, AC-72)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rules.lives_before import TAKEN
from tests.web.counter import NUMBERS, Counter
from tests.web.test_imports import ROW, sheet
from tests.web.test_imports import imports as imports_file


@pytest.fixture(scope="module")
async def shop(counter: Counter) -> Counter:
    """A counter on the day of the takeover."""
    counter.watch.time = TAKEN
    return counter


def row_of(external_id: str, **changes: str) -> dict[str, str]:
    """A row of a line of tea in one parcel that was signed for."""
    row = {
        **ROW,
        "channel": "tmall",
        "external_id": external_id,
        "placed_at": "2026-12-01T09:00:00+08:00",
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


async def imports(counter: Counter, *rows: dict[str, str], **params: Any) -> Any:
    return await imports_file(counter, "takeover", sheet(*rows), **params)


@pytest.fixture
def name() -> str:
    """An external id that no other scene has."""
    return f"K{next(NUMBERS)}"


@pytest.mark.clause("AC-72")
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
