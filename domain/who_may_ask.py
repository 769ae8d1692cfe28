"""Who may ask for what (§4.12): the roles of every request, of an order and of a return; the one table of them.

A request that is not named here is anybody's at the desk.
"""

from __future__ import annotations

DESK = frozenset({"operator", "supervisor", "finance"})
"""Whoever works on orders: they may make requests, and see whom an order is for."""
FINANCE = frozenset({"finance"})
SUPERVISOR = frozenset({"supervisor"})
ROLES = {
    "confirm_payment": FINANCE | SUPERVISOR,
    "verify_voucher": FINANCE | SUPERVISOR,
    "decide_coupon": SUPERVISOR,
    "approve_refund": FINANCE,
    "retry_refund": FINANCE,
    "report_refund": FINANCE,
}
"""Requests that not every one of the desk may make."""
LETS_ERP_DIFFER = SUPERVISOR
"""Who may resolve an ``ERP_MISMATCH`` by letting the difference stay."""


def roles_of(request: str) -> frozenset[str]:
    """Whoever may make this request."""
    return ROLES.get(request, DESK)


def least_role(request: str) -> str:
    """The role that may do the least besides, of those that may make this request."""
    return next(role for role in ("operator", "finance", "supervisor") if role in roles_of(request))
