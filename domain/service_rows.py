"""What a failure of service costs, as the books keep it (M9, §4.9): coupons with who bears them."""

from __future__ import annotations

from domain.value import Moment, Value


class CouponRow(Value):
    """One coupon: ``coupon`` is its incident and step, ``amount`` what was issued, ``party`` the carrier or warehouse.

    ``fault`` is as it was judged when it was given; ``cost_centre`` bears it now. Money that was sent does not expire.
    """

    coupon: str
    key: str
    incident: str
    case_no: int
    amount: int
    currency: str
    fault: str
    cost_centre: str
    party: str
    edition: str
    instrument: str
    issued_at: Moment
    expires_at: Moment | None = None
