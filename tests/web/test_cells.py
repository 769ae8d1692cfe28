"""How an office's cells and headers are read (SR-011): exact or not at all, and never by a guess nobody confirmed."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from api.files.cells import BadCell, amount, calendar_day, count, identity, minor_amount, moment, word
from api.files.columns import ALIASES, COLUMNS, LABELS, WORDS
from api.files.grid import text_of
from api.files.mapping import columns_of, folded, header_place
from api.files.order_file import read_orders
from api.files.pieces import AT_ONCE, cut_of, kind_of
from api.files.sheet import File, letters, read_sheet
from api.files.workbook import written
from domain.catalogue.cells import CELLS, cell_text
from tests.web.office import ABOVE, HEADERS, an_order, workbook

ZONE = "Asia/Shanghai"


def bad(read: Callable[..., object], *given: str) -> str:
    with pytest.raises(BadCell) as found:
        read(*given)
    return str(found.value)


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("1234.5", 123450),
        ("¥1,234.50", 123450),
        ("￥１，２３４．５０", 123450),
        ("1,234,567.89元", 123456789),
        ("CNY 0.1", 10),
        ("-3", -300),
        (".5", 50),
        ("12.", 1200),
        ("RMB 8", 800),
    ],
)
def test_amounts_in_yuan_are_exact(text: str, minor: int) -> None:
    assert amount(text, "CNY") == minor


def test_amounts_have_the_decimals_of_their_currency() -> None:
    assert (amount("1200", "JPY"), amount("1.234", "KWD")) == (1200, 1234)
    assert (bad(amount, "12.5", "JPY"), bad(amount, "12.345", "CNY")) == ("too_many_decimals",) * 2


@pytest.mark.parametrize(
    "text", ["", "面议", "12%", "1,23", "1.2.3", "1e3", "=1+1", "12 34", "NaN", "∞", "¥", "1,234,56"]
)
def test_what_is_no_amount_is_no_amount(text: str) -> None:
    assert bad(amount, text, "CNY") == "not_an_amount"


@given(some.integers(min_value=-(10**13), max_value=10**13))
def test_every_amount_survives_a_spreadsheet(fen: int) -> None:
    assert amount(written(float(Decimal(fen) / 100)), "CNY") == fen


def test_counts_and_amounts_in_fen() -> None:
    assert [count(text) for text in ("2", "２", "2.0", "1,000", "3件", "0", "-1")] == [2, 2, 2, 1000, 3, 0, -1]
    assert [minor_amount(text) for text in ("13,600", "13600分", "¥5")] == [13600, 13600, 5]
    assert {bad(count, text) for text in ("两件", "2.5", "", "1e3")} == {"not_a_whole_number"}
    assert bad(minor_amount, "13.60") == "not_a_whole_number"


def test_ids_stay_texts() -> None:
    assert [identity(text) for text in ('="00123"', "'00123", "１３８００１３８０００", "A-1")] == [
        "00123",
        "00123",
        "13800138000",
        "A-1",
    ]
    assert {bad(identity, text) for text in ("1.23457E+17", "1.23456789012346e+17", "1E17")} == {"digits_lost"}
    assert (written(13800138000.0), written(0.1 + 0.2), written(1e-7), written(True)) == (
        "13800138000",
        "0.3",
        "0.0000001",
        "true",
    )


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-11-23 09:30", "2026-11-23T01:30:00+00:00"),
        ("2026/11/23 9:30", "2026-11-23T01:30:00+00:00"),
        ("2026.11.23 下午3:05:09", "2026-11-23T07:05:09+00:00"),
        ("2026年11月23日 9时30分", "2026-11-23T01:30:00+00:00"),
        ("2026-11-23T09:30:00", "2026-11-23T01:30:00+00:00"),
        ("2026-11-23T09:30:00+01:00", "2026-11-23T08:30:00+00:00"),
        ("2026-11-23", "2026-11-22T16:00:00+00:00"),
    ],
)
def test_times_are_those_of_the_business_zone(text: str, utc: str) -> None:
    assert moment(text, ZONE) == utc


def test_a_mere_day_begins_or_ends() -> None:
    assert moment("2026/11/23", ZONE, end=True) == "2026-11-23T15:59:59+00:00"
    assert (calendar_day("2026年11月3日"), calendar_day("2026-11-03T00:00:00")) == ("2026-11-03",) * 2
    for text in ("昨天", "2026-13-01", "2026-02-30 10:00", "11/23/2026", "2026-11-23 25:00", "46349.39", ""):
        assert bad(moment, text, ZONE) == "not_a_time"


def test_words_of_an_office_are_ours_and_strange_ones_stay() -> None:
    said = [word(text, WORDS["payment_method"]) for text in ("货到付款", "月结", "COD", "刷脸")]
    assert said == ["cod", "credit", "COD", "刷脸"]
    assert [word(text, WORDS["currency"]) for text in ("人民币", "cny", "usd")] == ["CNY", "CNY", "USD"]


# -- headers ---------------------------------------------------------------------------------------------------------


@pytest.mark.clause("SR-011")
@pytest.mark.parametrize(
    ("header", "field", "reading", "sure"),
    [
        ("unit_price", "unit_price", "plain", True),
        ("Unit Price", "unit_price", "major", False),
        ("单价", "unit_price", "major", False),
        ("单价（元）", "unit_price", "major", True),
        ("商品单价 (分)", "unit_price", "minor", True),
        ("* 订单编号：", "external_id", "local", True),
        ("收件人姓名", "name", "local", True),
        ("联系电话(手机)", "phone", "local", False),
        ("Cust Phone No.", "phone", "local", False),
        ("备注", "seller_memo", "local", True),
        ("内部颜色", "", "plain", False),
    ],
)
def test_a_header_is_ours_known_likely_or_none(header: str, field: str, reading: str, sure: bool) -> None:
    [column] = columns_of([header], {})
    assert (column.field, column.reading, column.sure) == (field, reading, sure)


def test_a_remembered_header_is_sure_and_of_two_likely_ones_the_liker_wins() -> None:
    [column] = columns_of(["联系电话(手机)"], {folded("联系电话(手机)"): ("phone", "local")})
    assert (column.field, column.sure) == ("phone", True)
    assert [column.field for column in columns_of(["电话", "电话号"], {})] == ["phone", ""]


def test_every_field_has_a_name_of_an_office_and_none_is_two() -> None:
    names = [folded(name) for aliases in ALIASES.values() for name in aliases]
    assert set(ALIASES) == set(COLUMNS) == set(LABELS)
    assert len(names) == len(set(names))


def test_the_header_is_found_under_titles() -> None:
    assert header_place([*ABOVE, list(HEADERS)], {}) == 2
    assert header_place([[], ["external_id", "colour"]], {}) == 1
    assert (header_place([], {}), letters(0), letters(27)) == (0, "A", "AB")


# -- files -----------------------------------------------------------------------------------------------------------


def test_totals_examples_and_headers_again_are_no_orders() -> None:
    rows = [HEADERS, *an_order("F1"), HEADERS, ["本页合计", 3], ["示例", "门店"], *an_order("F2"), ["Grand Total"]]
    sheet, found = read_orders(File(workbook(rows)))
    assert (sheet.left_out, [order.number for order in found], len(sheet.problems)) == (0, [], 1)  # no currency
    rows[0] = [*HEADERS, "币种"]
    rows[1] = [*rows[1], "人民币"]
    rows[5] = [*rows[5], "人民币"]
    sheet, found = read_orders(File(workbook(rows)))
    assert ([order.number for order in found], [each.row for each in sheet.problems]) == ([2, 6], [])
    assert sheet.left_out == 4


def test_an_order_is_never_cut_in_two_though_its_rows_have_no_id() -> None:
    rows = [row for number in range(400) for row in an_order(f"F{number}", lines=3)]
    content = workbook([*ABOVE, HEADERS, *rows])
    cut = cut_of(content)
    assert cut is not None
    assert (cut.office, kind_of(content), cut.header[0]) == (True, "orders", HEADERS[0])
    pieces = cut.pieces([1, 0])
    assert [piece.rows for piece in pieces] == [AT_ONCE + 1, AT_ONCE + 1, 1200 - 2 * AT_ONCE - 2]
    assert [piece.first_row for piece in pieces] == [4, 4 + AT_ONCE + 1, 4 + 2 * AT_ONCE + 2]


def test_a_text_is_read_by_its_mark_else_by_trying() -> None:
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"):
        assert text_of("订单号,order\n李雷,1\n".encode(encoding)) == "订单号,order\n李雷,1\n"
    assert text_of("\ufeff订单号\n".encode("utf-16-be")) == "订单号\n"
    with pytest.raises(UnicodeDecodeError):
        text_of(b"\x81\xff\xff\xff")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be", "gb18030"])
def test_a_text_without_a_mark_may_be_almost_all_chinese(encoding: str) -> None:
    text = "订单编号,收货人姓名,收货详细地址,商品规格名称\n一号,李雷,浙江省杭州市西湖区文三路九十号,龙井\n"
    assert text_of(text.encode(encoding)) == text


def test_a_slip_of_one_nul_or_a_damaged_end_makes_no_other_encoding_of_it() -> None:
    text = "订单号,order\n李\0雷,1\n" + "韩梅梅,2\n" * 9
    assert text_of(text.encode()) == text
    with pytest.raises(UnicodeDecodeError, match="utf-8"):
        text_of("订单号,order\n".encode("utf-8-sig") + "李雷,1\n".encode("gb18030"))


@pytest.mark.parametrize("code", CELLS)
def test_every_code_is_said_in_both_languages(code: str) -> None:
    assert any("\u4e00" <= letter <= "\u9fff" for letter in cell_text(code, "zh-Hans"))
    assert cell_text(code, "en").isascii()
    assert cell_text("other", "en", "as the library says") == "as the library says"


@pytest.mark.clause("SR-011")
@pytest.mark.parametrize(("rows", "codes"), [(3, []), (4, ["too_many_rows"])])
def test_rows_beyond_the_limit_are_said_and_not_taken(
    monkeypatch: pytest.MonkeyPatch, rows: int, codes: list[str]
) -> None:
    monkeypatch.setattr("api.files.sheet.MOST_ROWS", 3)
    sheet = read_sheet(File(b"sku\n" + b"TEA\n" * rows), ("sku",), ("sku",))
    assert len(sheet.rows) == 3
    assert [problem.code for problem in sheet.problems] == codes
