"""Invoices and red letters (SR-149, EC-40): for what was paid, once; a refund takes back as much of it."""

from __future__ import annotations

from typing import Any

import pytest

from domain.invoices import Invoice, InvoiceBooks, RedLetter, beyond, reasons_against, red_letters, to_invoice

CODE = "91110000600037341L"


def books(*invoices: Invoice, **changes: Any) -> InvoiceBooks:
    said = {"order_no": "SO1", "stage": "COMPLETED", "currency": "CNY", "captured": 13600, "refunded": 0}
    return InvoiceBooks.model_validate({**said, **changes, "invoices": invoices})


def blue(number: int = 1, amount: int = 13600, *, used: bool = False) -> Invoice:
    return Invoice(invoice_no=number, kind="blue", amount=amount, used=used)


def red(number: int, of: int, amount: int, cause: str = "return/1/goods") -> Invoice:
    return Invoice(invoice_no=number, kind="red", amount=amount, red_of=of, cause=cause)


@pytest.mark.clause("SR-149")
@pytest.mark.parametrize(
    ("given", "title", "tax_id", "against"),
    [
        (books(), "王小明", "", ()),
        (books(), "某公司", CODE, ()),
        (books(), "某公司", "911100006000373410", ("TAX_ID_MALFORMED",)),
        (books(), "  ", "", ("INVOICE_TITLE_MISSING",)),
        (books(captured=0), "王小明", "", ("NOTHING_PAID",)),
        (books(refunded=13600), "王小明", "", ("NOTHING_PAID",)),
        (books(stage="CANCELLED"), "王小明", "", ("NOTHING_PAID",)),
        (books(blue()), "王小明", "", ("INVOICED",)),
        (books(blue(), red(2, 1, 600)), "王小明", "", ("INVOICED",)),
        (books(blue(), red(2, 1, 13600)), "王小明", "", ()),
    ],
)
def test_an_invoice_needs_a_title_a_good_tax_id_and_money_that_no_other_stands_for(
    given: InvoiceBooks, title: str, tax_id: str, against: tuple[str, ...]
) -> None:
    assert reasons_against(given, title, tax_id) == against


@pytest.mark.clause("SR-149")
def test_its_amount_is_what_the_buyer_paid_and_did_not_get_back() -> None:
    assert (to_invoice(books()), to_invoice(books(refunded=600))) == (13600, 13000)


@pytest.mark.clause("EC-40", "SR-149")
@pytest.mark.parametrize("used", [False, True])
def test_a_refund_takes_back_as_much_and_only_a_used_invoice_waits(used: bool) -> None:
    given = books(blue(used=used))
    assert red_letters(given, "return/1/goods", 6800) == (RedLetter(red_of=1, amount=6800, waits=used),)
    assert red_letters(given, "return/1/goods", 99999) == (RedLetter(red_of=1, amount=13600, waits=used),)


@pytest.mark.clause("EC-40")
def test_a_refund_takes_nothing_back_twice_nor_more_than_is_left() -> None:
    given = books(blue(), red(2, 1, 10000))
    assert red_letters(given, "return/1/goods", 3600) == ()
    assert red_letters(given, "return/2/goods", 9999) == (RedLetter(red_of=1, amount=3600, waits=False),)
    assert red_letters(books(), "return/1/goods", 6800) == ()


@pytest.mark.clause("EC-40")
def test_the_newest_invoice_goes_red_first() -> None:
    given = books(blue(1, 5000), red(2, 1, 1000, "return/9/goods"), blue(3, 3000))
    letters = red_letters(given, "return/1/goods", 6000)
    assert [(letter.red_of, letter.amount) for letter in letters] == [(3, 3000), (1, 3000)]


@pytest.mark.clause("EC-40")
@pytest.mark.parametrize(
    ("given", "too_much"),
    [
        (books(refunded=600), 0),
        (books(blue()), 0),
        (books(blue(), refunded=600), 600),
        (books(blue(), red(2, 1, 600), refunded=600), 0),
        (books(blue(), red(2, 1, 600), refunded=1_000), 400),
        (books(blue(1, 13_000), refunded=600), 0),
        (books(blue(1, 13_600), captured=27_200, refunded=13_600), 0),
    ],
)
def test_what_the_order_pays_back_makes_red_what_stands_for_too_much(given: InvoiceBooks, too_much: int) -> None:
    assert beyond(given) == too_much
