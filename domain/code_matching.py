"""The platform's codes become our SKUs and bundles before the audit looks (SR-170, SR-021, edge case 51).

What was posted stays as it is; the order's content carries our goods. A bundle's price is shared exactly:

1. The unit price is shared by the components' ``share``, whole fen by largest remainder (`domain.money.shared`); a gift
   has no share.
2. A component's part is spread over its units; where it does not divide, the dearer units stand on a line of their own.
3. The line's discount is shared by what the parts cost, the same way.

So the parts cost what the posted line costs, to the last fen. The first part keeps the posted line's id.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any

from pydantic import Field

from domain.money import shared
from domain.posted import Raw
from domain.value import Value

BUNDLE, GIFT = "bundle", "gift"


class Component(Value):
    """So many units of one of our SKUs in one unit of the platform's code; ``share``: its weight in the price."""

    sku: str
    quantity: Annotated[int, Field(ge=1, le=9_999)] = 1
    specification: str = ""
    share: Annotated[int, Field(ge=0, le=10**9)] = 1
    gift: bool = False


class CodeMatch(Value):
    """What a code of a channel stands for: one SKU, or a bundle of several with gifts."""

    channel: str
    code: str
    components: Annotated[tuple[Component, ...], Field(min_length=1, max_length=50)]

    @property
    def plain(self) -> bool:
        """Whether the code is just another name of one SKU."""
        return len(self.components) == 1 and self.components[0].quantity == 1 and not self.components[0].gift


def with_our_goods(raw: Raw, matches: Mapping[str, CodeMatch]) -> dict[str, Any]:
    """The order with our SKUs in the place of the platform's codes; a line without a match stays as posted."""
    taken = {line["line"] for line in raw["lines"]}
    lines: list[Mapping[str, Any]] = []
    for line in raw["lines"]:
        match = matches.get(code_of(line))
        parts = list(_goods(line, match)) if match else [line]
        lines += _named(parts, line["line"], taken)
    return {**raw, "lines": lines}


def unmatched_codes(raw: Raw, known: Iterable[str]) -> dict[str, str]:
    """Order line → a code that is neither matched nor a SKU of ours; ``raw`` has our goods already."""
    ours = set(known)
    posted = (line for line in raw["lines"] if not line.get("added_by_rule"))
    return {line["line"]: code for line in posted if (code := code_of(line)).strip() and code not in ours}


def code_of(line: Mapping[str, Any]) -> str:
    """The code a line names; empty where it names none."""
    code = line.get("sku")
    return code if isinstance(code, str) else ""


def _goods(line: Mapping[str, Any], match: CodeMatch) -> Iterator[Mapping[str, Any]]:
    first = match.components[0]
    if match.plain:
        specification = first.specification or line.get("specification") or ""
        yield {**line, "sku": first.sku, "specification": specification}
        return
    if not _sound(line):
        yield line  # what a wrong line costs nobody can share; its figures are the finding
        return
    parts = list(_priced(line, match.components))
    discounts = shared(line.get("discount") or 0, [part["quantity"] * part["unit_price"] for part in parts])
    for part, discount in zip(parts, discounts, strict=True):
        yield {**part, "discount": discount}


def _sound(line: Mapping[str, Any]) -> bool:
    figures = (line["quantity"], line["unit_price"], line.get("discount") or 0)
    return all(isinstance(figure, int) and figure >= 0 for figure in figures) and line["quantity"] > 0


def _priced(line: Mapping[str, Any], components: Sequence[Component]) -> Iterator[dict[str, Any]]:
    paid = [component for component in components if not component.gift]
    prices = iter(shared(line["unit_price"], [component.share for component in paid]))
    for component in components:
        price = 0 if component.gift else next(prices)
        each, dearer = divmod(price, component.quantity)
        for units, unit_price in ((component.quantity - dearer, each), (dearer, each + 1)):
            if units:
                yield {
                    **line,
                    "sku": component.sku,
                    "specification": component.specification,
                    "quantity": units * line["quantity"],
                    "unit_price": unit_price,
                    "added_by_rule": GIFT if component.gift else BUNDLE,
                    "part_of": line["line"],
                }


def _named(parts: Sequence[Mapping[str, Any]], posted: str, taken: set[str]) -> Iterator[Mapping[str, Any]]:
    """The first part keeps the line's id; the others get ids that no line has."""
    for number, part in enumerate(parts, start=1):
        name = posted if number == 1 else f"{posted}#{number}"
        while number > 1 and name in taken:
            name += "#"
        taken.add(name)
        yield {**part, "line": name}
