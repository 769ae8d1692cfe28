"""The house's rules for compensation (§4.9): what a delay is worth, by whose fault it is, and the bounds of it.

The default is what orders of an edition without it have always lived by: no coupon at all. Amounts in minor units.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from domain.value import Value


class Fault(StrEnum):
    """Whose failure it was."""

    CARRIER = "carrier"
    WAREHOUSE = "warehouse"
    STOCK = "stock"
    CUSTOMER = "customer"
    FORCE_MAJEURE = "force_majeure"
    UNKNOWN = "unknown"


class Instrument(StrEnum):
    """By what a customer is compensated."""

    OWN = "own"
    PLATFORM = "platform"
    TRANSFER = "transfer"


class Rung(Value):
    """One step of the ladder: what is due from later than ``over`` on (0: as soon as the delay is a fact).

    With ``approval`` a supervisor has to say yes first.
    """

    over: timedelta = timedelta()
    amount: Annotated[int, Field(ge=0)]
    approval: bool = False


class Tariff(Value):
    """What one fault is worth: by lateness, for a parcel that was lost or damaged, for confirmed stock that lacked.

    ``payer`` bears it.
    """

    late: tuple[Rung, ...] = ()
    lost: int = 0
    short: int = 0
    payer: str = "us"


class CompensationPolicy(Value):
    """One edition's rules; without ``tariffs`` there is no compensation.

    ``faults`` says whose fault a party's word for a reason means; a word that is not there counts as unknown.
    ``stalled_after`` of silence is a delay; ``unknown_after`` of it nobody waits for its cause any more.
    All coupons of an order together are at most ``cap_percent`` of its total, in ``whole`` units, and not under
    ``least``; an order of less than ``least_total`` gets none, nor does a further incident after ``per_order``.
    What comes to more than ``approval_over`` a supervisor has to approve, and so what is over the ``daily_budget`` of
    the house (minor units a day of the edition's zone; None: no bound). With ``waits`` an order that is over stays open
    until its approvals are decided, else they lapse. With ``reclassifies`` a cause that is known later moves the cost
    of what was given to another cost centre; a coupon is never taken back. ``instruments`` names the channels whose
    customers get the platform's coupon or a small transfer (小额打款) in the place of our own coupon.
    """

    tariffs: dict[Fault, Tariff] = Field(default_factory=dict)
    faults: dict[str, Fault] = Field(default_factory=dict)
    currency: str = "CNY"
    cap_percent: Annotated[int, Field(ge=0, le=100)] = 10
    whole: Annotated[int, Field(ge=1)] = 100
    least: Annotated[int, Field(ge=1)] = 100
    least_total: int = 2_000
    per_order: int = 2
    approval_over: int = 5_000
    stalled_after: timedelta = timedelta(hours=48)
    unknown_after: timedelta = timedelta(hours=24)
    valid_days: Annotated[int, Field(ge=1)] = 30
    daily_budget: Annotated[int, Field(ge=0)] | None = None
    waits: bool = False
    reclassifies: bool = False
    instruments: dict[str, Instrument] = Field(default_factory=dict)

    def instrument(self, channel: str) -> Instrument:
        """By what the customers of a channel are compensated."""
        return self.instruments.get(channel, Instrument.OWN)

    def compressed(self, shrink: Callable[[timedelta], timedelta], least: timedelta) -> CompensationPolicy:
        """The same rules in a demo's time, silence no shorter than its clock; a coupon is valid as long as ever."""
        tariffs = {
            fault: tariff.having(late=tuple(rung.having(over=shrink(rung.over)) for rung in tariff.late))
            for fault, tariff in self.tariffs.items()
        }
        spans = {name: max(shrink(getattr(self, name)), least) for name in ("stalled_after", "unknown_after")}
        return self.having(tariffs=tariffs, **spans)


DAY, THREE_DAYS = timedelta(hours=24), timedelta(hours=72)
BY_CARRIER = Tariff(
    late=(Rung(amount=500), Rung(over=DAY, amount=1_000), Rung(over=THREE_DAYS, amount=2_000)),
    lost=2_000,
    payer="carrier",
)
STANDARD_COMPENSATION = CompensationPolicy(
    daily_budget=500_000,
    waits=True,
    reclassifies=True,
    tariffs={
        Fault.CARRIER: BY_CARRIER,
        Fault.WAREHOUSE: Tariff(
            late=(Rung(over=DAY, amount=500), Rung(over=THREE_DAYS, amount=1_000)), payer="warehouse"
        ),
        Fault.STOCK: Tariff(short=500),
        Fault.FORCE_MAJEURE: Tariff(late=(Rung(over=THREE_DAYS, amount=500, approval=True),)),
        Fault.UNKNOWN: BY_CARRIER.having(payer="us"),
    },
    faults={
        **dict.fromkeys(
            ("HUB_OVERLOAD", "爆仓", "爆倉", "MISROUTED", "CAPACITY", "LOST", "DAMAGED", "丢失", "破损"), Fault.CARRIER
        ),
        **dict.fromkeys(
            ("ADDRESS_PROBLEM", "地址异常", "地址異常", "RECIPIENT_ABSENT", "RECIPIENT_REFUSED", "收件人不在", "拒收"),
            Fault.CUSTOMER,
        ),
        **dict.fromkeys(
            ("WEATHER", "CARRIER_SUSPENDED", "天气", "暴雨", "停运"),
            Fault.FORCE_MAJEURE,
        ),
    },
)
"""The house's own figures; the manual gives none. A fault without a tariff (the customer's) gets no coupon."""
