"""What an edition does for whoever works on orders (SR-164)."""

from __future__ import annotations

from domain.value import Value


class OperatorPolicy(Value):
    """``shows_last_change``: what became of a change request stands in the search attribute, and is told if refused.

    ``told_again``: a request that a Reset tells the order anew waits until the order has come to it, and a complaint
    that two tell is one.
    ``hears_first``: nothing is called late, silent or unanswered while news of the same moment waits to be heard, or
    before what a Reset had to ask anew could be answered.
    """

    shows_last_change: bool = False
    told_again: bool = False
    hears_first: bool = False


STANDARD_OPERATOR = OperatorPolicy(shows_last_change=True, told_again=True, hears_first=True)
