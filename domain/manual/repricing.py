"""An address in another region: its freight by the edition's tariff, and who pays the difference (§4.7, SR-130b).

Where the goods are here, or come back, the next version has the new freight: more is collected, less is paid back, as
of any version. A parcel that its carrier sends elsewhere has cost its way already: more is collected before it is
asked for, and nothing goes back. A freight that the request brings goes before the tariff.
"""

from __future__ import annotations

from domain.change_matrix import Judged, Row, Verdict
from domain.change_requests import ChangeRequest
from domain.effects import Amendment
from domain.freight import freight_to
from domain.manual.change_charges import collectable
from domain.manual.change_money import remembering
from domain.order import Order


def freight_more(order: Order, region: str, judged: Judged) -> int | None:
    """The difference of the freight; less: negative. None where nobody can tell before somebody says it."""
    after = freight_to(order.policy.change.freight, order.content, region)
    if after is None or judged.cell.verdict is not Verdict.INTERCEPT:
        return after if after is None else after - order.content.freight
    return max(after - order.content.freight, 0) if collectable(order, judged) else 0


def dearer_way(order: Order, request: ChangeRequest, judged: Judged) -> int:
    """What is to be collected for a parcel's longer way before its carrier is asked for it."""
    if not (request.reprices and judged.row is Row.ADDRESS_OTHER_REGION and order.policy.change.by_itself):
        return 0
    longer = judged.cell.verdict is Verdict.INTERCEPT
    return (freight_more(order, request.params.region, judged) or 0) if longer else 0


def repriced(order: Order, region: str, case: int = 0) -> Order:
    """The order, whose next version goes to ``region``, with its freight to there; unchanged where that is the same."""
    was = order.content.freight
    now = freight_to(order.policy.change.freight, order.content, region)
    if now is None:
        return order
    content = order.content.having(region=region)
    if now == was:
        return order.having(content=content)
    change = order.policy.change
    return order.having(
        content=content.having(freight=now, total=content.total + now - was),
        amendments=(*order.amendments, Amendment(case=case, less=(), freight=(was, now))),
        payment=remembering(order.payment, collects=change.by_itself) if change.settles else order.payment,
    )
