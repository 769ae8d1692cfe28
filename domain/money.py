"""What an order costs, in integer minor units of its currency (SR-014): the one place where amounts are added up."""

from __future__ import annotations

from domain.effects import Content, LineContent


def line_amount(line: LineContent) -> int:
    """Unit price × quantity, before discounts."""
    return line.unit_price * line.quantity


def shared_discount(content: Content) -> int:
    """The order's discount as its lines share it."""
    return sum(line.discount for line in content.lines)


def receivable(content: Content) -> int:
    """What is due: Σ line amounts − discounts borne by the merchant + freight + tax."""
    return sum(map(line_amount, content.lines)) - content.discount + content.freight + content.tax
