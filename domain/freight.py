"""What another region makes of an order's freight, by its edition's tariff (§4.7 re-price, `domain.freight_policy`)."""

from __future__ import annotations

from domain.code_matching import GIFT
from domain.effects import Content
from domain.freight_policy import Tariff
from domain.money import line_amount
from domain.regions import plain_region


def freight_of(tariff: Tariff, content: Content, region: str) -> int | None:
    """What the tariff asks for an order's way to a region; None where it does not say, or nobody knows where it is."""
    rate = tariff.rate(region, content.preferred_carrier)
    if rate is None or not plain_region(region) or content.currency != tariff.currency:
        return None
    if content.delivery_method != "express":
        return 0
    paid_for = [line for line in content.lines if line.added_by_rule != GIFT]
    return rate.costs(sum(line.quantity for line in paid_for), sum(map(line_amount, content.lines)) - content.discount)


def freight_to(tariff: Tariff, content: Content, region: str) -> int | None:
    """The order's freight if it went to another region: what it is now and the tariff's difference.

    So a freight that was waived, or agreed, stays so; never less than nothing. None where nothing tells. An order of
    nothing to pay, such as one that is sent again, is sent anywhere for nothing.
    """
    if content.total <= 0:
        return content.freight
    here, there = freight_of(tariff, content, content.region), freight_of(tariff, content, region)
    if here is None or there is None:
        return None
    return max(content.freight + there - here, 0)
