"""What it costs to send an order somewhere (§4.7 re-price): a tariff by carrier, region and pieces, as policy data.

It is the freight template of the marketplaces: so much for the first pieces, so much for each further lot of them, free
from an amount of goods on. What an order is charged for its way is what was posted; the tariff says what another
region makes of it.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from domain.regions import plain_region
from domain.value import Value

Whole = Annotated[int, Field(ge=0, le=2**53)]
Pieces = Annotated[int, Field(ge=1, le=2**31)]


class FreightRate(Value):
    """What it costs to some provinces, in minor units; without ``regions``: to all that no other rate names.

    ``carrier``: only where the order prefers this one. ``first`` is for up to ``first_pieces``, ``further`` for each
    begun lot of ``lot`` pieces more. Goods for ``free_from`` and more are sent for nothing.
    """

    regions: tuple[str, ...] = ()
    carrier: str = ""
    first: Whole
    first_pieces: Pieces = 1
    further: Whole = 0
    lot: Pieces = 1
    free_from: Whole | None = None

    def costs(self, pieces: int, goods: int) -> int:
        """What so many pieces cost that are worth ``goods``."""
        if self.free_from is not None and goods >= self.free_from:
            return 0
        more = max(pieces - self.first_pieces, 0)
        return self.first + self.further * -(-more // self.lot)


class Tariff(Value):
    """An edition's rates, all in one currency; none: freight is what somebody says."""

    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] = "CNY"
    rates: tuple[FreightRate, ...] = ()

    def rate(self, region: str, carrier: str) -> FreightRate | None:
        """The rate that counts: one that names the province beats one for the rest, then the carrier's own."""
        province = plain_region(region).partition("/")[0]
        fits = [each for each in self.rates if each.carrier in ("", carrier) and _names(each, province)]
        return max(fits, key=lambda each: (bool(each.regions), bool(each.carrier)), default=None)


def _names(rate: FreightRate, province: str) -> bool:
    return not rate.regions or province in {plain_region(each) for each in rate.regions}


REMOTE = ("新疆维吾尔自治区", "西藏自治区", "内蒙古自治区", "青海省", "宁夏回族自治区", "甘肃省", "海南省")
STANDARD_TARIFF = Tariff(
    rates=(FreightRate(first=800, further=200), FreightRate(regions=REMOTE, first=1_800, further=1_000))
)
"""The house's own; the manual gives no figures: 8.00 and 2.00 a further piece, to far provinces 18.00 and 10.00."""
