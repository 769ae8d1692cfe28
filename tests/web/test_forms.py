"""What an office hands in on forms: documents with numbers, the template, a day on paper (SR-011, SR-101, SR-145)."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from typing import Any

import openpyxl
import pytest

from tests.web.counter import NOON, NUMBERS, Counter
from tests.web.office import MORNING
from tests.web.test_imports import imports, row, sheet, told
from tests.web.test_office_files import kept


@pytest.fixture
def name() -> str:
    """An external id that no other scene has."""
    return f"D{next(NUMBERS)}"


@pytest.mark.clause("SR-011", "EC-34")
async def test_a_document_comes_in_once_a_source(counter: Counter, name: str) -> None:
    def file(external_id: str, **changes: str) -> str:
        return sheet(row(external_id, document_no=name, **changes))

    assert (await imports(counter, "orders", file(f"{name}a"), source="north"))["created"] == 1
    again = await imports(counter, "orders", file(f"{name}b"), source="north")
    assert (again["created"], again["known"], again["problems"]) == (0, 1, [])
    other = await imports(counter, "orders", file(f"{name}c", total="1"), source="north")
    assert (other["created"], told(other)) == (0, [(2, "document_no", "document_known")])
    assert (await imports(counter, "orders", file(f"{name}d"), source="south"))["created"] == 1


@pytest.mark.clause("AC-42", "SR-101")
async def test_offline_orders_of_a_file_count_from_their_collection(counter: Counter, name: str) -> None:
    await imports(counter, "orders", sheet(row(f"{name}a"), row(f"{name}b", channel="tmall")))
    [store, tmall] = [await kept(counter, f"{name}{letter}") for letter in "ab"]
    assert (store["received_at"], store["collected_at"]) == (NOON, datetime(2026, 11, 23, 6, tzinfo=UTC))
    assert tmall["collected_at"] is None


async def kit(counter: Counter, **params: Any) -> openpyxl.Workbook:
    answer = await counter.http.post("/v1/imports/orders/paper-kit", params=params, headers=counter.key("operator"))
    assert answer.status_code == 200, answer.text
    return openpyxl.load_workbook(io.BytesIO(answer.content))


def saved(book: openpyxl.Workbook) -> bytes:
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


WRITTEN = {
    "渠道": "门店",
    "下单时间": MORNING,
    "收货人": "韩梅梅",
    "电话": "13900139000",
    "省": "上海市",
    "市": "上海市",
    "区": "浦东新区",
    "地址": "世纪大道 1 号",
    "商品编码": "TEA-250",
    "数量": 2,
    "单价（元）": 68,
    "总额（元）": 204,
    "币种": "人民币",
    "付款方式": "现金",
    "已付金额（元）": 204,
    "付款时间": MORNING,
}


@pytest.mark.clause("SR-145")
async def test_a_day_on_paper_comes_in_later_with_its_own_times(counter: Counter) -> None:
    book = await kit(counter, forms=3, day=date(2026, 11, 23))
    page, goods = book["订单"], book["商品"]
    heads = {str(cell.value).rstrip("*"): cell.column for cell in page[1]}
    assert [page.cell(number, 1).value for number in (2, 5, 8)] == [f"OFF-20261123-{n:04d}" for n in (1, 2, 3)]
    assert "TEA-250" in [cell.value for cell in goods["A"]]
    for head, value in WRITTEN.items():
        page.cell(2, heads[head]).value = value
    for head, value in {"商品编码": "CUP", "数量": 1, "单价（元）": 68}.items():
        page.cell(3, heads[head]).value = value
    report = await imports(counter, "orders", saved(book))
    assert (report["created"], report["left_out"], report["problems"]) == (1, 2, [])
    order = await kept(counter, "OFF-20261123-0001")
    assert (order["source_kind"], order["document_no"]) == ("paper", "OFF-20261123-0001")
    assert (order["placed_at"], order["collected_at"]) == (datetime(2026, 11, 23, 1, 30, tzinfo=UTC), None)
    assert [line["sku"] for line in order["raw"]["lines"]] == ["TEA-250", "CUP"]
    again = await imports(counter, "orders", saved(book))
    assert (again["created"], again["known"]) == (0, 1)


@pytest.mark.clause("SR-145")
async def test_two_kits_share_no_number_and_a_number_nobody_gave_is_refused(counter: Counter, name: str) -> None:
    day = date(2026, 12, 24)
    first, second = await kit(counter, forms=2, day=day), await kit(counter, forms=1, day=day)
    numbers = [first["订单"]["A2"].value, first["订单"]["A5"].value, second["订单"]["A2"].value]
    assert numbers == ["OFF-20261224-0001", "OFF-20261224-0002", "OFF-20261224-0003"]
    report = await imports(counter, "orders", sheet(row(name, document_no="OFF-20261224-0004")))
    assert (report["created"], told(report)) == (0, [(2, "document_no", "unknown_document_no")])


async def test_the_template_comes_back_filled_in_without_a_question(counter: Counter, name: str) -> None:
    answer = await counter.http.get("/v1/imports/orders/template.xlsx", headers=counter.key("operator"))
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    page = book["订单"]
    dropped = {str(rule.formula1) for rule in page.data_validations.dataValidation if rule.type == "list"}
    assert len(dropped) == 4
    heads = {str(cell.value).rstrip("*"): cell.column for cell in page[1]}
    page.cell(3, heads["订单号"]).value = name
    for head, value in WRITTEN.items():
        page.cell(3, heads[head]).value = value
    report = await imports(counter, "orders", saved(book))
    assert (report["created"], report["left_out"], report["problems"]) == (1, 1, [])
