"""What the house does by itself about goods it lacks: the playbook of STOCK_SHORTAGE as policy data (§4.6 E2).

An edition without it has no steps: whoever buys is asked at once, as orders have always lived.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import time, timedelta
from typing import Annotated, Literal

from pydantic import Field

from domain.value import Value


class Route(Value):
    """What a transfer from one warehouse to another takes: time, minor units of money, kilometres."""

    source: str
    target: str
    lead: Annotated[timedelta, Field(gt=timedelta())]
    cost: Annotated[int, Field(ge=0)] = 0
    distance_km: Annotated[int, Field(ge=0)] = 0


class OfficeHours(Value):
    """When somebody answers: from Monday to Friday between these times of the business zone."""

    opens: time = time(9)
    closes: time = time(18)


class Substitute(Value):
    """What may be sent in place of a SKU, if the customer agrees: its price in minor units of ``currency``."""

    sku: str
    instead: str
    specification: str = ""
    unit_price: Annotated[int, Field(ge=0)]
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] = "CNY"


class ShortagePolicy(Value):
    """One edition's playbook.

    ``steps`` are tried in this order. ``prefer``: whether an order that one warehouse cannot fill is sent from several
    (split) or gathered in one first (transfer); orders of the payment methods ``unsplit`` are always gathered.
    ``lead`` and no cost hold where ``routes`` names no route. What arrives needs ``handling`` until it is out.
    ``transfer_within``: by when it has to be there where no date is promised. ``answer_within`` counts office hours;
    without ``office`` it counts plain ones. With ``choice`` the customer decides about what nobody has: ``substitutes``
    are what they are offered, with ``reserves_offer`` only what is there, set aside until they answer. With
    ``gifts_follow`` a gift that is short goes without, and goods that are not sent take their gifts along. With
    ``contract_waits`` nothing is taken off the order of a customer by contract who does not answer.
    """

    steps: tuple[Literal["transfer", "purchasing", "choice"], ...] = ()
    prefer: Literal["split", "transfer"] = "split"
    unsplit: tuple[str, ...] = ()
    routes: tuple[Route, ...] = ()
    lead: Annotated[timedelta, Field(gt=timedelta())] = timedelta(hours=24)
    handling: timedelta = timedelta(hours=4)
    transfer_within: Annotated[timedelta, Field(gt=timedelta())] = timedelta(hours=72)
    answer_within: timedelta = timedelta(hours=4)
    office: OfficeHours | None = OfficeHours()
    substitutes: tuple[Substitute, ...] = ()
    gifts_follow: bool = False
    reserves_offer: bool = False
    contract_waits: bool = False

    def gathers(self, payment_method: str) -> bool:
        """Whether an order that is paid this way leaves from one warehouse, and others bring their share there."""
        return "transfer" in self.steps and (self.prefer == "transfer" or payment_method in self.unsplit)

    def substitute(self, sku: str, currency: str) -> Substitute | None:
        """What is offered in place of this SKU; None where the edition names nothing."""
        return next((each for each in self.substitutes if (each.sku, each.currency) == (sku, currency)), None)

    def route(self, source: str, target: str) -> Route:
        """The way between two warehouses; one of the usual time where the edition names none."""
        for known in self.routes:
            if (known.source, known.target) == (source, target):
                return known
        return Route(source=source, target=target, lead=self.lead)

    def compressed(self, shrink: Callable[[timedelta], timedelta]) -> ShortagePolicy:
        """The same playbook in a demo's time, which knows no nights."""
        names = ("lead", "handling", "transfer_within", "answer_within")
        spans = {name: shrink(getattr(self, name)) for name in names}
        routes = tuple(route.having(lead=shrink(route.lead)) for route in self.routes)
        return self.having(**spans, routes=routes, office=None)


STANDARD_SHORTAGE = ShortagePolicy(
    steps=("transfer", "purchasing", "choice"),
    unsplit=("cod",),
    gifts_follow=True,
    reserves_offer=True,
    contract_waits=True,
)
"""The manual's own order: another warehouse, purchasing, the customer; cash on delivery is not split (edge case 9)."""
