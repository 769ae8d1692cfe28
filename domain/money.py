"""What an order costs, in integer minor units of its currency (SR-014): the one place where amounts are added up."""

from __future__ import annotations

from collections.abc import Sequence

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


def shared(total: int, weights: Sequence[int]) -> tuple[int, ...]:
    """``total`` shared by ``weights``, to the last unit: everyone the whole part, the rest to the largest remainders.

    Equal remainders: the first first. Weights that are all 0 share equally; nobody shares nothing.
    """
    if not weights:
        return ()
    given = weights if any(weights) else [1] * len(weights)
    whole = sum(given)
    parts = [total * weight // whole for weight in given]
    rest = total - sum(parts)
    by_remainder = sorted(range(len(given)), key=lambda n: (-(total * given[n] % whole), n))
    for n in by_remainder[:rest]:
        parts[n] += 1
    return tuple(parts)
