"""A coupon service that speaks our plain JSON protocol; others that compensate differ by path and by what they need."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from pydantic import ValidationError

from infra.connectors.coupons import CouponRefused, CouponWish, IssuedCoupon, IssuerUnreachable
from infra.connectors.plain_protocol import PlainClient, PlainLine


@dataclass(frozen=True)
class PlainCouponIssuer:
    """The coupon service behind ``client``, at ``prefix``; ``needs`` are the fields of a wish that go there."""

    client: PlainClient
    prefix: str = "/coupons"
    path: ClassVar[str] = "/coupons"
    needs: ClassVar[frozenset[str]] = frozenset(CouponWish.model_fields)

    @property
    def _line(self) -> PlainLine:
        return PlainLine(self.client, self.prefix, IssuerUnreachable, CouponRefused)

    async def issue(self, key: str, wish: CouponWish) -> IssuedCoupon:
        """Issue it."""
        body = wish.model_dump(mode="json", include=set(self.needs))
        return self._read(await self._line.write(self.path, key, body))

    async def find(self, key: str) -> IssuedCoupon | None:
        """What was issued under a key."""
        found = await self._line.written(self.path, key)
        return None if found is None else self._read(found)

    def _read(self, answer: dict[str, Any]) -> IssuedCoupon:
        try:
            return IssuedCoupon.model_validate(answer)
        except ValidationError as unknown:
            raise IssuerUnreachable(f"{self.prefix}{self.path}: an answer in words we do not know") from unknown
