"""Invoices and their red letters (SR-149): may one be issued, for how much, what is taken back.

An invoice is for what the buyer paid and did not get back. A refund makes it red, in full or in part, beside the
money: a return or a claim by its own amount, whatever else the order paid back by what stands for too much then. Only
one that the buyer already used waits for its confirmation (a form of the tax office).
"""

from __future__ import annotations

from domain.optional_fields import tax_id_fits
from domain.stage import Stage
from domain.value import Value

BLUE, RED = "blue", "red"
NOTHING_INVOICED = frozenset({Stage.CANCELLED, Stage.REJECTED})
LETTER = "invoice"
"""Its kind in the outbox."""


class Invoice(Value):
    """One invoice as the books have it; ``amount`` is positive, also of a red one, which takes ``red_of`` back."""

    invoice_no: int
    kind: str
    amount: int
    red_of: int = 0
    used: bool = False
    cause: str = ""


class InvoiceBooks(Value):
    """What the books say of the order's money and its invoices."""

    order_no: str
    stage: str
    currency: str
    captured: int
    refunded: int
    invoices: tuple[Invoice, ...] = ()


class RedLetter(Value):
    """So much of an invoice that is taken back; ``waits`` for the confirmation where the buyer used it."""

    red_of: int
    amount: int
    waits: bool


def left_of(books: InvoiceBooks, blue: Invoice) -> int:
    """What an invoice still stands for."""
    return blue.amount - sum(red.amount for red in books.invoices if red.red_of == blue.invoice_no)


def to_invoice(books: InvoiceBooks) -> int:
    """What the buyer paid and did not get back."""
    return max(books.captured - books.refunded, 0)


def reasons_against(books: InvoiceBooks, title: str, tax_id: str) -> tuple[str, ...]:
    """Every reason for a no; none: it may be issued."""
    standing = any(left_of(books, each) > 0 for each in books.invoices if each.kind == BLUE)
    found = {
        "INVOICE_TITLE_MISSING": not title.strip(),
        "TAX_ID_MALFORMED": not tax_id_fits(tax_id),
        "NOTHING_PAID": to_invoice(books) == 0 or books.stage in NOTHING_INVOICED,
        "INVOICED": standing,
    }
    return tuple(code for code, holds in found.items() if holds)


def red_letters(books: InvoiceBooks, cause: str, amount: int) -> tuple[RedLetter, ...]:
    """What a refund takes back of the order's invoices, the newest first; a refund that did it before takes nothing."""
    if any(each.cause == cause for each in books.invoices):
        return ()
    found: list[RedLetter] = []
    for blue in sorted(books.invoices, key=lambda each: -each.invoice_no):
        part = min(amount - sum(red.amount for red in found), left_of(books, blue)) if blue.kind == BLUE else 0
        if part > 0:
            found.append(RedLetter(red_of=blue.invoice_no, amount=part, waits=blue.used))
    return tuple(found)


def beyond(books: InvoiceBooks) -> int:
    """By how much the standing invoices are for more than the buyer paid and did not get back."""
    standing = sum(left_of(books, each) for each in books.invoices if each.kind == BLUE)
    return max(standing - to_invoice(books), 0)


def cause_of_order(books: InvoiceBooks) -> str:
    """The cause of the red letters of the order's own refunds: how much of its money had gone back by then."""
    return f"refunded/{books.refunded}"


def letter_key(order_no: str, invoice_no: int) -> str:
    """The key under which the invoicing party is asked, once."""
    return f"{order_no}/invoice/{invoice_no}"
