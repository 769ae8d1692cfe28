"""Whether prices agree with contract, promotion or list (SR-112); exact, or not below the floor, by the channel.

Discounts borne by the platform do not lower what we get and are left out. A house that keeps no price list at all
has nothing to be judged by.
"""

from __future__ import annotations

from collections.abc import Iterator

from domain.audit.papers import LONGEST, Papers
from domain.audit_policy import PriceCheck
from domain.effects import LineContent
from domain.findings import Finding
from domain.money import line_amount
from domain.policy import AuditPolicy
from domain.price_lists import JudgedPrice, Offer, best


def check_of(policy: AuditPolicy, channel: str) -> PriceCheck:
    """How the edition has prices of this channel checked."""
    return policy.price_checks.get(channel, policy.price_check)


def judged_prices(papers: Papers) -> tuple[JudgedPrice, ...]:
    """By which price each line was judged; a line without one is left out."""
    return tuple(
        JudgedPrice(
            line=line.line,
            sku=line.sku,
            edition=offer.edition,
            kind=offer.kind,
            unit_price=offer.unit_price,
            floor=offer.floor,
        )
        for line, offer in _checked(papers)
        if offer is not None
    )


def unknown_prices(papers: Papers) -> Iterator[Finding]:
    """Lines that must have an agreed price and have none."""
    for line, offer in _checked(papers):
        if offer is None and _exact(papers):
            params: dict[str, str | int] = {"sku": line.sku[:LONGEST]}
            yield Finding(code="PRICE_UNKNOWN", field=_at(line), params=params)


def wrong_prices(papers: Papers) -> Iterator[Finding]:
    """Lines whose price is not the agreed one, neither before nor after their discount."""
    for line, offer in _checked(papers):
        if offer is not None and _exact(papers) and not _agrees(line, offer, papers.policy.rounding):
            yield _disagrees("PRICE_MISMATCH", line, offer.unit_price, line.unit_price, offer)


def broken_floors(papers: Papers) -> Iterator[Finding]:
    """Lines that bring us less than the floor (破价)."""
    for line, offer in _checked(papers):
        if offer is not None and offer.floor is not None and _net(line) < offer.floor * line.quantity:
            yield _disagrees("PRICE_BELOW_FLOOR", line, offer.floor, _net(line) // line.quantity, offer)


def _checked(papers: Papers) -> Iterator[tuple[LineContent, Offer | None]]:
    if check_of(papers.policy, papers.channel) == "none" or not papers.book.number or papers.raw.get("original"):
        return  # what is sent again, or as a gift, costs nothing (SR-177)
    for line in papers.content.lines:
        if line.quantity > 0 and line.sku in papers.skus:  # anything else has a finding of its own
            yield line, best(papers.book.offers, line.sku)


def _exact(papers: Papers) -> bool:
    return check_of(papers.policy, papers.channel) == "exact"


def _agrees(line: LineContent, offer: Offer, rounding: int) -> bool:
    """A promotion may be told as the lower price, or as the usual price and a discount, whose share is rounded."""
    lowered = line.discount > 0 and abs(_net(line) - offer.unit_price * line.quantity) <= rounding
    return line.unit_price == offer.unit_price or lowered


def _net(line: LineContent) -> int:
    return line_amount(line) - line.discount


def _at(line: LineContent) -> str:
    return f"lines.{line.line}.unit_price"


def _disagrees(code: str, line: LineContent, expected: int, actual: int, offer: Offer) -> Finding:
    params: dict[str, str | int] = {
        "sku": line.sku[:LONGEST],
        "expected": expected,
        "actual": actual,
        "edition": offer.edition,
        "kind": offer.kind.value,
    }
    return Finding(code=code, field=_at(line), params=params)
