"""How long whoever is asked about a change request may take, and which goods are not taken back (§4.7)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from domain.freight_policy import STANDARD_TARIFF, Tariff
from domain.value import Value


class ChangePolicy(Value):
    """An edition's times for an answer: of the warehouse that stops, of the carrier, and of anybody else.

    ``not_returnable`` are SKUs that are not taken back once signed for, such as fresh goods; goods made to order the
    order knows by itself. ``expedite_fee`` and ``redirect_fee`` are what a quote names, in minor units; it holds for
    ``quote_valid_for``, also in a demo, where people read it in their own time. ``settles``: what is done by hand to
    an order that is not released becomes its next version, fewer units the desk writes itself, and what a change takes
    off a paid order is paid back. ``by_itself``: so does every other change before the release; more units after it
    become a further shipment, parcels are hurried and sent elsewhere by their carrier, and what a change costs is
    collected before it is made. ``suggests_merge``: of two orders of one buyer to one address, neither audited, the
    later one gives a task to ask for their merge. ``freight`` is what a change to another region is priced by where
    nobody says what it costs; ``prices_goods``: other goods, and another number of them, are priced too.
    """

    recall_within: timedelta = timedelta(minutes=30)
    intercept_within: timedelta = timedelta(hours=4)
    decide_within: timedelta = timedelta(hours=24)
    not_returnable: tuple[str, ...] = ()
    quote_valid_for: timedelta = timedelta(minutes=30)
    expedite_fee: int = 0
    redirect_fee: int = 0
    settles: bool = False
    by_itself: bool = False
    suggests_merge: bool = False
    freight: Tariff = Tariff()
    prices_goods: bool = False

    def compressed(self, shrink: Callable[[timedelta], timedelta]) -> ChangePolicy:
        """The same rules in a demo's time."""
        spans = ("recall_within", "intercept_within", "decide_within")
        return self.having(**{name: shrink(getattr(self, name)) for name in spans})


STANDARD_CHANGE = ChangePolicy(
    settles=True, by_itself=True, suggests_merge=True, freight=STANDARD_TARIFF, prices_goods=True
)
"""The manual's own."""
