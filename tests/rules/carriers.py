"""A carrier that answers as a scene wants, and an order whose parcel it has (E3, E5)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from domain.carrier_orders import CarrierSaid
from domain.effects import EffectKind, ReserveOutcome
from domain.facts import Moved
from domain.holds import EffectState
from domain.inquiries import CarrierAnswer
from domain.inside import Outcome
from domain.order import Order
from domain.policy import STANDARD, Policy
from tests.rules.story import Story, a_content, a_line, an_input, the_party_does_it

NEVER = "never"
"""No answer at all."""
DEAR = 15_000
"""A price at which goods come back before they are sent again."""


class Carrier:
    """A carrier that answers as a scene wants: a word for the cause, and yes, no, or nothing to each order."""

    def __init__(self, reason: str = "", estimate: timedelta | None = None, **says: bool | str) -> None:
        """Say what it says; True or nothing said means yes."""
        self.reason = reason
        self.says = says
        self.estimate = estimate
        self.stock = True

    def __call__(self, order: Order, effect: EffectState) -> Outcome | None:
        """Answer one effect."""
        wanted = self.says.get(effect.kind)
        if wanted == NEVER:
            return None
        if wanted is False:
            return CarrierSaid(accepted=False, reason="no")
        if effect.kind == EffectKind.ASK_CARRIER:
            known = effect.since + self.estimate if self.estimate else None
            return CarrierAnswer(reason=self.reason, estimated_at=known)
        if effect.kind == EffectKind.RESERVE and not self.stock:
            return ReserveOutcome(short=tuple(Moved(**part) for part in effect.request["lines"]))
        return the_party_does_it(order, effect)


def on_its_way(carrier: Carrier, price: int = 1_000, policy: Policy = STANDARD, **fields: Any) -> Story:
    """A paid order whose only parcel the carrier has."""
    story = Story(an_input(a_content(a_line(unit_price=price), **fields), policy=policy), carrier)
    if story.order.payment.needed:
        story.is_paid()
    story.ships()
    return story


def step(story: Story, word: str) -> tuple[str, str]:
    """State and result of the latest step of a word."""
    found = [each for each in story.order.steps if each.word == word]
    return (str(found[-1].state), found[-1].result) if found else ("", "")


def asked(story: Story, kind: str) -> list[str]:
    """The causes of all effects of a kind."""
    return [effect.cause for effect in story.order.effects if effect.kind == kind]


def open_tasks(story: Story) -> set[str]:
    """What people have to do."""
    return {task.kind for task in story.order.tasks if task.done_at is None}


def sends_again(story: Story, package: str = "2-1") -> None:
    """The replacement leaves, and the channel takes its number."""
    story.says("outbound", shipment=2, package=package, tracking_number=f"SF{package}", carrier="YTO")
    story.says("tracking_accepted", tracking_number=f"SF{package}")
