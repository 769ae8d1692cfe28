"""A small transfer (小额打款) to the buyer through the payment gateway, by our plain JSON protocol."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from infra.connectors.coupons import CouponRefused, CouponWish, IssuedCoupon, IssuerUnreachable
from infra.connectors.plain_protocol import PlainClient, PlainLine

PATH = "/transfers"


@dataclass(frozen=True)
class PlainSmallTransfers:
    """The gateway behind ``client``, at ``prefix``. It pays whoever paid the order; money needs no code and no term."""

    client: PlainClient
    prefix: str = "/payments"

    @property
    def _line(self) -> PlainLine:
        return PlainLine(self.client, self.prefix, IssuerUnreachable, CouponRefused)

    async def issue(self, key: str, wish: CouponWish) -> IssuedCoupon:
        """Pay it."""
        body = wish.model_dump(mode="json", include={"order", "amount", "currency"})
        return self._read(await self._line.write(PATH, key, body))

    async def find(self, key: str) -> IssuedCoupon | None:
        """What was paid under a key."""
        found = await self._line.written(PATH, key)
        return None if found is None else self._read(found)

    def _read(self, answer: dict[str, Any]) -> IssuedCoupon:
        try:
            return IssuedCoupon.model_validate(answer)
        except ValidationError as unknown:
            raise IssuerUnreachable(f"{self.prefix}{PATH}: an answer in words we do not know") from unknown
