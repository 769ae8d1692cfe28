"""The quote of a change request, from what the order holds now (M5): money, promise, and what has to be stopped.

It is worked out when it is asked for and again when it is passed back; the order keeps nothing of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from domain.calendar import end_of_day, local_day
from domain.change_matrix import Column, Judged, Row, Verdict, cell_of
from domain.change_requests import ChangeParams
from domain.facts import Moved
from domain.lines import worth
from domain.manual.change_charges import ENDING, ONLY_SAID, fee_of
from domain.manual.further_shipment import is_further
from domain.manual.recall import with_warehouse
from domain.manual.release import ship_promise
from domain.manual.repricing import freight_more
from domain.milestones import Agreed
from domain.order import Order
from domain.quotes import Quote, ToStop, Way, held_until
from domain.requests import SubmitChangeRequest
from domain.shipments import Package, Shipment, ShipmentState
from domain.taking.warehouse import first_promise

EXPIRED, CHANGED = "QUOTE_EXPIRED", "QUOTE_CHANGED"
ANYBODY = "carrier"
"""Who has a parcel whose carrier nobody named."""
UNCHANGED = frozenset({Verdict.REFUSE, Verdict.NEW})
"""Verdicts that leave this order as it is."""
AT_NO_COST = frozenset(Row) - {Row.QUANTITY_DOWN, Row.QUANTITY_UP, Row.SUBSTITUTE, *ENDING}
"""Lines that leave the goods' price as it is."""


def quote_of(
    order: Order, ask: SubmitChangeRequest, judged: Judged, now: datetime, until: datetime | None = None
) -> Quote:
    """What the change would come to now; ``until`` is given where a quote that was passed back is worked out again."""
    goods, freight = _goods(order, ask, judged), _freight(order, ask, judged)
    fee = fee_of(order, judged)
    way, amount = _way(order, judged, None if goods is None or freight is None else goods + freight + fee)
    outbound_by, delivered_by = _promise(order, ask.params, judged, now)
    about = {"order": order.number, "version": order.version, "row": judged.row, "column": judged.column}
    return Quote(
        id="",
        valid_until=until or (now + order.policy.change.quote_valid_for).replace(microsecond=0),
        verdict=judged.cell.verdict,
        goods=goods,
        freight=freight,
        fee=fee,
        currency=order.payment.currency,
        way=way,
        amount=amount,
        outbound_by=outbound_by,
        delivered_by=delivered_by,
        stops=tuple(_stops(order, ask.params.line, judged)),
        otherwise=_otherwise(judged),
    ).sealed(about | {"consent": judged.cell.consent, "params": ask.params.model_dump_json()})


def broken(order: Order, ask: SubmitChangeRequest, judged: Judged, now: datetime | None) -> str:
    """Why the quote that is passed back does not hold; empty where it does, and where there is none."""
    if not ask.quote or ask.dry_run or now is None:
        return ""
    until = held_until(ask.quote)
    if until is not None and until < now:
        return EXPIRED
    given = until is not None and until <= now + order.policy.change.quote_valid_for
    return "" if given and quote_of(order, ask, judged, now, until).id == ask.quote else CHANGED


# -- money -----------------------------------------------------------------------------------------------------------


def _goods(order: Order, ask: SubmitChangeRequest, judged: Judged) -> int | None:
    """The difference of the goods' price; None where only the return, the other goods or the other order tells it."""
    row, verdict = judged.row, judged.cell.verdict
    if verdict is Verdict.REFUSE or row in AT_NO_COST:
        return 0 if ask.priced is None or verdict is Verdict.REFUSE else ask.priced.goods
    if verdict is Verdict.RETURN or row is Row.MERGE:
        return None
    if row is Row.CANCEL:
        return order.content.freight - order.payment.due
    return ask.priced.goods if ask.priced else _by_lines(order, ask.params)


def _by_lines(order: Order, params: ChangeParams) -> int | None:
    """Of a line of the order, at its own price: units less at what was paid for them, units more without discount."""
    line = next((each for each in order.lines if each.line == params.line), None)
    if line is None or params.sku not in {"", line.sku} or params.quantity is None:
        return None
    less = line.ordered - params.quantity
    if less < 0:
        return -less * line.unit_price
    return -worth(order.lines, [Moved(line=line.line, quantity=less)]) if less else 0


def _freight(order: Order, ask: SubmitChangeRequest, judged: Judged) -> int | None:
    row, verdict = judged.row, judged.cell.verdict
    if verdict is Verdict.REFUSE:
        return 0
    if is_further(order, ask.params, judged):
        return 0
    if verdict in {Verdict.RETURN, Verdict.NEW} or row is Row.MERGE:
        return None
    if row is Row.CANCEL:
        return -order.content.freight
    if ask.priced is not None and ask.priced.freight is not None:
        return ask.priced.freight
    return freight_more(order, ask.params.region, judged) if row is Row.ADDRESS_OTHER_REGION else 0


def _way(order: Order, judged: Judged, total: int | None) -> tuple[Way, int | None]:
    """Which way money goes: back only what we hold, and all of it where the order ends."""
    held = order.payment.held(order.payment.currency)
    if total is None:
        return "UNKNOWN", None
    if judged.row is Row.PAYMENT_METHOD and held > 0 and judged.cell.verdict is not Verdict.REFUSE:
        return "BACK", held
    if judged.row is Row.CANCEL and held > 0 and judged.cell.verdict is not Verdict.REFUSE:
        return "BACK", held
    if total == 0:
        return "NONE", 0
    if total < 0:
        return ("BACK", min(-total, held)) if held > 0 else ("DUE_LESS", -total)
    return ("COLLECT" if held > 0 else "DUE_MORE"), total


# -- the promise -----------------------------------------------------------------------------------------------------


def _promise(order: Order, params: ChangeParams, judged: Judged, now: datetime) -> tuple[datetime | None, date | None]:
    """By when the goods are out and there, by the order's own rules; None where nothing arrives, or nothing tells."""
    verdict = judged.cell.verdict
    changed = verdict not in UNCHANGED
    if order.delivered_at or (changed and (judged.row in ENDING or verdict is Verdict.RETURN)):
        return None, None
    later = params.until if changed and judged.row is Row.DELIVER_LATER else None
    out = _outbound_by(order, later, now, stopped=verdict is Verdict.RECALL)
    if changed and judged.row is Row.ADDRESS_OTHER_REGION and _asks_the_table(order, verdict):
        return out, None
    stopped = verdict is Verdict.RECALL
    arrivals = [_arrival(order, out)] if stopped or any(line.to_ship for line in order.lines) else []
    if not stopped:
        arrivals += [_day(order, each.promised_at) for each in order.packages if each.counts and not each.gone]
    known = [day for day in (*arrivals, later) if day]
    return out, max(known, default=None) if all(arrivals) else None


def _outbound_by(order: Order, later: date | None, now: datetime, *, stopped: bool) -> datetime | None:
    """When C4 wants it out, with the wait that would be agreed; what is stopped first leaves after that."""
    if not stopped and not any(line.to_ship for line in order.lines):
        return None
    if later:
        wait = end_of_day(later - timedelta(days=1), order.policy.zone)
        order = order.having(agreed=(*order.agreed, Agreed(at=now, until=wait)))
    due = ship_promise(order)
    if due is None:
        return None
    return max(due, now + order.policy.change.recall_within) if stopped else max(due, now)


def _asks_the_table(order: Order, verdict: Verdict) -> bool:
    """Whether only the carrier table, or the carrier, knows how long it takes to another region."""
    return not order.promised_delivery_date and (order.policy.carriage == "table" or verdict is Verdict.INTERCEPT)


def _arrival(order: Order, out: datetime | None) -> date | None:
    """The day on which what leaves then is there: as the order promises, by the table, else the edition's days."""
    if out is None:
        return order.promised_delivery_date
    numbers = [each.number for each in order.live_shipments] or [0]
    promises = [first_promise(order, Package(id="quote", shipment=each, outbound_at=out)) for each in numbers]
    return _day(order, max((each for each in promises if each), default=None))


def _day(order: Order, moment: datetime | None) -> date | None:
    return local_day(moment, order.policy.zone) if moment else None


# -- what has to be stopped ------------------------------------------------------------------------------------------


def _stops(order: Order, line: str, judged: Judged) -> Iterator[ToStop]:
    """What a warehouse has, for a recall; for the carrier its parcels, and what has not left yet."""
    verdict = judged.cell.verdict
    if verdict is Verdict.RECALL or ("hold" in judged.cell.how and order.policy.change.by_itself):
        whole = not line or order.policy.recall.by_itself  # a version is made of all the order's goods
        parts = [each for each in order.live_shipments if with_warehouse(order, each)]
        yield from (_at_warehouse(order, each) for each in parts if whole or line in {part.line for part in each.lines})
    elif verdict is Verdict.INTERCEPT and not ONLY_SAID & set(judged.cell.how):
        here = [each for each in order.live_shipments if each.state is not ShipmentState.OUTBOUND]
        yield from (_at_warehouse(order, each) for each in here if judged.row is Row.CANCEL)
        yield from (_at_carrier(order, each) for each in order.packages if each.counts and not each.final)


def _at_warehouse(order: Order, shipment: Shipment) -> ToStop:
    within = order.policy.change.recall_within
    return ToStop(what="shipment", number=str(shipment.number), party=shipment.warehouse, within=within)


def _at_carrier(order: Order, package: Package) -> ToStop:
    return ToStop(
        what="package",
        number=package.id,
        party=package.carrier or ANYBODY,
        tracking_number=package.tracking_number,
        within=order.policy.change.intercept_within,
    )


def _otherwise(judged: Judged) -> str:
    """What the matrix says where the warehouse cannot stop."""
    if judged.column is None or judged.cell.verdict is not Verdict.RECALL:
        return ""
    return cell_of(judged.row, Column(judged.column), stays=True).verdict
