"""Files as a Chinese office sends them (SR-011): workbooks, any encoding, its own headers, errors at their cell."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, datetime
from typing import Any

import openpyxl
import pytest

from api.files.workbook import MOST_UNPACKED
from tests.web.counter import NUMBERS, Counter
from tests.web.office import ABOVE, HEADERS, TOTAL, an_order, mixed, old_workbook, workbook
from tests.web.test_imports import imports, row, sheet, told

YUAN = {"currency": "CNY"}


@pytest.fixture
def name() -> str:
    """An external id that no other scene has."""
    return f"O{next(NUMBERS)}"


async def sends(counter: Counter, content: bytes, **params: Any) -> Any:
    """The answer to a file of orders, whatever its status."""
    return await counter.http.post(
        "/v1/imports/orders", content=content, params={**YUAN, **params}, headers=counter.key("operator")
    )


async def kept(counter: Counter, external_id: str) -> Any:
    [found] = await counter.rows("SELECT * FROM inbound_order WHERE external_id = :id", id=external_id)
    return found


@pytest.mark.clause("SR-011")
async def test_a_workbook_with_headers_of_its_own_comes_in_as_it_is(counter: Counter, name: str) -> None:
    rows = [*ABOVE, HEADERS, *an_order(f"{name}a", lines=2), [], *an_order(f"{name}b"), ["合计", *[""] * 12, 408.6]]
    report = await imports(counter, "orders", workbook(rows), **YUAN)
    assert (report["rows"], report["created"], report["left_out"], report["problems"]) == (3, 2, 1, [])
    order = (await kept(counter, f"{name}a"))["raw"]
    assert (order["channel"], order["payment"]["method"], order["total"]) == ("store", "cod", 27240)
    assert order["customer"] == {"name": "李雷", "phone": "13900139000", "buyer_key": None, "email": None}
    assert order["placed_at"].startswith("2026-11-23T01:30:00")
    assert [(line["line"], line["quantity"], line["unit_price"]) for line in order["lines"]] == [
        ("1", 2, 6810),
        ("2", 2, 6810),
    ]


@pytest.mark.clause("SR-011")
async def test_every_planted_error_is_told_at_its_cell_and_the_good_orders_go_in(counter: Counter, name: str) -> None:
    file = mixed(name, 500)
    report = await imports(counter, "orders", file.content, **YUAN)
    found = {(each["cell"], each["code"]) for each in report["problems"] if each["code"] != "order_refused"}
    assert found == file.planted
    assert len(file.planted) > 20
    assert report["created"] == file.good
    assert all(each["reason"] and each["reason_zh"] and each["sheet"] == "订单" for each in report["problems"])
    again = await imports(counter, "orders", file.content, **YUAN)
    assert (again["created"], again["known"], again["refused"]) == (0, file.good, report["refused"])


async def test_a_dry_run_says_it_all_and_keeps_nothing(counter: Counter, name: str) -> None:
    file = mixed(name, 60)
    report = await imports(counter, "orders", file.content, **YUAN, dry_run=True)
    assert (report["dry_run"], report["created"], len(report["problems"]) >= len(file.planted)) == (
        True,
        file.good,
        True,
    )
    assert report["mapping"]["header_row"] == len(ABOVE) + 1
    assert [column["field"] for column in report["mapping"]["columns"]][:3] == ["external_id", "channel", "placed_at"]
    assert await counter.rows("SELECT 1 FROM inbound_order WHERE external_id LIKE :id", id=f"{name}%") == []
    await imports(counter, "orders", file.content, **YUAN)
    assert (await imports(counter, "orders", file.content, **YUAN, dry_run=True))["known"] == file.good


async def test_bad_cells_come_back_red_in_a_copy_of_the_sheet(counter: Counter, name: str) -> None:
    file = mixed(name, 60)
    answer = await sends(counter, file.content, dry_run=True, marked=True)
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    page = book["导入结果"]
    for cell, _ in file.planted:
        assert page[cell].comment is not None
        assert page[cell].fill.fgColor.rgb == "FFFFC7CE"
    assert page["A1"].value == "每日订单汇总"
    assert page["E4"].value == "13900139000"
    clean = [page.cell(4, place).comment for place in range(1, len(HEADERS) + 1)]
    assert clean == [None] * len(HEADERS)
    assert book["问题"].max_row == 1 + len((await sends(counter, file.content, dry_run=True)).json()["problems"])


# -- mapping ---------------------------------------------------------------------------------------------------------

LIKE = ("订单编号", "渠道", "下单时间", "收件人姓名（必填）", "联系电话(手机)", *HEADERS[5:12], "单价", "内部颜色")
NEITHER = [*LIKE, *HEADERS[13:15]]


def liked(external_id: str) -> bytes:
    """A file whose headers are only like ours."""
    [cells] = an_order(external_id)
    return workbook([NEITHER, [*cells[:13], "红", *cells[13:15]]])


@pytest.mark.clause("SR-011")
async def test_a_likely_mapping_waits_for_a_word_and_is_remembered_for_its_source(counter: Counter, name: str) -> None:
    source = f"store-{name}"
    refused = await sends(counter, liked(f"{name}1"), source=source)
    assert (refused.status_code, refused.json()["code"]) == (409, "mapping_unconfirmed")
    assert "mapping=" in refused.json()["todo"]
    assert await counter.rows("SELECT 1 FROM inbound_order WHERE external_id = :id", id=f"{name}1") == []
    mapping = (await sends(counter, liked(f"{name}1"), source=source, dry_run=True)).json()["mapping"]
    assert mapping == {**refused.json()["mapping"], "columns": mapping["columns"]}
    by_header = {column["header"]: column for column in mapping["columns"]}
    assert (by_header["单价"]["field"], by_header["单价"]["reading"], by_header["单价"]["sure"]) == (
        "unit_price",
        "major",
        False,
    )
    assert (by_header["联系电话(手机)"]["field"], by_header["内部颜色"]["field"]) == ("phone", "")
    assert by_header["联系电话(手机)"]["samples"] == ["13900139000"]
    report = (await sends(counter, liked(f"{name}1"), source=source, mapping=mapping["id"])).json()
    assert (report["created"], report["problems"]) == (1, [])
    following = (await sends(counter, liked(f"{name}2"), source=source)).json()
    assert (following["created"], following["problems"]) == (1, [])
    other = await sends(counter, liked(f"{name}3"), source=f"other-{name}")
    assert other.status_code == 409


async def test_a_mapping_may_be_said_and_must_be_that_of_the_file(counter: Counter, name: str) -> None:
    said = {"单价": "unit_price:minor", "内部颜色": "", "联系电话(手机)": "phone", "收件人姓名（必填）": "name"}
    [cells] = an_order(name)
    cells[12:14] = ["6,810", "¥136.20"]
    content = workbook([NEITHER, [*cells[:13], "红", *cells[13:15]]])
    report = (await sends(counter, content, mapping=json.dumps(said))).json()
    assert (report["created"], report["problems"]) == (1, [])
    assert (await kept(counter, name))["raw"]["lines"][0]["unit_price"] == 6810
    for mapping, status, code in (
        ("0123456789abcdef", 409, "mapping_stale"),
        ('{"单价": "colour"}', 409, "mapping_stale"),
        ("{", 422, "mapping_unreadable"),
    ):
        answer = await sends(counter, content, mapping=mapping)
        assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_a_sheet_without_a_total_may_have_it_reckoned(counter: Counter, name: str) -> None:
    [cells] = an_order(name)
    del cells[TOTAL]
    headers = [header for header in HEADERS if "合计" not in header]
    refused = await imports(counter, "orders", workbook([headers, cells]), **YUAN)
    assert told(refused) == [(1, "total", "missing_column")]
    assert (await imports(counter, "orders", workbook([headers, cells]), **YUAN, reckon_total=True))["created"] == 1
    assert (await kept(counter, name))["raw"]["total"] == 13620


# -- files of every kind ---------------------------------------------------------------------------------------------


async def test_an_xls_of_old_and_a_named_sheet(counter: Counter, name: str) -> None:
    [cells] = an_order(f"{name}a")
    cells[2] = "2026/11/23 上午9:30"
    report = await imports(counter, "orders", old_workbook([HEADERS, cells]), **YUAN)
    assert (report["created"], report["problems"]) == (1, [])
    assert (await kept(counter, f"{name}a"))["placed_at"] == datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
    second = workbook([HEADERS, *an_order(f"{name}b")], "十一月", before=["封面"])
    assert (await imports(counter, "orders", second, **YUAN, sheet="十一月"))["created"] == 1
    assert told(await imports(counter, "orders", second, **YUAN, sheet="无")) == [(0, "", "unknown_sheet")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "gb18030"])
async def test_a_csv_in_every_encoding_an_office_has(counter: Counter, name: str, encoding: str) -> None:
    content = sheet(row(name)).encode(encoding)
    report = await imports(counter, "orders", content)
    assert (report["created"], report["problems"]) == (1, [])
    assert (await kept(counter, name))["raw"]["customer"]["name"] == "李雷"


async def test_a_csv_of_an_office_keeps_its_ids(counter: Counter, name: str) -> None:
    address = "上海市,上海市,浦东新区,1号,TEA-250"
    rows = [
        ",".join(HEADERS),
        f'="{name}",门店,2026年11月23日 9时30分,李雷,13900139000,{address},,"1,000",¥0.10,¥100.00,月结,',
        f"1.23457E+17,门店,2026-11-23,李雷,{name},{address},,1,¥0.10,¥0.10,月结,",
    ]
    report = await imports(counter, "orders", "\n".join(rows).encode("gb18030"), **YUAN)
    assert (report["created"], [(each["cell"], each["code"]) for each in report["problems"]]) == (
        1,
        [("A3", "digits_lost")],
    )
    order = (await kept(counter, name))["raw"]
    assert (order["lines"][0]["quantity"], order["total"]) == (1000, 10000)


def bomb() -> bytes:
    """A small file that unpacks to more than we take; its directory says otherwise."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/a.xml", "w") as part:
        for _ in range(MOST_UNPACKED // 2**20 + 1):
            part.write(bytes(2**20))
    size = (MOST_UNPACKED // 2**20 + 1) * 2**20
    return target.getvalue().replace(size.to_bytes(4, "little"), (1000).to_bytes(4, "little"))


async def test_a_workbook_that_asks_for_too_much_is_refused(counter: Counter) -> None:
    far_apart = workbook([["a"], *[[]] * 40_000, [*[""] * 16_000, "b"]])
    for content, code in (
        (bomb(), "too_large"),
        (far_apart, "too_large"),
        (far_apart[:3000], "unreadable"),
        (b"PK\x03\x04 no zip at all", "unreadable"),
    ):
        assert told(await imports(counter, "orders", content)) == [(0, "", code)]
