"""Orders whose customers choose what becomes of goods that nobody has: what the scenes of E2 have in common."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from domain.effects import Allocation, AuditOutcome, EffectKind, LineContent, ReserveOutcome
from domain.facts import Moved
from domain.holds import EffectState
from domain.inside import Outcome
from domain.order import Order
from domain.policy import STANDARD, CaseKind, Policy
from domain.questions import Question
from domain.set_aside import is_offer
from domain.shortage_policy import Substitute
from tests.rules import invariants
from tests.rules.shortages import House, short
from tests.rules.story import Story, a_content, a_line, an_input, the_party_does_it

HOUR = timedelta(hours=1)
LETTER = "message/SHORTAGE_CHOICE/question/1"


def offering(unit_price: int, **changes: Any) -> Policy:
    """An edition that names what may be sent in place of the mug."""
    other = Substitute(sku="SKU-1", instead="SKU-9", specification="blue", unit_price=unit_price)
    return STANDARD.having(shortage=STANDARD.shortage.having(substitutes=(other,)), **changes)


class Shelf(House):
    """As the house, and it has so many units of anything else."""

    others = 9

    def __call__(self, order: Order, effect: EffectState) -> Outcome | None:
        match effect.kind:
            case EffectKind.AUDIT:
                found = tuple(self._of(line) for line in order.content.lines)
                return AuditOutcome(
                    version=order.version, content=order.content, allocations=tuple(each for each in found if each)
                )
            case EffectKind.RESERVE if is_offer(effect.cause):
                return self._aside(effect)
            case EffectKind.RESERVE:
                units = min(sum(part["quantity"] for part in effect.request["lines"]), self.arrived)
                line = effect.request["lines"][0]["line"]
                given = (Allocation(line=line, warehouse="BJ", quantity=units),) if units else ()
                return ReserveOutcome(allocations=given)
            case _:
                return super().__call__(order, effect)

    def _aside(self, effect: EffectState) -> ReserveOutcome:
        """All of it or none."""
        wanted = [Moved(**part) for part in effect.request["lines"]]
        there = sum(part.quantity for part in wanted) <= self.others
        given = tuple(Allocation(line=part.line, warehouse="SH", quantity=part.quantity) for part in wanted)
        return ReserveOutcome(allocations=given if there else ())

    def _of(self, line: LineContent) -> Allocation | None:
        units = min(line.quantity, self.first if line.sku == "SKU-1" else self.others)
        return Allocation(line=line.line, warehouse="SH", quantity=units) if units else None


def sound(story: Story) -> list[str]:
    """What does not hold in the order."""
    return list(invariants.of_state(story.order, story.now, story.decided))


def choosing(house: House | None = None, **fields: Any) -> Story:
    """A paid order of three, of which one is there; nobody brings the others, and the question has arrived."""
    story = short(house or Shelf(), **{"policy": STANDARD, **fields})
    story.says("message_delivered", message=LETTER)
    return story


def question(story: Story) -> Question:
    return story.order.questions[-1]


def refunds(story: Story) -> list[tuple[str, int]]:
    return [(back.key.partition("/")[2], back.amount) for back in story.order.payment.refunds]


def came_to(story: Story) -> list[str]:
    """How the shortages ended; an order that is late has other cases too."""
    return [case.outcome for case in story.order.cases if case.kind is CaseKind.STOCK_SHORTAGE]


def words(story: Story) -> list[tuple[str, int, str]]:
    return [(each.word, each.difference, each.about) for each in question(story).options]


def half_out() -> Story:
    """Two lines of 20.00 from two warehouses; one left, and the other's shelf held nothing."""

    def answers(order: Order, effect: EffectState) -> Outcome | None:
        if effect.kind == EffectKind.AUDIT:
            places = zip(order.content.lines, ("SH", "BJ"), strict=True)
            found = tuple(Allocation(line=each.line, warehouse=at, quantity=each.quantity) for each, at in places)
            return AuditOutcome(version=order.version, content=order.content, allocations=found)
        return ReserveOutcome() if effect.kind == EffectKind.RESERVE else the_party_does_it(order, effect)

    content = a_content(a_line("1"), a_line("2", unit_price=2_500), freight=600, total=7_600)
    story = Story(an_input(content), answers=answers)
    story.is_paid()
    story.ships()
    story.says("short_picked", shipment=2, line="2", quantity=2)
    return story
