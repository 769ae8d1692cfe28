"""How the demo describes one order before it is posted: what it is, what will go wrong, and how it must end."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from domain.packages import PackageState
from domain.policy import CaseKind, ClockKind
from domain.stage import Stage
from domain.value import Value
from infra.demo.goods import BY_SKU, PEOPLE


class Act(Value):
    """What somebody does to the order: ``wait`` seconds after it is placed, has reached ``stage`` or has the case.

    ``what``: the name of a request, or ``fact``, ``pay``, ``restock``, ``post_again``, ``answer`` (the customer does,
    on the page), ``look`` (nobody does anything). ``settled`` waits until a case of this kind is over, ``back`` until
    the order's first return is in this state; after all that ``told`` until its timeline tells this.
    """

    what: str
    body: dict[str, Any] = Field(default_factory=dict)
    stage: Stage | None = None
    case: CaseKind | None = None
    settled: CaseKind | None = None
    back: str = ""
    told: str = ""
    wait: float = 0


class Plan(Value):
    """One planned order; ``at`` is when it is posted, in seconds of the run."""

    name: str
    at: float = 0
    channel: str = "demo-tmall"
    skus: tuple[tuple[str, int], ...] = (("DEMO-TEA-250", 1),)
    payment: str = "prepaid"
    pays_in_body: bool = True
    delivery: str = "express"
    order: dict[str, Any] = Field(default_factory=dict)
    behavior: dict[str, Any] = Field(default_factory=dict)
    acts: tuple[Act, ...] = ()
    ends: Stage = Stage.COMPLETED
    cases: tuple[CaseKind, ...] = ()
    breaches: tuple[ClockKind, ...] = ()
    returned: str = Field("", description="How its return ends, where goods come back after the completion")
    ship_by: float | None = Field(None, description="Seconds from placing to the channel's ship-by date")
    promised_days: int | None = Field(None, description="Days from today to the promised delivery date")

    @property
    def total(self) -> int:
        """What the buyer has to pay, in fen."""
        return sum(price(sku) * quantity for sku, quantity in self.skus)


def answers(case: CaseKind, **said: str) -> Act:
    """The customer has the message, and answers on the page while the order has this case."""
    return Act(what="answer", body=said, case=case, told="message_delivered", wait=1)


def edited(*fields: str, **moment: Any) -> Act:
    """What differs between the channel's order and ours now; nothing: they say the same again."""
    data = {"fields": list(fields), "content": "-".join(fields)}
    return Act(what="fact", body={"kind": "channel_changed", "data": data}, **moment)


def price(sku: str) -> int:
    """What a SKU costs, in fen."""
    return BY_SKU[sku].price if sku in BY_SKU else 3000


def lines(plan: Plan, run: str) -> list[dict[str, Any]]:
    """The order's lines; a SKU that ends in ``*`` is this run's own."""
    return [
        {
            "line": str(number),
            "sku": sku.replace("*", run),
            "specification": BY_SKU[sku].specification if sku in BY_SKU else "",
            "quantity": quantity,
            "unit_price": price(sku),
        }
        for number, (sku, quantity) in enumerate(plan.skus, start=1)
    ]


def receiver(number: int) -> dict[str, dict[str, str]]:
    """Customer and address of the run's order ``number``."""
    person = PEOPLE[number % len(PEOPLE)]
    return {
        "customer": {"name": person.name, "phone": person.phone, "buyer_key": f"buyer-{number % len(PEOPLE)}"},
        "address": {
            "province": person.province,
            "city": person.city,
            "district": person.district,
            "street": person.street,
        },
    }


def scan(after: float, state: PackageState, **more: object) -> dict[str, object]:
    """One scan of a carrier's script."""
    recipient = {"by_recipient": True} if state is PackageState.DELIVERED else {}
    return {"after": after, "state": state, "code": state.lower(), **recipient, **more}
