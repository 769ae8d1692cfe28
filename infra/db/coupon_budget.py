"""What the house gives in coupons a day (§4.9): each coupon takes its share of the day's budget once, under its key.

One statement each, and the day's row is its lock: of two orders that want the last yuan one gets it.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.value import Value

TAKE = text(
    """
WITH today AS (
    INSERT INTO coupon_day AS d (day, currency, spent)
    SELECT CAST(:day AS date), :currency, CAST(:amount AS bigint)
    WHERE NOT EXISTS (SELECT FROM coupon_share WHERE key = :key) AND (:approved OR :amount <= :budget)
    ON CONFLICT (day, currency) DO UPDATE SET spent = d.spent + excluded.spent
    WHERE :approved OR d.spent + excluded.spent <= :budget
    RETURNING day
), share AS (
    INSERT INTO coupon_share (key, day, currency, amount, at)
    SELECT :key, day, :currency, :amount, :at FROM today RETURNING key
)
SELECT EXISTS (SELECT FROM share) OR EXISTS (SELECT FROM coupon_share WHERE key = :key)"""
)
GIVE_BACK = text(
    """
WITH share AS (DELETE FROM coupon_share WHERE key = :key RETURNING day, currency, amount)
UPDATE coupon_day AS d SET spent = d.spent - share.amount FROM share
WHERE (d.day, d.currency) = (share.day, share.currency)"""
)


class Share(Value):
    """What a coupon takes of its day's budget; ``approved``: though it is more than that."""

    key: str
    day: date
    currency: str
    amount: int
    budget: int
    approved: bool = False


async def take(engine: AsyncEngine, share: Share, at: datetime) -> bool:
    """Whether the coupon may be issued; one that has its share may."""
    values = {**share.model_dump(), "at": at}
    try:
        async with engine.begin() as connection:
            return bool((await connection.execute(TAKE, values)).scalar_one())
    except IntegrityError:  # another attempt for the same coupon was quicker
        return True


async def give_back(engine: AsyncEngine, key: str) -> None:
    """The coupon will not be issued."""
    async with engine.begin() as connection:
        await connection.execute(GIVE_BACK, {"key": key})
