"""Files of orders, SKUs and stock (SR-011, SR-034): good rows go in, bad ones are told by row, column and reason."""

from __future__ import annotations

import csv
import io
from typing import Any

import httpx2
import pytest

from tests.web.counter import NOON, NUMBERS, Counter, order

ROW = {
    "channel": "store",
    "placed_at": NOON.isoformat(),
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
    "payment_method": "cod",
}


def row(external_id: str, **changes: str) -> dict[str, str]:
    return {"external_id": external_id, **ROW, **changes}


def sheet(*rows: dict[str, str], columns: tuple[str, ...] = ()) -> str:
    text = io.StringIO()
    names = columns or tuple(dict.fromkeys(name for each in rows for name in each))
    writer = csv.DictWriter(text, names)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


async def imports(counter: Counter, kind: str, content: str | bytes, role: str = "operator", **params: Any) -> Any:
    answer = await counter.http.post(
        f"/v1/imports/{kind}", content=content, params=params, headers={**counter.key(role), "Content-Type": "text/csv"}
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


def told(report: Any) -> list[tuple[int, str, str]]:
    return [(problem["row"], problem["column"], problem["code"]) for problem in report["problems"]]


@pytest.fixture
def name() -> str:
    """An external id that no other scene has."""
    return f"F{next(NUMBERS)}"


@pytest.mark.clause("SR-011")
async def test_of_three_rows_the_good_two_go_in_and_the_bad_one_is_told(counter: Counter, name: str) -> None:
    content = sheet(row(f"{name}1"), row(f"{name}2", quantity="two"), row(f"{name}3"))
    report = await imports(counter, "orders", content, document="stores.csv")
    assert (report["rows"], report["created"], report["known"], report["refused"]) == (3, 2, 0, 1)
    assert told(report) == [(3, "quantity", "not_a_whole_number")]
    assert "two" not in report["problems"][0]["reason"]
    [kept] = await counter.rows("SELECT * FROM inbound_order WHERE external_id = :id", id=f"{name}1")
    assert (kept["source_kind"], kept["submitter"], kept["document_no"]) == ("file", "operator 1", "stores.csv")
    again = await imports(counter, "orders", content)
    assert (again["created"], again["known"], again["refused"]) == (0, 2, 1)


@pytest.mark.clause("SR-011")
async def test_rows_of_one_order_go_together_wherever_they_stand(counter: Counter, name: str) -> None:
    first = row(f"{name}a", total="13600", submitter="店员A", document_no="D-7")
    rows = (first, row(f"{name}b"), {"channel": "store", "external_id": f"{name}a", **part("CUP", "2", "3400")})
    report = await imports(counter, "orders", sheet(*rows))
    assert (report["created"], report["problems"]) == (2, [])
    [kept] = await counter.rows("SELECT * FROM inbound_order WHERE external_id = :id", id=f"{name}a")
    assert [(line["line"], line["sku"], line["quantity"]) for line in kept["raw"]["lines"]] == [
        ("1", "TEA-250", 1),
        ("2", "CUP", 2),
    ]
    assert (kept["submitter"], kept["document_no"]) == ("店员A", "D-7")


def part(sku: str, quantity: str, unit_price: str) -> dict[str, str]:
    return {"sku": sku, "quantity": quantity, "unit_price": unit_price}


async def test_an_order_goes_in_whole_or_not_at_all(counter: Counter, name: str) -> None:
    rows = (row(name), row(name, quantity="x"), row(name, total="1"), row(f"{name}b"))
    report = await imports(counter, "orders", sheet(*rows))
    assert (report["created"], report["refused"]) == (1, 3)
    assert told(report) == [
        (2, "", "order_refused"),
        (3, "quantity", "not_a_whole_number"),
        (4, "total", "rows_differ"),
    ]


async def test_every_problem_of_a_file_is_told_at_once(counter: Counter, name: str) -> None:
    rows = (
        row(name, placed_at="2026-11-23 09:00", currency="yuan", payment_method="cash"),
        row("", quantity=""),
        row(f"{name}b", unit_price="", total="12.50", promised_delivery_date="soon"),
    )
    report = await imports(counter, "orders", sheet(*rows, columns=(*row(""), "promised_delivery_date")))
    assert set(told(report)) == {
        (2, "placed_at", "timezone_aware"),
        (2, "currency", "string_pattern_mismatch"),
        (2, "payment_method", "literal_error"),
        (3, "external_id", "missing"),
        (4, "unit_price", "missing"),
        (4, "total", "not_a_whole_number"),
        (4, "promised_delivery_date", "date_from_datetime_parsing"),
    }
    assert (report["created"], report["refused"]) == (0, 3)


async def test_what_an_order_of_a_file_says_is_the_audits_business_too(counter: Counter, name: str) -> None:
    report = await imports(counter, "orders", sheet(row(name, sku="NO-SUCH", quantity="0", name="", total="5")))
    assert (report["created"], report["problems"]) == (1, [])


async def test_other_content_under_a_known_id_is_told_by_its_row(counter: Counter, name: str) -> None:
    await imports(counter, "orders", sheet(row(name)))
    report = await imports(counter, "orders", sheet(row(f"{name}b"), row(name, total="1")))
    assert (report["created"], report["refused"], told(report)) == (1, 1, [(3, "external_id", "other_content")])


@pytest.mark.clause("AC-44", "SR-011")
async def test_the_same_order_by_post_and_by_file_is_one(counter: Counter, name: str) -> None:
    await counter.places(order(name))
    posted = row(name, channel="tmall", buyer_key="buyer-of-tea", **customer(), **part("TEA-250", "2", "6800"))
    report = await imports(counter, "orders", sheet({**posted, "total": "13600", "payment_method": "prepaid"}))
    assert (report["created"], report["known"]) == (0, 1)


def customer() -> dict[str, str]:
    person = order()["customer"], order()["address"]
    return {name: value for part in person for name, value in part.items() if name != "buyer_key"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
async def test_files_as_they_come_from_spreadsheets(counter: Counter, name: str, encoding: str, delimiter: str) -> None:
    rows = [",".join(row(name)), ",".join(row(name).values()), "", ",,,"]
    content = "\r\n".join(rows).replace(",", delimiter).encode(encoding)
    report = await imports(counter, "orders", content)
    assert (report["created"], report["problems"]) == (1, [])
    [kept] = await counter.rows("SELECT raw FROM inbound_order WHERE external_id = :id", id=name)
    assert kept["raw"]["customer"]["name"] == "李雷"


@pytest.mark.parametrize(
    ("content", "problems"),
    [
        (b"", {(1, "channel", "missing_column")}),
        (b"external_id,colour\n", {(1, "colour", "unknown_column"), (1, "channel", "missing_column")}),
        (b"\xff\xfe\x00", {(0, "", "unreadable")}),
        (b'channel,external_id\n"a', {(1, "total", "missing_column")}),
    ],
    ids=["empty", "columns", "no text", "half a cell"],
)
async def test_a_file_that_is_none_is_said(counter: Counter, content: bytes, problems: set[Any]) -> None:
    report = await imports(counter, "orders", content)
    assert problems <= set(told(report))
    assert report["created"] == 0


async def test_a_file_as_a_form_field(counter: Counter, name: str) -> None:
    answer = await counter.http.post(
        "/v1/imports/orders", files={"file": ("orders.csv", sheet(row(name)))}, headers=counter.key("operator")
    )
    assert answer.json()["created"] == 1
    nothing = await counter.http.post(
        "/v1/imports/orders", files={"other": ("x", "y")}, headers=counter.key("operator")
    )
    assert (nothing.status_code, nothing.json()["code"]) == (422, "file_missing")


async def test_a_piece_of_a_file_keeps_the_numbers_of_its_rows(counter: Counter, name: str) -> None:
    report = await imports(counter, "orders", sheet(row(name, quantity="x")), first_row=502)
    assert told(report) == [(502, "quantity", "not_a_whole_number")]


async def test_skus_are_added_changed_and_known(counter: Counter, name: str) -> None:
    content = sheet(
        {"sku": name, "name": "新茶", "specification": "100g", "sellable": "是"},
        {"sku": name, "name": "again"},
        {"sku": f"{name}b", "sellable": "maybe"},
        {"sku": "字" * 67},
        {"sku": "", "name": "nameless"},
    )
    report = await imports(counter, "skus", content)
    assert (report["created"], report["changed"], report["known"], report["refused"]) == (1, 0, 0, 4)
    assert told(report) == [
        (3, "sku", "row_twice"),
        (4, "sellable", "not_yes_or_no"),
        (5, "sku", "id_too_long"),
        (6, "sku", "missing"),
    ]
    again = await imports(counter, "skus", content)
    assert (again["created"], again["known"]) == (0, 1)
    changed = await imports(counter, "skus", sheet({"sku": name, "name": "老茶", "sellable": "no"}))
    assert (changed["changed"], (await counter.reads(f"/v1/skus/{name}"))["sellable"]) == (1, False)


async def test_counts_go_into_the_books_and_tell_who_waits(counter: Counter, name: str) -> None:
    await imports(counter, "skus", sheet({"sku": name}))
    number = await counter.places(order(lines=[{"line": "1", "sku": name, "quantity": 3, "unit_price": 1}]))
    await counter.rows_changed("UPDATE inbound_order SET started_at = received_at WHERE order_no = :no", no=number)
    content = sheet(
        {"warehouse": "SH", "sku": name, "on_hand": "5", "safety": "1"},
        {"warehouse": "XX", "sku": name, "on_hand": "5"},
        {"warehouse": "SH", "sku": f"{name}-none", "on_hand": "5"},
        {"warehouse": "SH", "sku": "TEA-250", "on_hand": "-1"},
        {"warehouse": "GZ", "sku": "TEA-250"},
    )
    report = await imports(counter, "stock", content)
    assert (report["created"], report["refused"]) == (1, 4)
    assert told(report) == [
        (3, "warehouse", "unknown_warehouse"),
        (4, "sku", "unknown_sku"),
        (5, "on_hand", "out_of_range"),
        (6, "on_hand", "missing"),
    ]
    facts = "SELECT kind FROM inbound_fact WHERE order_no = :no"
    assert [fact["kind"] for fact in await counter.rows(facts, no=number)] == ["stock_arrived"]
    again = await imports(counter, "stock", content)
    assert (again["created"], again["known"]) == (0, 1)
    assert len(await counter.rows(facts, no=number)) == 1


async def test_only_the_desk_changes_master_data(counter: Counter) -> None:
    for kind in ("skus", "stock"):
        answer = await counter.http.post(f"/v1/imports/{kind}", content=b"sku\n", headers=counter.key("channel"))
        assert answer.status_code == 403


@pytest.mark.clause("SR-011")
@pytest.mark.parametrize("place", [0, 1])
async def test_a_channel_that_stands_on_one_row_is_that_of_the_orders_others(
    counter: Counter, name: str, place: int
) -> None:
    rows = [row(name, total="13600"), {"external_id": name, "sku": "TEA-250", "quantity": "1", "unit_price": "6800"}]
    if place:
        rows = [{**rows[0], "channel": ""}, {**rows[1], "channel": "store"}]
    report = await imports(counter, "orders", sheet(*rows), channel="tmall")
    assert (report["created"], report["refused"]) == (1, 0), report
    [kept] = await counter.rows("SELECT raw FROM inbound_order WHERE external_id = :id", id=name)
    assert (kept["raw"]["channel"], len(kept["raw"]["lines"])) == ("store", 2)


async def test_more_orders_than_are_written_at_once_come_in_whole(counter: Counter, name: str) -> None:
    rows = [row(f"{name}-{place // 2}", total="13600", **part("TEA-250", "1", "6800")) for place in range(2 * 409)]
    content = sheet(*rows)
    report = await imports(counter, "orders", content)
    assert (report["rows"], report["created"], report["refused"]) == (818, 409, 0)
    again = await imports(counter, "orders", content)
    assert (again["created"], again["known"]) == (0, 409)
    page: httpx2.Response = await counter.send("GET", f"/v1/orders?q={name}-408")
    assert len(page.json()["orders"]) == 1
