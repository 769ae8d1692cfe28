"""The compensation department: has coupons issued, each once (SR-132c, §4.9, invariants 4 and 16)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio import activity
from temporalio.exceptions import ApplicationError

from domain.calendar import local_day
from domain.compensation_policy import Instrument
from domain.coupon_code import CouponCodes
from domain.coupon_effects import CouponIssued, CouponRequest
from infra.connectors.coupons import CouponIssuer, CouponRefused, CouponWish, IssuedCoupon
from infra.db.coupon_budget import Share, give_back, take
from infra.db.effects import Watch, keep, what_was_done
from infra.db.versions import read_reference


@dataclass(frozen=True)
class CompensationActivities:
    """Speaks with those who compensate, an instrument each."""

    issuers: Mapping[Instrument, CouponIssuer]
    codes: CouponCodes
    engine: AsyncEngine
    now: Watch

    @activity.defn
    async def issue_coupon(self, request: CouponRequest) -> CouponIssued:
        """Bring the incident's coupons up to the amount; the code stays between us, the service and the customer.

        Whatever was done under the key first is the answer, though a Reset may ask with another amount.
        """
        known = await self._kept(request.key)
        if known is not None:
            return known
        issuer = self.issuers[request.instrument]
        found = await issuer.find(request.key)
        if found is not None:
            return await self._keep(request, CouponIssued(amount=found.amount, reference=found.reference))
        amount = request.up_to - sum([await self._issued(key, issuer) for key in request.below])
        if amount <= 0:
            return await self._keep(request, CouponIssued(amount=0))
        if not await self._within_budget(request, amount):
            return await self._keep(request, CouponIssued(amount=0, over_budget=True))
        issued = await self._issue(request, amount, issuer)
        return await self._keep(request, CouponIssued(amount=issued.amount, reference=issued.reference))

    async def _within_budget(self, request: CouponRequest, amount: int) -> bool:
        """Take the coupon's share of the day's budget before it is issued; a retry finds it taken."""
        if request.budget is None:
            return True
        at = self.now()
        share = Share(
            key=request.key,
            day=local_day(at, request.zone),
            currency=request.currency,
            amount=amount,
            budget=request.budget,
            approved=request.approved,
        )
        return await take(self.engine, share, at)

    async def _issue(self, request: CouponRequest, amount: int, issuer: CouponIssuer) -> IssuedCoupon:
        async with self.engine.begin() as connection:
            reference = await read_reference(connection, request.order_no)
        wish = CouponWish(
            order=reference,
            code=self.codes.code(request.key),
            amount=amount,
            currency=request.currency,
            valid_days=request.valid_days,
        )
        try:
            return await issuer.issue(request.key, wish)
        except CouponRefused as refused:
            await give_back(self.engine, request.key)
            raise ApplicationError(str(refused), type="Business.CouponRefused", non_retryable=True) from refused

    async def _issued(self, key: str, issuer: CouponIssuer) -> int:
        """What was issued under an earlier key, as our ledger knows, or else the service."""
        known = await self._kept(key) or await issuer.find(key)
        return known.amount if known else 0

    async def _kept(self, key: str) -> CouponIssued | None:
        async with self.engine.begin() as connection:
            return await what_was_done(connection, key, CouponIssued)

    async def _keep(self, request: CouponRequest, outcome: CouponIssued) -> CouponIssued:
        try:
            async with self.engine.begin() as connection:
                return await keep(connection, request, outcome, self.now())
        except IntegrityError:  # another attempt was quicker; what it kept is the outcome
            kept = await self._kept(request.key)
            if kept is None:
                raise
            return kept
