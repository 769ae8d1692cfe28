"""What the scenes of recalls tell: warehouses that stop, refuse or say nothing, and orders at every stage (§4.7)."""

from __future__ import annotations

from collections.abc import Callable

from domain.effects import EffectKind
from domain.holds import EffectState
from domain.inside import Outcome
from domain.order import Order
from domain.recall_effects import RecallAnswer, RecallOutcome
from tests.rules.invariants import of_state
from tests.rules.story import Answers, Story, the_party_does_it


def warehouse_says(answer: str) -> Answers:
    """Every party does what it is asked, the warehouse answers a recall so; empty: never."""

    def answers(order: Order, effect: EffectState) -> Outcome | None:
        if effect.kind != EffectKind.RECALL:
            return the_party_does_it(order, effect)
        return RecallOutcome(answer=RecallAnswer(answer)) if answer else None

    return answers


def _in_audit(story: Story) -> None:
    story.is_paid()


def _confirmed(story: Story) -> None:
    story.asks("place_hold", reason="SALES_DECISION", note="n")
    story.is_paid()


def _picked(story: Story) -> None:
    story.is_paid()
    story.says("picked", shipment=1)


def _out(story: Story, *scans: str) -> None:
    story.is_paid()
    story.ships()
    for state in scans:
        story.passes(minutes=1)
        story.is_scanned(state)


STAGES: dict[str, Callable[[Story], None]] = {
    "IN_AUDIT": _in_audit,
    "CONFIRMED": _confirmed,
    "AT_WAREHOUSE": lambda story: story.is_paid(),
    "BEING_PICKED": _picked,
    "AT_DOCK": _out,
    "ON_ITS_WAY": lambda story: _out(story, "IN_TRANSIT"),
    "OUT_FOR_DELIVERY": lambda story: _out(story, "IN_TRANSIT", "OUT_FOR_DELIVERY"),
    "SIGNED_FOR": lambda story: _out(story, "IN_TRANSIT", "DELIVERED"),
}
"""The eight columns of the matrix, and how an order of two units comes to each."""


def at(stage: str, answer: str = "STOPPED") -> Story:
    """An order in that column, whose warehouse will answer a recall so."""
    story = Story(answers=_still_audited if stage == "IN_AUDIT" else warehouse_says(answer))
    STAGES[stage](story)
    return story


def _still_audited(order: Order, effect: EffectState) -> Outcome | None:
    """The audit has answered once the order is cancelled."""
    waits = effect.kind == EffectKind.AUDIT and order.ending is None
    return None if waits else the_party_does_it(order, effect)


def complaints(story: Story) -> list[str]:
    """What of §4.10 does not hold: stock, money, holds, cases, silent waits."""
    return list(of_state(story.order, story.now, story.decided))


def effects(story: Story, *kinds: EffectKind) -> list[str]:
    """The keys of what was asked for outside, without the order's number."""
    wanted = [each for each in story.order.effects if not kinds or each.kind in kinds]
    return [each.key.split("/", 1)[1] for each in wanted]


def units(story: Story) -> tuple[int, int, int, int]:
    """Cancelled, reserved, picked, shipped."""
    [line] = story.order.lines
    return line.cancelled, line.reserved, line.picked, line.shipped
