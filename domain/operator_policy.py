"""What an edition shows whoever works on orders (SR-164)."""

from __future__ import annotations

from domain.value import Value


class OperatorPolicy(Value):
    """``shows_last_change``: what became of a change request stands in the search attribute, and is told if refused."""

    shows_last_change: bool = False


STANDARD_OPERATOR = OperatorPolicy(shows_last_change=True)
