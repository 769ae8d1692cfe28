"""Orders of which Shanghai has a part: who brings the rest, and what the books then say of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from domain.effects import Allocation, AuditOutcome, EffectKind, ReserveOutcome
from domain.facts import Moved
from domain.holds import EffectState
from domain.inquiries import Answer
from domain.inside import Outcome
from domain.order import Order
from domain.policy import STANDARD
from domain.transfer_effects import CallOffOutcome, TransferOutcome
from tests.rules.story import Story, a_content, a_line, an_input, the_party_does_it

HOUR = timedelta(hours=1)
NOT_ASKED = STANDARD.having(shortage=STANDARD.shortage.having(steps=("transfer", "purchasing")))
"""An edition that asks no customer what to do about goods that lack: a person finds them."""


class House:
    """Shanghai has one unit of what is ordered; other warehouses have ``stores``, asked one after the other."""

    def __init__(self, *stores: str, first: int = 1, refuses: str = "") -> None:
        """Look at the shelves."""
        self.stores, self.first, self.refuses = stores, first, refuses
        self.arrived = 0
        self.keeps = True
        self.purchasing = Answer(reason="sold out")

    def __call__(self, order: Order, effect: EffectState) -> Outcome | None:
        """What a department answers."""
        match effect.kind:
            case EffectKind.AUDIT:
                given = Allocation(line="1", warehouse="SH", quantity=self.first)
                allocations = (given,) if self.first else ()
                return AuditOutcome(version=order.version, content=order.content, allocations=allocations)
            case EffectKind.RESERVE:
                [wanted] = effect.request["lines"]
                units = min(wanted["quantity"], self.arrived)
                found = (Allocation(line="1", warehouse="BJ", quantity=units),) if units else ()
                return ReserveOutcome(allocations=found)
            case EffectKind.REQUEST_TRANSFER:
                return self._transfer(effect)
            case EffectKind.CALL_OFF_TRANSFER:
                return CallOffOutcome(called_off=self.keeps)
            case EffectKind.ASK_PURCHASING:
                return self.purchasing
            case _:
                return the_party_does_it(order, effect)

    def _transfer(self, effect: EffectState) -> TransferOutcome:
        left = [store for store in self.stores if store not in effect.request["tried"]]
        if not left:
            return TransferOutcome()
        lines = tuple(Moved(**moved) for moved in effect.request["lines"])
        at = datetime.fromisoformat(effect.request["asked_at"]) + 24 * HOUR
        refused = "closed" if left[0] == self.refuses else ""
        return TransferOutcome(source=left[0], target="SH", lines=lines, expected_at=at, refused=refused)


def short(house: House, quantity: int = 3, **fields: Any) -> Story:
    """A paid order of which Shanghai has a part; the customer is not asked about the rest."""
    given = {"policy": NOT_ASKED, **fields}
    story = Story(an_input(a_content(a_line(quantity=quantity)), **given), answers=house)
    if story.order.payment.needed:
        story.is_paid()
    return story


def steps(story: Story) -> list[tuple[str, str, str]]:
    return [(step.word, str(step.state), step.result) for step in story.order.steps]


def asked(story: Story, kind: EffectKind) -> list[str]:
    return [effect.cause for effect in story.order.effects if effect.kind == kind]


def states(story: Story) -> list[tuple[str, str]]:
    return [(each.source, str(each.state)) for each in story.order.transfers]
