"""Other goods are reserved before they are offered, and while the customer thinks about it (§4.6 E2 step 4).

The step ``offer`` of a shortage sets all of them aside, or none: then they are not offered. Taken, they are the next
version's, whose audit reserves them in the moment in which it gives back everything of the version before. Not taken,
by answer, silence or because nobody asks any more, they are given back once.
"""

from __future__ import annotations

from domain.effects import Amendment, EffectKind, ReleaseStockRequest, ReserveRequest
from domain.facts import Moved
from domain.holds import Case
from domain.manual.reserving import gathers
from domain.manual.turn import Turn
from domain.order import Order
from domain.set_aside import OFFER, SetAside
from domain.steps import step_key
from domain.stock_policy import Criterion
from domain.taking.set_aside import put

RESERVED, NONE = "RESERVED", "NONE"
"""What came of the step."""
SUBSTITUTE = "substitute"


def is_settled(turn: Turn, case: Case, instead: Amendment) -> bool:
    """Whether it is known if these goods can be offered; asks the books for them once."""
    order = turn.order
    if not order.policy.shortage.reserves_offer:
        return True
    step = turn.begin(case, OFFER, "warehouse")
    if not step.open:
        return True
    kept = _of(order, case.no)
    if kept is not None:
        turn.end(step, RESERVED if kept.given else NONE)
        return True
    if not step.effects:
        _reserve(turn, case, instead)
        turn.change_step(step, effects=(turn.order.effects[-1].key,))
    return False


def may_be_offered(order: Order, case: Case) -> bool:
    """Whether the goods are set aside, or a person says that they are there."""
    step = order.step(step_key(case.no, OFFER))
    return not order.policy.shortage.reserves_offer or (step is not None and step.result.strip().upper() == RESERVED)


def _of(order: Order, case: int) -> SetAside | None:
    return next((each for each in order.logistics.set_aside if each.case == case), None)


def _reserve(turn: Turn, case: Case, instead: Amendment) -> None:
    order, content = turn.order, turn.order.content
    criteria = order.policy.stock.for_method(content.payment_method)
    turn.start(
        EffectKind.RESERVE,
        f"{OFFER}/{case.no}",
        ReserveRequest,
        version=order.version,
        lines=tuple(Moved(line=line.line, quantity=line.quantity) for line in instead.instead),
        skus={line.line: line.sku for line in instead.instead},
        criteria=criteria,
        province=content.region if Criterion.REGION in criteria else "",
        gather=gathers(order),
        whole=True,
    )


def give_back(turn: Turn) -> None:
    """What is not offered any more goes back to the shelf, once."""
    for kept in turn.order.logistics.set_aside:
        if kept.over or _is_offered(turn.order, kept):
            continue
        alone = not turn.order.ending and turn.order.version == kept.version
        if alone and kept.given:
            turn.start(EffectKind.RELEASE_STOCK, kept.cause, ReleaseStockRequest, parts=kept.given)
        turn.order = put(turn.order, kept.having(over=True))


def _is_offered(order: Order, kept: SetAside) -> bool:
    """Whether the customer may still take it: the question is open or about to be asked, or the answer waits."""
    if order.ending or order.version != kept.version:
        return False
    asked = next((each for each in reversed(order.questions) if each.case == kept.case), None)
    if asked is None:
        return any(case.no == kept.case for case in order.open_cases)
    waits = asked.chosen == SUBSTITUTE and f"{asked.subject}/taken" not in order.fired
    asks = asked.open and not asked.defaulted_at
    return asked.option(SUBSTITUTE) is not None and (asks or waits)
