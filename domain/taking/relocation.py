"""What is asked and found about sending a shipment from another warehouse does to an order (SR-034)."""

from __future__ import annotations

from datetime import datetime

from domain.asks_of_logistics import ReassignWarehouse
from domain.effects import Allocation, ReserveOutcome
from domain.inside import Asked, EffectDone
from domain.lines import Line
from domain.order import Order
from domain.parcels import cash_of, moved, unplanned
from domain.relocation import Relocation, RelocationState
from domain.shipments import Shipment


def reassigned(order: Order, fact: Asked, ask: ReassignWarehouse) -> Order:
    """A person wants a shipment sent from another warehouse; the desk's turn begins it."""
    if ask.dry_run:
        return order
    attempt = Relocation(
        no=next_no(order),
        shipment=ask.shipment,
        warehouse=ask.warehouse,
        by=fact.actor or "operator",
        at=fact.at,
        version=order.version,
    )
    return begun(order, attempt)


def next_no(order: Order) -> int:
    """The number of the next attempt."""
    return len(order.logistics.relocations) + 1


def begun(order: Order, attempt: Relocation) -> Order:
    """One more attempt."""
    known = order.logistics
    return order.having(logistics=known.having(relocations=(*known.relocations, attempt)))


def put(order: Order, changed: Relocation) -> Order:
    """Put a changed attempt in the place of the old one."""
    known = order.logistics
    others = tuple(changed if each.no == changed.no else each for each in known.relocations)
    return order.having(logistics=known.having(relocations=others))


def is_elsewhere(cause: str) -> bool:
    """Whether an effect reserved, or gave back, for goods that are to leave from another warehouse."""
    return cause.startswith("elsewhere/")


def found_elsewhere(order: Order, fact: EffectDone, outcome: ReserveOutcome) -> Order:
    """All of it lies in another warehouse, or nothing changes."""
    attempt = next((each for each in order.logistics.relocations if each.reserved_by == fact.cause), None)
    if attempt is None or not attempt.open:
        return order
    state = RelocationState.RECALLING if outcome.allocations else RelocationState.NO_STOCK
    return put(order, attempt.having(given=outcome.allocations, state=state))


def lost_elsewhere(order: Order, warehouse: str, line: str, units: int) -> Order:
    """Units that were reserved for it are not there after all: it does not go there."""
    for attempt in order.logistics.relocations:
        if attempt.state is RelocationState.RECALLING:
            left, kept = units, []
            for part in attempt.given:
                taken = min(left, part.quantity) if (part.warehouse, part.line) == (warehouse, line) else 0
                left -= taken
                if part.quantity > taken:
                    kept.append(part.having(quantity=part.quantity - taken))
            if left < units:
                order = put(order, attempt.having(given=tuple(kept), state=RelocationState.NO_STOCK))
    return order


def moved_over(order: Order, attempt: Relocation, at: datetime) -> tuple[Order, tuple[Allocation, ...]]:
    """The shipment was stopped: its units are the other warehouse's, in a shipment of their own.

    Also what is to be given back to the books: the units here, and what is not needed there.
    """
    old = next(each for each in order.shipments if each.number == attempt.shipment)
    free = unplanned(order).get(old.warehouse, {})
    share: dict[str, int] = {}
    back: list[Allocation] = []
    for part in attempt.given:
        units = min(part.quantity, free.get(part.line, 0))
        if units:
            share[part.line] = units
            back.append(part.having(warehouse=old.warehouse, quantity=units))
        if part.quantity > units:
            back.append(part.having(quantity=part.quantity - units))
    target = attempt.given[0].warehouse if attempt.given else ""
    if not share:
        return order, tuple(back)
    lines = tuple(_over(line, old.warehouse, target, share.get(line.line, 0)) for line in order.lines)
    order = order.having(lines=lines)
    carriers = order.entered.carriers if order.entered else {}
    planned = Shipment(
        number=len(order.shipments) + 1,
        warehouse=target,
        lines=moved(share),
        planned_at=at,
        guided=bool(carriers),
        cash=cash_of(order, {target: share}).get(target, 0),
        moved_from=old.number,
    )
    return order.having(shipments=(*order.shipments, planned)), tuple(back)


def _over(line: Line, source: str, target: str, units: int) -> Line:
    if not units:
        return line
    return line.lose(source, units).reserve((Allocation(line=line.line, warehouse=target, quantity=units),))
