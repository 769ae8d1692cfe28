"""What an order is without units that nobody has, or with other goods in their place (§4.6 E2 step 5).

An amendment is the house's own: it names no person, so it travels with the order, and the audit reads the posted order
with it. Amounts are integers in minor units.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from domain.effects import Amendment, Content, LineContent
from domain.money import receivable
from domain.posted import Raw, content_of, value_at


def amended(content: Content, amendment: Amendment) -> Content:
    """The content after an amendment: a line keeps its share of the discount, the order of what it is discounted by.

    Tax and the platform's share follow the goods. Freight stays, but for what is amended of it: a correction that
    names another since goes before that.
    """
    less = {part.line: part.quantity for part in amendment.less}
    kept = tuple(line for each in content.lines if (line := _less(each, less.get(each.line, 0))) is not None)
    gone = sum(line.discount for line in content.lines) - sum(line.discount for line in kept)
    new = {line.line for line in amendment.instead}
    lines = (*(line for line in kept if line.line not in new), *amendment.instead)
    after = content.having(lines=lines, discount=max(content.discount - gone, 0))
    before, goods = _goods(content), min(_goods(after), _goods(content))
    shares = {name: _share(getattr(content, name), goods, before) for name in ("tax", "platform_discount")}
    after = after.having(**shares, freight=_freight(content, amendment))
    return after.having(total=receivable(after) + content.total - receivable(content))


def _freight(content: Content, amendment: Amendment) -> int:
    was, now = amendment.freight or (content.freight, content.freight)
    return now if content.freight == was else content.freight


def _less(line: LineContent, units: int) -> LineContent | None:
    left = max(line.quantity - units, 0)
    if not units:
        return line
    return line.having(quantity=left, discount=line.discount * left // line.quantity) if left else None


def _goods(content: Content) -> int:
    return sum(line.unit_price * line.quantity for line in content.lines) - content.discount


def _share(amount: int, goods: int, before: int) -> int:
    return amount * goods // before if before > 0 else amount


def due_of(content: Content) -> int:
    """What the buyer has to pay for it."""
    return max(content.total - content.platform_discount, 0)


def costs_more(content: Content, amendment: Amendment) -> int:
    """What the buyer has to pay more by an amendment; less: negative."""
    return due_of(amended(content, amendment)) - due_of(content)


# -- as it was posted ------------------------------------------------------------------------------------------------


def amended_order(raw: Raw, amendments: Sequence[Amendment]) -> dict[str, Any]:
    """The posted order, with our codes and its corrections, as it is after these amendments."""
    order = dict(raw)
    for amendment in amendments:
        order = _written(order, amended(content_of(order), amendment))
    return order


def _written(raw: Mapping[str, Any], content: Content) -> dict[str, Any]:
    known = {line["line"]: line for line in raw["lines"]}
    sums = {name: getattr(content, name) for name in ("total", "freight", "discount", "tax", "platform_discount")}
    order = {**raw, **{name: value for name, value in sums.items() if value or raw.get(name)}}
    order["lines"] = list(_lines(known, content.lines))
    if value_at(raw, "payment.paid_amount"):  # what the buyer settles by now; the money itself is the payment gate's
        order["payment"] = {**raw["payment"], "paid_amount": due_of(content)}
    return order


def _lines(known: Mapping[str, Mapping[str, Any]], lines: Iterable[LineContent]) -> Iterable[dict[str, Any]]:
    for line in lines:
        figures = {"quantity": line.quantity, "unit_price": line.unit_price, "discount": line.discount}
        if line.line in known:
            yield {**known[line.line], **figures}
        else:
            yield {"line": line.line, "sku": line.sku, "specification": line.specification, **figures}
