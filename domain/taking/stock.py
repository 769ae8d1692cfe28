"""What becomes of an order's reserved units: lost to a count, lapsed unpaid, wanted again (edge cases 29, 61, 62)."""

from __future__ import annotations

from domain.effects import EffectKind, effect_key
from domain.facts import Moved, ReservationLost, StockArrived
from domain.holds import EffectStatus
from domain.lines import Line
from domain.order import Order
from domain.set_aside import is_offer
from domain.shipments import Shipment, ShipmentState, units_out
from domain.taking.relocation import is_elsewhere, lost_elsewhere
from domain.taking.set_aside import lost_aside
from domain.taking.warehouse import ComesEarly, DoesNotFit

RESERVING = frozenset({EffectKind.AUDIT, EffectKind.RESERVE})
GIVING_BACK = frozenset({EffectKind.AUDIT, EffectKind.RELEASE_STOCK})
"""The audit of a later version gives back first what the one before had reserved."""


def stock_arrived(order: Order, fact: StockArrived) -> Order:
    """Stock came: a waiting stock gate is tried again. One that waits for the payment has no use for it."""
    waiting = any(line.unallocated and line.sku == fact.sku for line in order.lines)
    if order.stock_lapsed or not waiting:  # while the audit runs every line waits, and may read older news than this
        return order
    counted = {line.line for line in order.lines if line.sku == fact.sku}
    shelves = tuple(
        shipment.having(missed=tuple(part for part in shipment.missed if part.line not in counted))
        for shipment in order.shipments
    )
    return order.having(stock_wanted=order.stock_wanted + 1, shipments=shelves)


# -- unpaid for too long ---------------------------------------------------------------------------------------------


def lapsed(order: Order) -> Order:
    """Everything reserved goes back, the stock gate is open again; the order goes on and waits for its payment."""
    return _reopened(order).having(lines=tuple(line.give_back() for line in order.lines), stock_lapsed=True)


def wanted_again(order: Order) -> Order:
    """The payment of a lapsed order came: its stock is tried again at once."""
    if not (order.stock_lapsed and order.payment.gate_closed):
        return order
    return order.having(stock_lapsed=False, stock_wanted=order.stock_wanted + 1)


def _reopened(order: Order) -> Order:
    """The stock gate is open again; C1 stays met where both gates had been closed together."""
    both = order.policy.confirm_requires != "both" or order.payment.gate_closed
    met = order.stock_confirmed_at if both else None
    return order.having(stock_confirmed_at=None, stock_met_at=order.stock_met_at or met)


# -- lost to a count -------------------------------------------------------------------------------------------------


def reservation_lost(order: Order, fact: ReservationLost) -> Order:
    """Units are not there: tried again elsewhere at once; those a warehouse was handed stay, and somebody looks."""
    if order.ending or _given_back_since(order, fact.reserved_by):
        return order
    cause = fact.reserved_by.partition("/reserve/")[2]
    if is_offer(cause):
        return lost_aside(order, cause, fact.line, fact.units)
    if is_elsewhere(cause) and fact.reserved_by in _waiting(order):
        return lost_elsewhere(order, fact.warehouse, fact.line, fact.units)
    line = next((line for line in order.lines if line.line == fact.line), None)
    if line is None:
        message = f"there is no line {fact.line}"
        raise DoesNotFit(message)
    left = fact.units
    taken = min(left, _unplanned(order, line, fact.warehouse))
    left -= taken
    shipments = list(order.shipments)
    for at in reversed(range(len(shipments))):
        shipment = shipments[at]
        if shipment.warehouse != fact.warehouse or left <= 0:
            continue
        units = min(left, _still_there(order, shipment, line.line))
        left -= units
        if units and _handed_over(order, shipment):
            shipments[at] = shipment.having(doubted=_with(shipment.doubted, line.line, units))
        elif units:
            taken += units
            shipments[at] = _without(shipment, line.line, units)
    changed = order.having(shipments=tuple(shipments))
    return _lacking(changed, line, fact.warehouse, taken) if taken else changed


def _waiting(order: Order) -> set[str]:
    """The reservations elsewhere whose goods no shipment has yet."""
    open_ones = (each for each in order.logistics.relocations if each.open)
    return {effect_key(order.number, EffectKind.RESERVE, each.reserved_by) for each in open_ones}


def _lacking(order: Order, line: Line, warehouse: str, units: int) -> Order:
    lines = tuple(line.lose(warehouse, units) if each.line == line.line else each for each in order.lines)
    return _reopened(order).having(lines=lines, stock_wanted=order.stock_wanted + 1)


def _given_back_since(order: Order, key: str) -> bool:
    """Whether the order has given back what this effect reserved; ComesEarly where it has not heard of that effect."""
    place = next((place for place, effect in enumerate(order.effects) if effect.key == key), None)
    if place is None or order.effects[place].status is not EffectStatus.DONE:
        message = f"{key} is not done"
        raise ComesEarly(message)
    later = order.effects[place + 1 :]
    beside = (effect for effect in later if not is_elsewhere(effect.cause) and not is_offer(effect.cause))
    return any(effect.kind in GIVING_BACK for effect in beside)


def _unplanned(order: Order, line: Line, warehouse: str) -> int:
    """Units of the line that are reserved in the warehouse and that no shipment has."""
    parts = [
        (shipment.warehouse, part.quantity)
        for shipment in order.live_shipments
        for part in shipment.lines
        if part.line == line.line
    ]
    here = sum(each.quantity for each in line.allocations if each.warehouse == warehouse)
    planned_here = sum(quantity for place, quantity in parts if place == warehouse)
    anywhere = line.reserved + line.picked + line.shipped - sum(quantity for _, quantity in parts)
    return max(min(here - planned_here, anywhere), 0)


def _still_there(order: Order, shipment: Shipment, line: str) -> int:
    """Units of the line in the shipment that have not left and that nobody doubts yet."""
    if shipment.state is ShipmentState.CANCELLED:
        return 0
    gone = units_out(order.packages, shipment).get(line, 0)
    doubted = sum(part.quantity for part in shipment.doubted if part.line == line)
    return max(sum(part.quantity for part in shipment.lines if part.line == line) - gone - doubted, 0)


def _handed_over(order: Order, shipment: Shipment) -> bool:
    return order.effect(f"release/{shipment.number}") is not None


def _with(parts: tuple[Moved, ...], line: str, units: int) -> tuple[Moved, ...]:
    others = tuple(part for part in parts if part.line != line)
    known = sum(part.quantity for part in parts if part.line == line)
    return (*others, Moved(line=line, quantity=known + units))


def _without(shipment: Shipment, line: str, units: int) -> Shipment:
    """The shipment without these units; one that has none left is called off."""
    parts = tuple(
        part.having(quantity=part.quantity - units) if part.line == line else part
        for part in shipment.lines
        if part.line != line or part.quantity > units
    )
    return shipment.having(lines=parts) if parts else shipment.having(lines=(), state=ShipmentState.CANCELLED)
