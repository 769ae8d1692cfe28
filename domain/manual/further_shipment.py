"""More units after the release: one more shipment, and what is under way goes on untouched (§4.7, §4.8).

The next version has more units of a line. Nothing is recalled and nothing audited anew: the house amends the order,
as it does for goods that lack (0040). Stock gate, ERP and release then do what they do for every unit without a
shipment; C4 of the further shipment counts from the writing (``domain.further``).
"""

from __future__ import annotations

from domain.amending import amended, costs_more
from domain.change_matrix import Judged, Verdict
from domain.change_requests import ChangeParams, ChangeRequest
from domain.effects import Amendment
from domain.lines import Line
from domain.manual.change_queue import put
from domain.manual.turn import Turn
from domain.order import Order
from domain.taking.after import settled

FURTHER = "new_shipment"


def is_further(order: Order, params: ChangeParams, judged: Judged) -> bool:
    """Whether the desk makes it a shipment of its own: of a line whose price the order knows."""
    how = judged.cell.verdict is Verdict.NEW and FURTHER in judged.cell.how
    return order.policy.change.by_itself and how and _line_of(order, params) is not None


def price_of(order: Order, params: ChangeParams) -> int:
    """What the further units cost, at their line's price."""
    return costs_more(order.content, _amendment(order, params, 0))


def write(turn: Turn, request: ChangeRequest) -> None:
    """The next version; what was collected for it is from now on the price of its goods."""
    order, payment = turn.order, turn.order.payment
    more = _amendment(order, request.params, request.case)
    difference = costs_more(order.content, more)
    known = {line.line: line.quantity for line in more.instead}
    put(turn, request, written=order.version + 1)
    changed = turn.order.having(
        version=order.version + 1,
        audit=order.audit.having(version=order.version + 1),
        content=amended(order.content, more),
        amendments=(*order.amendments, more),
        lines=tuple(line.having(quantity=known.get(line.line, line.quantity)) for line in order.lines),
        stock_confirmed_at=None,
        stock_met_at=order.stock_met_at or order.stock_confirmed_at,
        stock_wanted=order.stock_wanted + 1,
        payment=payment.having(due=payment.due + difference - request.charge, charges=payment.charges - request.charge),
    )
    turn.order = settled(changed, turn.now)
    turn.note(f"change/{request.no}/written", "change_further", change=request.row, version=turn.order.version)


def _line_of(order: Order, params: ChangeParams) -> Line | None:
    line = next((each for each in order.lines if each.line == params.line), None)
    return line if line and params.sku in {"", line.sku} and (params.quantity or 0) > line.ordered else None


def _amendment(order: Order, params: ChangeParams, case: int) -> Amendment:
    lines = (line for line in order.content.lines if line.line == params.line)
    return Amendment(case=case, less=(), instead=tuple(line.having(quantity=params.quantity) for line in lines))
