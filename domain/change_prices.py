"""What other goods, or another number of them, make of an order's amounts, where its change does not say (SR-054, M5).

Units keep the price of their line; another SKU costs what the price list says. Who names an amount names all that
change, and is taken at his word. Amounts are minor units.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from domain.amending import amended
from domain.change_requests import ChangeKind, ChangeParams
from domain.effects import Amendment, LineContent
from domain.facts import Moved
from domain.posted import LINES, Raw, content_of, corrected
from domain.price_lists import Offer, best
from domain.quotes import Priced

Fields = Mapping[str, Any]
OF_MONEY = ("total", "freight", "discount", "tax")
OF_LINES = (".unit_price", ".discount")
SUMS = ("discount", "platform_discount", "tax", "total")
OF_GOODS = frozenset({ChangeKind.QUANTITY, ChangeKind.SUBSTITUTE})
NEW = "new"
"""The line of goods that the order has no line of."""


def says_its_money(fields: Fields) -> bool:
    """Whether the change brings an amount, of the order or of a line."""
    return any(path in OF_MONEY or path.endswith(OF_LINES) for path in fields)


def wished(params: ChangeParams) -> dict[str, Any]:
    """The parameters of a change of goods as fields of their line."""
    if not params.line:
        return {}
    told = {"sku": params.sku or None, "quantity": params.quantity}
    return {f"{LINES}{params.line}.{name}": value for name, value in told.items() if value is not None}


def new_skus(raw: Raw, fields: Fields, params: ChangeParams) -> tuple[str, ...]:
    """The SKUs whose price is wanted: those that a line of the order is to have now."""
    known = {line["line"]: line.get("sku") for line in raw["lines"]}
    after = {line["line"]: line.get("sku") for line in corrected(raw, [fields])["lines"]}
    others = [str(sku) for line, sku in after.items() if sku and sku != known[line]]
    return tuple(sorted({*others, *([params.sku] if params.sku and not params.line else [])}))


def completed(raw: Raw, fields: Fields, offers: Sequence[Offer]) -> dict[str, Any]:
    """The fields with the amounts that follow from them; unchanged where no price list names the new goods."""
    before, after = content_of(raw), content_of(corrected(raw, [fields]))
    changed = [pair for pair in zip(before.lines, after.lines, strict=True) if pair[0] != pair[1]]
    priced = [(was, _priced(was, now, offers)) for was, now in changed]
    new = [(was, now) for was, now in priced if now is not None]
    if not changed or len(new) < len(priced):
        return dict(fields)
    content = amended(before, _amendment(new))
    lines = {line.line: line for line in content.lines}
    amounts = {name: getattr(content, name) for name in SUMS if getattr(content, name) != getattr(before, name)}
    of_lines = (_amounts(was, lines.get(was.line, was.having(discount=0))) for was, _ in new)
    return {**fields, **{path: value for one in of_lines for path, value in one}, **amounts, "total": content.total}


def price_of_new(raw: Raw, params: ChangeParams, offers: Sequence[Offer]) -> Priced | None:
    """What a new line would cost; None where it is none, or no price list names it."""
    offer = best(offers, params.sku)
    if params.line or offer is None or not params.quantity:
        return None
    line = LineContent(line=NEW, sku=params.sku, quantity=params.quantity, unit_price=offer.unit_price)
    before = content_of(raw)
    return Priced(goods=amended(before, Amendment(case=0, less=(), instead=(line,))).total - before.total)


def _priced(was: LineContent, now: LineContent, offers: Sequence[Offer]) -> LineContent | None:
    """The line at its price; other goods at theirs, without the old ones' discount; None where nobody knows it."""
    if now.sku == was.sku:
        return now
    offer = best(offers, now.sku)
    return None if offer is None else now.having(unit_price=offer.unit_price, discount=0)


def _amendment(lines: Sequence[tuple[LineContent, LineContent]]) -> Amendment:
    less = {was.line: was.quantity - (now.quantity if now.sku == was.sku else 0) for was, now in lines}
    instead = [now for was, now in lines if now.quantity > 0 and (now.sku != was.sku or now.quantity > was.quantity)]
    gone = tuple(Moved(line=line, quantity=units) for line, units in less.items() if units > 0)
    return Amendment(case=0, less=gone, instead=tuple(instead))


def _amounts(was: LineContent, now: LineContent) -> Iterator[tuple[str, int]]:
    for name in ("unit_price", "discount"):
        if getattr(now, name) != getattr(was, name):
            yield f"{LINES}{was.line}.{name}", getattr(now, name)
