"""A platform that gives its buyers its own coupon, by our plain JSON protocol: it knows the buyer by the order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from infra.connectors.coupons import CouponRefused, CouponWish, IssuedCoupon, IssuerUnreachable
from infra.connectors.plain_protocol import PlainClient, PlainLine

PATH = "/buyer_coupons"


@dataclass(frozen=True)
class PlainPlatformCoupons:
    """The platform behind ``client``, at ``prefix``. It makes the code itself, so ours does not go there."""

    client: PlainClient
    prefix: str = "/shop"

    @property
    def _line(self) -> PlainLine:
        return PlainLine(self.client, self.prefix, IssuerUnreachable, CouponRefused)

    async def issue(self, key: str, wish: CouponWish) -> IssuedCoupon:
        """Put it into the buyer's account."""
        return self._read(await self._line.write(PATH, key, wish.model_dump(mode="json", exclude={"code"})))

    async def find(self, key: str) -> IssuedCoupon | None:
        """What was issued under a key."""
        found = await self._line.written(PATH, key)
        return None if found is None else self._read(found)

    def _read(self, answer: dict[str, Any]) -> IssuedCoupon:
        try:
            return IssuedCoupon.model_validate(answer)
        except ValidationError as unknown:
            raise IssuerUnreachable(f"{self.prefix}{PATH}: an answer in words we do not know") from unknown
