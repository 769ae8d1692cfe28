"""What is wrong with a cell of an imported file, in one sentence that says what to do; never with the cell's value."""

from __future__ import annotations

from domain.catalogue.labels import Labels

CELLS: Labels = {
    "missing": ("此列必填", "This column must be filled"),
    "missing_column": ("文件缺少此列", "The file needs this column"),
    "unknown_column": (
        "不认识此列：请先试导入，确认列的对应关系后会略过此列",
        "This column is not known; confirm the mapping of a dry run to leave it out",
    ),
    "column_twice": ("同一字段出现在两列", "Two columns are the same field"),
    "not_a_whole_number": (
        "应为整数；金额以分为单位，12.30元写1230",
        "A whole number is wanted; amounts in minor units, 1230 for 12.30",
    ),
    "not_an_amount": ("应为金额，如1234.50", "An amount is wanted, such as 1234.50"),
    "too_many_decimals": ("金额的小数位过多", "The amount has more decimals than its currency"),
    "digits_lost": (
        "号码被表格软件变成了数字，后几位已丢失：请将单元格设为文本后重新填写",
        "The spreadsheet made a number of it and lost digits: format the cell as text and enter it again",
    ),
    "not_a_time": ("应为日期或时间，如2026-11-23 09:30", "A day or a time is wanted, such as 2026-11-23 09:30"),
    "not_yes_or_no": ("应填是或否", "true or false is wanted"),
    "too_many_cells": ("此行的单元格多于表头", "The row has more cells than the header"),
    "control_character": ("不允许有控制字符", "The character NUL is not allowed"),
    "rows_differ": ("与同一订单第一行的内容不同", "The first row of the same order says something else"),
    "order_refused": ("同一订单的其他行有误，本行未导入", "Not taken, because another row of the same order is not"),
    "other_content": (
        "此单号已存在且内容不同：请更正或取消原订单",
        "It is known with other content: correct or cancel that order",
    ),
    "document_known": (
        "此单据号已导入过，属于另一订单，内容不同",
        "This document number came in before, as another order with other content",
    ),
    "unknown_document_no": (
        "此单据号未曾发放：请使用纸质表单上的编号",
        "No form of this number was given out: use the numbers of a paper kit",
    ),
    "too_many_rows": ("行数过多，请分成几个文件", "The file has too many rows; send it in pieces"),
    "unreadable": (
        "无法读取：请另存为xlsx或UTF-8、GB18030编码的CSV",
        "This is no file that can be read: save it as .xlsx, or as CSV in UTF-8 or GB18030",
    ),
    "unknown_sheet": ("工作簿中没有这个工作表", "The workbook has no sheet of this name"),
    "too_large": ("文件过大", "The workbook is too large"),
    "locked": ("工作簿有密码：请去掉密码后重新保存", "The workbook has a password; save it without one"),
    "timezone_aware": ("时间须带时区，如2026-11-23T09:30:00+08:00", "A time with its offset is wanted"),
    "time_out_of_range": ("时间应在2000至2199年之间", "A time between the years 2000 and 2199 is wanted"),
    "date_out_of_range": ("日期应在2000至2199年之间", "A date between the years 2000 and 2199 is wanted"),
    "literal_error": ("不是允许的选项", "This is none of the allowed words"),
    "string_pattern_mismatch": ("写法不对；币种为三个大写字母，如CNY", "It is written differently; a currency is CNY"),
    "string_too_long": ("内容过长", "The text is too long"),
    "id_blank": ("编号不能为空", "An id must not be blank"),
    "id_too_long": ("编号过长，最多200字节", "An id has at most 200 bytes of UTF-8"),
    "id_control_character": ("编号含有控制字符", "An id must not hold control characters"),
    "line_twice": ("同一订单的行号重复", "Each line needs an id of its own"),
    "out_of_range": ("数值超出范围", "The number is out of range"),
    "row_twice": ("同一内容出现两次", "The same stands in two rows"),
    "greater_than_equal": ("数值过小", "The number is too small"),
    "less_than_equal": ("数值过大", "The number is too large"),
    "less_than": ("数值过大", "The number is too large"),
}
"""Code → text. Other codes of the shape have the library's sentence in English, and ``OTHER`` in Chinese."""
OTHER = "内容不符合要求"


def cell_text(code: str, language: str, otherwise: str = "") -> str:
    """What is wrong, in the reader's language; ``otherwise`` is what is said of a code that is not known."""
    chinese, english = CELLS.get(code, (OTHER, otherwise or code))
    return chinese if language == "zh-Hans" else english
