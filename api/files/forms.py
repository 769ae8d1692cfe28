"""The workbooks people fill in: the template of a file of orders, and the forms of the paper kit (SR-011, M7)."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from api.files.columns import AMOUNTS, CHOICES, DATES, LABELS, NEEDED, TIMES
from api.files.sheet import letters

ORDERS, NOTES, LISTS, GOODS = "订单", "填写说明", "选项", "商品"
FIELDS = (
    *("external_id", "channel", "placed_at", "name", "phone", "province", "city", "district", "street"),
    *("sku", "specification", "quantity", "unit_price", "line_discount", "freight", "discount", "total", "currency"),
    *("payment_method", "paid_amount", "paid_at", "delivery_method", "promised_delivery_date"),
    *("buyer_message", "seller_memo", "submitter", "document_no"),
)
ON_PAPER = ("document_no", *(field for field in FIELDS if field not in ("external_id", "document_no")))
EXAMPLE = {
    "external_id": "示例（导入时略过）",
    "channel": "门店",
    "placed_at": "2026-11-23 09:30",
    "name": "王小明",
    "phone": "13800138000",
    "province": "浙江省",
    "city": "杭州市",
    "district": "西湖区",
    "street": "文三路 90 号",
    "sku": "TEA-250",
    "specification": "250g",
    "quantity": "2",
    "unit_price": "68.00",
    "total": "136.00",
    "currency": "人民币",
    "payment_method": "预付",
    "paid_amount": "136.00",
    "paid_at": "2026-11-23 09:31",
    "delivery_method": "快递",
    "document_no": "S-0001",
}
RULES = (
    ("带 * 的列必填。列名可以改动或换序，导入时会先核对。", "Columns with * must be filled."),
    ("一行一种商品；同一订单的第二行起，只填商品列。", "A row a line; from the second on, goods only."),
    ("金额单位为元，最多两位小数；总额 = 单价 × 数量 − 优惠 + 运费。", "Amounts in yuan, two decimals at most."),
    ("时间为北京时间，如 2026-11-23 09:30。", "Times are local, such as 2026-11-23 09:30."),
    ("订单号、电话等编号按文本填写，避免末位丢失。", "Enter numbers such as phones as text, so that no digit is lost."),
    ("同一单据号再次导入不会重复建单。", "The same document number again creates nothing."),
)
ON_PAPER_RULES = (
    (
        "系统中断时填写；单据号已分配，请勿改动；没用到的留空。",
        "For an outage; keep the numbers; leave unused forms empty.",
    ),
    ("下单时间、付款时间按实际发生时间填写。", "Write the times as they really were."),
)
FILLED = 5_000
"""So many rows have drop-downs and formats."""
ROWS_OF_A_FORM = 3
"""Lines a paper form has room for; a longer order uses free rows below it."""


@dataclass(frozen=True)
class Form:
    """A sheet to fill in."""

    fields: Sequence[str]
    rules: Sequence[tuple[str, str]]
    rows: Sequence[Mapping[str, str]]
    skus: Sequence[Mapping[str, str]] = ()
    height: int = FILLED


def template() -> bytes:
    """The template of a file of orders."""
    return _workbook(Form(FIELDS, RULES, [EXAMPLE]))


def paper_kit(numbers: Sequence[str], skus: Sequence[Mapping[str, str]]) -> bytes:
    """Forms with these numbers, and the goods there are."""
    empty: list[Mapping[str, str]] = [{}] * (ROWS_OF_A_FORM - 1)
    rows = [row for number in numbers for row in ({"document_no": number}, *empty)]
    return _workbook(Form(ON_PAPER, (*ON_PAPER_RULES, *RULES), rows, skus, len(rows)))


def header_of(field: str) -> str:
    """How the forms name a column: with its unit, and a star where it must be filled."""
    unit = "（元）" if field in AMOUNTS else ""
    return f"{LABELS[field]}{unit}{'*' if field in NEEDED else ''}"


def _workbook(form: Form) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"strings_to_formulas": False}) as book:
        head = book.add_format({"bold": True, "bg_color": "#DDEBF7", "border": 1, "text_wrap": True})
        cell = book.add_format({"num_format": "@", "border": 1})
        page, notes, lists = (book.add_worksheet(name) for name in (ORDERS, NOTES, LISTS))
        goods = book.add_worksheet(GOODS) if form.skus else None
        page.write_row(0, 0, [header_of(field) for field in form.fields], head)
        page.set_column(0, len(form.fields) - 1, 14, cell)
        for number, row in enumerate(form.rows, start=1):
            for place, field in enumerate(form.fields):
                page.write_string(number, place, row.get(field, ""), cell)
        _print_well(page)
        _choices(page, lists, form)
        _notes(notes, form.rules)
        if goods:
            _goods(page, goods, form)
        lists.hide()
    return target.getvalue()


def _print_well(page: Worksheet) -> None:
    page.freeze_panes(1, 1)
    page.repeat_rows(0)
    page.set_landscape()
    page.set_paper(9)  # A4
    page.fit_to_pages(1, 0)


def _choices(page: Worksheet, lists: Worksheet, form: Form) -> None:
    """Drop-downs; a word of one's own is warned of and allowed, for the import judges it."""
    for number, (field, words) in enumerate(CHOICES.items()):
        lists.write_column(0, number, words)
        source = f"={LISTS}!${letters(number)}$1:${letters(number)}${len(words)}"
        _drop_down(page, form, field, source)
    for field in form.fields:
        if field in TIMES | DATES:
            hint = {"validate": "any", "input_title": LABELS[field], "input_message": "如 2026-11-23 09:30"}
            page.data_validation(1, form.fields.index(field), form.height, form.fields.index(field), hint)


def _drop_down(page: Worksheet, form: Form, field: str, source: str) -> None:
    place = form.fields.index(field)
    said = {"validate": "list", "source": source, "error_type": "warning", "error_message": "不在列表中，仍要使用吗？"}
    page.data_validation(1, place, form.height, place, said)


def _notes(page: Worksheet, rules: Sequence[tuple[str, str]]) -> None:
    page.set_column(0, 1, 70)
    for number, pair in enumerate(rules):
        page.write_row(number, 0, pair)


def _goods(page: Worksheet, goods: Worksheet, form: Form) -> None:
    goods.set_column(0, 2, 24)
    goods.write_row(0, 0, ["商品编码", "名称", "规格"])
    for number, sku in enumerate(form.skus, start=1):
        for place, name in enumerate(("sku", "name", "specification")):
            goods.write_string(number, place, sku[name])
    _drop_down(page, form, "sku", f"={GOODS}!$A$2:$A${len(form.skus) + 1}")
