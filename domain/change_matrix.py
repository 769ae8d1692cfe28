"""The matrix of change requests (§4.7) as data: what is asked, how far the order is, and what follows.

``cell_of(row_of(order, request), column_of(order, now))`` is the verdict; nothing here changes an order.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from domain.calendar import end_of_day, local_day
from domain.change_requests import ChangeKind, ChangeParams
from domain.effects import EffectKind
from domain.holds import HoldReason
from domain.order import Order
from domain.packages import PackageState
from domain.regions import plain_region
from domain.shipments import Package, Shipment, ShipmentState
from domain.stage import FINAL_STAGES, Stage


class Row(StrEnum):
    """A line of the matrix."""

    CONTACT = "CONTACT"
    ADDRESS_SAME_REGION = "ADDRESS_SAME_REGION"
    ADDRESS_OTHER_REGION = "ADDRESS_OTHER_REGION"
    QUANTITY_DOWN = "QUANTITY_DOWN"
    QUANTITY_UP = "QUANTITY_UP"
    SUBSTITUTE = "SUBSTITUTE"
    EXPEDITE = "EXPEDITE"
    DELIVER_LATER = "DELIVER_LATER"
    INVOICE = "INVOICE"
    PAYMENT_METHOD = "PAYMENT_METHOD"
    GIFT_NOTE = "GIFT_NOTE"
    CANCEL = "CANCEL"
    MERGE = "MERGE"


class Column(StrEnum):
    """How far the order is, as the matrix counts it; the value says why a change is not simply made."""

    IN_AUDIT = "IN_AUDIT"
    CONFIRMED = "CONFIRMED"
    AT_WAREHOUSE = "AT_WAREHOUSE"
    BEING_PICKED = "BEING_PICKED"
    AT_DOCK = "AT_DOCK"
    ON_ITS_WAY = "ON_ITS_WAY"
    OUT_FOR_DELIVERY = "OUT_FOR_DELIVERY"
    SIGNED_FOR = "SIGNED_FOR"


COLUMNS = tuple(Column)


class Verdict(StrEnum):
    """A applied · R recalled first · I the carrier is asked · X refused · RET return · NEW one more order."""

    APPLY = "A"
    RECALL = "R"
    INTERCEPT = "I"
    REFUSE = "X"
    RETURN = "RET"
    NEW = "NEW"


class Cell(NamedTuple):
    """One cell.

    ``how`` is what belongs to it, ``consent`` that sales agree first (S), ``otherwise`` what is done where the goods
    cannot be recalled; ``alternatives`` are what a refusal offers.
    """

    verdict: Verdict
    consent: bool = False
    how: tuple[str, ...] = ()
    otherwise: Verdict | None = None
    alternatives: tuple[str, ...] = ()


MATRIX: dict[Row, str] = {
    Row.CONTACT: (
        "A | A | A push_to_warehouse | A push_to_warehouse | R from_dock else I data_only | I data_only | I"
        " | X contact_service"
    ),
    Row.ADDRESS_SAME_REGION: "A | A | R | R | R from_dock else I | I | X ask_courier | X contact_service",
    Row.ADDRESS_OTHER_REGION: (
        "A reprice | A reprice reallocate | R reprice | R | R from_dock else I | I return_and_reship"
        " | X refuse_parcel new_order | X contact_service"
    ),
    Row.QUANTITY_DOWN: "A | A refund | R of_line | R | X refuse_parcel return_goods | RET | RET | RET",
    Row.QUANTITY_UP: (
        "A | A if_stock pay_difference | NEW new_shipment | NEW new_shipment | NEW linked_order | NEW linked_order"
        " | NEW linked_order | NEW new_order"
    ),
    Row.SUBSTITUTE: "A/S | A/S difference | R/S | R/S | RET exchange | RET | RET | RET exchange",
    Row.EXPEDITE: (
        "A fee | A fee reroute | A priority change_carrier | A priority carrier_if_no_label | I priority | I priority"
        " | X wait_for_delivery | X contact_service"
    ),
    Row.DELIVER_LATER: (
        "A pause_outbound_clock | A | A hold | R hold_at_dock | R from_dock | I | I | X contact_service"
    ),
    Row.INVOICE: ("A | A | A | A | A until_invoiced | A until_invoiced | A until_invoiced | A red_letter_and_reissue"),
    Row.PAYMENT_METHOD: (
        "A | A | R relabel | R | X refuse_parcel new_order | X refuse_parcel new_order | X refuse_parcel new_order"
        " | X contact_service"
    ),
    Row.GIFT_NOTE: (
        "A | A | A push_to_warehouse | X contact_service | X contact_service | X contact_service | X contact_service"
        " | X contact_service"
    ),
    Row.CANCEL: "A | A | R | R | R from_dock else I | I return_to_sender | X refuse_parcel | RET",
    Row.MERGE: (
        "A both_unaudited | A same_address_and_customer | R both | X leave_apart | X leave_apart | X leave_apart"
        " | X leave_apart | X leave_apart"
    ),
}
"""Each line's cells in the order of ``Column``: verdict (/S: with consent), what belongs to it, ``else`` the verdict
where the recall fails; behind an X stand the alternatives."""


def _read(text: str) -> Cell:
    said, _, otherwise = text.strip().partition(" else ")
    word, *more = said.split()
    verdict = Verdict(word.removesuffix("/S"))
    instead, *further = otherwise.split() or [""]
    if verdict is Verdict.REFUSE:
        return Cell(verdict, alternatives=tuple(more))
    how = (*more, *further)
    return Cell(verdict, word.endswith("/S"), how, Verdict(instead) if instead else None)


CELLS: dict[tuple[Row, Column], Cell] = {
    (row, column): _read(text)
    for row, line in MATRIX.items()
    for column, text in zip(COLUMNS, line.split("|"), strict=True)
}
"""All 13 × 8 of them."""


def cell_of(row: Row, column: Column, *, stays: bool = False) -> Cell:
    """The cell; ``stays``: the warehouse could not stop, so that the rule of the columns behind it counts."""
    cell = CELLS[row, column]
    if not stays or cell.verdict is not Verdict.RECALL:
        return cell
    if cell.otherwise:
        return Cell(cell.otherwise, cell.consent, tuple(how for how in cell.how if how != "from_dock"))
    return cell_of(row, COLUMNS[COLUMNS.index(column) + 1], stays=True)


class Judged(NamedTuple):
    """Where in the matrix a request stands now, and the code of the reason why it is not simply made."""

    row: Row
    column: Column | None
    cell: Cell
    code: str

    def having_consent(self) -> Judged:
        """The same once sales have agreed."""
        return self._replace(cell=self.cell._replace(consent=False))


# -- the row ---------------------------------------------------------------------------------------------------------

TWOFOLD = frozenset({ChangeKind.ADDRESS, ChangeKind.QUANTITY})
ROWS = {kind: Row(kind.value) for kind in ChangeKind if kind not in TWOFOLD}


def row_of(order: Order, change: ChangeKind, params: ChangeParams) -> Row:
    """The line of the matrix a request belongs to."""
    match change:
        case ChangeKind.ADDRESS:
            here, there = plain_region(order.content.region), plain_region(params.region)
            elsewhere = params.freight_changes or (bool(there) and there != here)
            return Row.ADDRESS_OTHER_REGION if elsewhere else Row.ADDRESS_SAME_REGION
        case ChangeKind.QUANTITY:
            known = next((line.quantity for line in order.content.lines if line.line == params.line), 0)
            return Row.QUANTITY_UP if (params.quantity or 0) > known else Row.QUANTITY_DOWN
        case _:
            return ROWS[change]


# -- the column ------------------------------------------------------------------------------------------------------


def column_of(order: Order, now: datetime | None, line: str = "") -> Column | None:
    """How far the order is, or what holds ``line`` of it: the furthest part counts. None: nothing can be changed.

    The days after the signature are counted only where ``now`` is given.
    """
    if order.ending or (order.stage in FINAL_STAGES and order.stage is not Stage.COMPLETED):
        return None
    parts = [shipment for shipment in order.live_shipments if _holds(shipment, line)]
    reached = [_reached(order, shipment) for shipment in parts]
    column = max(reached, key=COLUMNS.index, default=_before_release(order))
    if column is Column.SIGNED_FOR and now is not None and _too_late(order, now):
        return None
    return column


def _holds(shipment: Shipment, line: str) -> bool:
    return not line or any(part.line == line for part in shipment.lines)


def _before_release(order: Order) -> Column:
    return Column.CONFIRMED if order.audit.passed_at else Column.IN_AUDIT


def _reached(order: Order, shipment: Shipment) -> Column:
    parcels = [each for each in order.packages if each.out and each.shipment == shipment.number]
    if parcels:
        return max(map(_carried, parcels), key=COLUMNS.index)
    if shipment.state is ShipmentState.OUTBOUND:
        return Column.AT_DOCK
    if shipment.state in {ShipmentState.PICKING, ShipmentState.PACKED}:
        return Column.BEING_PICKED
    asked = order.effect(f"release/{shipment.number}")
    begun = shipment.released_at or (asked is not None and not asked.refused and asked.kind == EffectKind.RELEASE)
    return Column.AT_WAREHOUSE if begun else _before_release(order)


def _carried(package: Package) -> Column:
    if package.delivered_at:
        return Column.SIGNED_FOR
    if not any(scan.moves for scan in package.scans):
        return Column.AT_DOCK
    at_the_door = {PackageState.OUT_FOR_DELIVERY, PackageState.READY_FOR_PICKUP, PackageState.DELIVERY_FAILED}
    return Column.OUT_FOR_DELIVERY if package.state in at_the_door else Column.ON_ITS_WAY


def _too_late(order: Order, now: datetime) -> bool:
    signed = max((each.delivered_at for each in order.packages if each.delivered_at), default=None)
    return signed is not None and now > last_moment(order, signed)


def last_moment(order: Order, signed_at: datetime) -> datetime:
    """Until when goods are taken back: so many days, the first of them the day after the receipt."""
    last = local_day(signed_at, order.policy.zone) + timedelta(days=order.policy.after_sale_days)
    return end_of_day(last, order.policy.zone)


def not_returnable(order: Order, line: str = "") -> bool:
    """Whether what is asked about is not taken back: goods made to order, or of the policy's list (fresh goods)."""
    lines = [each for each in order.lines if not line or each.line == line]
    listed = any(each.sku in order.policy.change.not_returnable for each in lines)
    return listed or any(made_to_order(order, each.line) for each in lines)


def made_to_order(order: Order, line: str) -> bool:
    """Whether a line's goods were made for this customer: a design was approved for it, or is wanted."""
    designed = {goods.partition(":")[0] for design in order.designs for goods in design.goods}
    asked = any(
        finding.code == HoldReason.DESIGN_NOT_FINAL and finding.field == f"lines.{line}.design_id"
        for finding in order.audit.findings
    )
    return asked or line in designed
