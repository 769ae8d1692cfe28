"""What it costs and what was paid: sums, discount shares, payment (SR-014, SR-015, SR-018)."""

from __future__ import annotations

from collections.abc import Iterator

from domain.audit.papers import Papers, differs
from domain.effects import Content
from domain.findings import Finding, Severity
from domain.money import line_amount, receivable, shared_discount
from domain.posted import value_at


def amounts(papers: Papers) -> Iterator[Finding]:
    """A total that is not the sum of its parts, a part that no order can have.

    A line whose quantity nobody can order counts as nothing; the quantity is a finding of its own.
    """
    content = papers.content.having(lines=tuple(line for line in papers.content.lines if line.quantity > 0))
    yield from _signs(content)
    if content.total != receivable(content):
        yield differs("AMOUNT_MISMATCH", "total", receivable(content), content.total)


def discount_shares(papers: Papers) -> Iterator[Finding]:
    """Discount shares of the lines that are not the order's discount, rounding left out."""
    content, shared = papers.content, shared_discount(papers.content)
    if abs(content.discount - shared) > papers.policy.rounding:
        yield differs("LINE_DISCOUNT_MISMATCH", "discount", shared, content.discount)


def _signs(content: Content) -> Iterator[Finding]:
    """No amount is negative, and no line is discounted by more than it costs."""
    for name in ("freight", "discount", "platform_discount", "tax"):
        if getattr(content, name) < 0:
            yield differs("AMOUNT_MISMATCH", name, 0, getattr(content, name))
    for line in content.lines:
        if line.unit_price < 0:
            yield differs("AMOUNT_MISMATCH", f"lines.{line.line}.unit_price", 0, line.unit_price)
        elif not 0 <= line.discount <= line_amount(line):
            most = line_amount(line) if line.discount > 0 else 0
            yield differs("AMOUNT_MISMATCH", f"lines.{line.line}.discount", most, line.discount)


def payment(papers: Papers) -> Iterator[Finding]:
    """Paid by the buyer and borne by the platform is not what is due."""
    content, paid = papers.content, value_at(papers.raw, "payment.paid_amount")
    due = content.total - content.platform_discount
    if due < 0:
        yield differs("PAYMENT_INCONSISTENT", "platform_discount", content.total, content.platform_discount)
    elif paid and paid != due:
        # The money itself is kept by the payment gate: approved, the order waits there until it is settled.
        yield differs("PAYMENT_INCONSISTENT", "payment.paid_amount", due, paid, Severity.BLOCKING)
