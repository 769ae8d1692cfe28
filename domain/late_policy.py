"""The house's rules for what comes too late (edge cases 3, 4, 37 and 59): goods, money and words against the plan.

The default is what orders of an edition without it have always lived by.
"""

from __future__ import annotations

from domain.value import Value


class LatePolicy(Value):
    """One edition's rules.

    ``follows``: goods of a called-off shipment that leave all the same are taken for what they are, and the shipment
    that was planned in its place is called off (edge case 59); else the fact is unmatched.
    """

    follows: bool = False


STANDARD_LATE = LatePolicy(follows=True)
"""The house's own."""
