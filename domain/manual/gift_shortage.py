"""A gift is not critical (edge case 51): where only gifts lack, the order goes without, and its customer hears it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from domain.effects import Amendment
from domain.gifts import goods_left, is_gift, with_their_gifts
from domain.holds import Case
from domain.lines import Line
from domain.manual.reserving import missing
from domain.manual.shortage_making import replace_goods, send_rest
from domain.manual.turn import Turn
from domain.order import Order
from domain.questions import Question
from domain.stage import Stage
from domain.transfers import parts_of

LEFT_OUT = "GIFT_LEFT_OUT"


def goes_without(turn: Turn, case: Case, short: Sequence[Line]) -> bool:
    """Leave out the gifts that nobody has; answers whether nothing else lacks, by an edition that says so."""
    order = turn.order
    if not order.policy.shortage.gifts_follow or not all(map(is_gift, short)) or not goods_left(order.lines, {}):
        return False
    units = missing(order, short)
    if units:
        send_rest(turn, Amendment(case=case.no, less=parts_of(units)))
        item = ", ".join(f"{line.sku} × {units[line.line]}" for line in short if line.line in units)
        turn.tell("GIFT_SHORT", f"case/{case.no}", item=item)
        turn.note(f"gift/{case.no}", "gift_left_out", case=case.no, item=item)
    return True


def left_out(order: Order, case: Case) -> bool:
    """Whether the case ended so."""
    gifts = {line.line for line in order.lines if is_gift(line)}
    return any(each.case == case.no and gifts.issuperset(part.line for part in each.less) for each in order.amendments)


def send_without(turn: Turn, question: Question, units: Mapping[str, int]) -> None:
    """Send the rest without these units, and without the gifts that came with them.

    A gift that is reserved is given back by a version of its own; one that a warehouse has goes along.
    """
    order = turn.order
    mine = Amendment(case=question.case, less=parts_of(units))
    both = Amendment(case=question.case, less=parts_of(with_their_gifts(order.lines, units)))
    released = order.live_shipments or order.stage is not Stage.AWAITING_CONFIRMATION
    if released or not order.policy.shortage.gifts_follow or both == mine:
        send_rest(turn, mine)
    else:
        replace_goods(turn, question, both)
