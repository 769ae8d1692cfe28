"""What was ordered: the SKU, its specification, how many (SR-013), and more than there is (SR-017)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence

from domain.audit.papers import LONGEST, Papers, is_blank
from domain.findings import Finding, Severity
from domain.stock import Allotment, Want, total_by_sku


def unknown_skus(papers: Papers) -> Iterator[Finding]:
    """SKUs that nobody has heard of."""
    for line in papers.content.lines:
        if not is_blank(line.sku) and line.sku not in papers.skus:
            yield _about_sku("SKU_UNKNOWN", line.line, line.sku)


def unsellable_skus(papers: Papers) -> Iterator[Finding]:
    """SKUs that are no longer sold."""
    for line in papers.content.lines:
        known = papers.skus.get(line.sku)
        if known is not None and not known.sellable:
            yield _about_sku("SKU_NOT_SELLABLE", line.line, line.sku)


def _about_sku(code: str, line: str, sku: str) -> Finding:
    return Finding(code=code, field=f"lines.{line}.sku", severity=Severity.CRITICAL, params={"sku": sku[:LONGEST]})


def specifications(papers: Papers) -> Iterator[Finding]:
    """Size or colour that the SKU does not come in."""
    for line in papers.content.lines:
        known = papers.skus.get(line.sku)
        wanted, comes_in = line.specification, known.specification if known else ""
        if not is_blank(wanted) and not is_blank(comes_in) and plain(wanted) != plain(comes_in):
            params: dict[str, str | int] = {"expected": comes_in[:LONGEST], "actual": wanted[:LONGEST]}
            yield Finding(code="SPECIFICATION_MISMATCH", field=f"lines.{line.line}.specification", params=params)


def plain(words: str) -> str:
    """What words say, however they are written."""
    return "".join(unicodedata.normalize("NFKC", words).casefold().split())


def quantities(papers: Papers) -> Iterator[Finding]:
    """Quantities that nobody can order."""
    most = papers.policy.max_quantity
    for line in papers.content.lines:
        if not 0 < line.quantity <= most:
            yield Finding(
                code="QUANTITY_INVALID",
                field=f"lines.{line.line}.quantity",
                severity=Severity.CRITICAL,
                params={"quantity": line.quantity, "most": most},
            )


def shortages(wants: Sequence[Want], allotment: Allotment, available: Mapping[str, int]) -> tuple[Finding, ...]:
    """SR-017: ordered more than there is. A notice: the shortage is dealt with, the order not refused."""
    ordered, sku_of = total_by_sku(wants), {want.line: want.sku for want in wants}
    return tuple(
        Finding(
            code="STOCK_SHORT",
            field=f"lines.{short.line}.quantity",
            severity=Severity.NOTICE,
            params={
                "sku": sku_of[short.line],
                "available": available.get(sku_of[short.line], 0),
                "ordered": ordered[sku_of[short.line]],
            },
        )
        for short in allotment.short
    )
