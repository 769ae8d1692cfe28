"""The step ``issue_coupon``: what it is asked and what it answers; beside the other steps of ``domain.effects``."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from domain.compensation_policy import Instrument
from domain.effects import Kept, Request


class CouponRequest(Request):
    """Bring an incident's coupons up to an amount (key …/coupon/{incident}/{step}).

    What was issued under the keys of ``below`` counts, so that a higher step gives the difference only, whichever of
    them came before it. No code: whoever issues it makes it from the key. It counts for the day of ``zone`` on which
    it is first asked for; over the day's ``budget`` it is not issued, unless it is ``approved``.
    """

    up_to: Annotated[int, Field(ge=1)]
    currency: str
    below: tuple[str, ...] = ()
    valid_days: Annotated[int, Field(ge=1)]
    budget: int | None = None
    zone: str = ""
    approved: bool = False
    instrument: Instrument = Instrument.OWN


class CouponIssued(Kept):
    """What was issued under the key (0: its incident had it already), and the issuer's number for it, not the code.

    ``over_budget``: nothing was, for it would have been more than the day's budget.
    """

    amount: int
    reference: str = ""
    over_budget: bool = False
