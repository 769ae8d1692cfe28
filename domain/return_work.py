"""What each step of a return asks a department for: only what decides it, so that it is the same when asked again."""

from __future__ import annotations

from domain.effects import RefundRequest, Request
from domain.facts import Moved
from domain.returning import Work, key_of, open_payback
from domain.returns import Return, found_of, return_id


class KeepRequest(Request):
    """Reserve the new goods of an exchange, all or none, under the return's own name ``holder``."""

    holder: str
    lines: tuple[Moved, ...]
    skus: dict[str, str]


class GiveBackRequest(Request):
    """Give back what was kept under the name ``holder``."""

    holder: str


class ShipRequest(Request):
    """Make the order that sends the new goods; it takes over what was kept under ``holder``."""

    holder: str
    tenant: str
    number: int
    units: dict[str, int]


class RestockRequest(Request):
    """Put the good units of each SKU on the shelf of ``warehouse``."""

    warehouse: str
    units: dict[str, int]


class ClaimRequest(Request):
    """Let so much money go for a return, as far as the books have it."""

    number: int
    cause: str
    amount: int


ReturnStep = KeepRequest | GiveBackRequest | ShipRequest | RestockRequest | ClaimRequest | RefundRequest


def holder_of(its: Return) -> str:
    """The name in the reservation ledger under which an exchange keeps goods; no order has it."""
    return f"return/{return_id(its.order_no, its.number)}"


def request_of(its: Return, work: Work) -> ReturnStep:
    """The request of a step that is due."""
    about = {"key": key_of(its, work), "order_no": its.order_no}
    holder, owed = holder_of(its), open_payback(its)
    match work:
        case Work.KEEP:
            lines = tuple(Moved(line=line.line, quantity=line.quantity) for line in its.lines)
            skus = {line.line: line.exchange_sku for line in its.lines}
            return KeepRequest(**about, holder=holder, lines=lines, skus=skus)
        case Work.GIVE_BACK:
            return GiveBackRequest(**about, holder=holder)
        case Work.SHIP:
            return ShipRequest(
                **about, holder=holder, tenant=its.tenant, number=its.number, units=_units(its, new=True)
            )
        case Work.RESTOCK:
            return RestockRequest(**about, warehouse=its.warehouse, units=_units(its, new=False))
        case _ if owed is None:
            raise ValueError(f"{its.id} has no refund that can go on")
        case Work.CLAIM:
            return ClaimRequest(**about, number=its.number, cause=owed.cause, amount=owed.amount)
        case _:
            return RefundRequest(**about, amount=owed.granted or 0, currency=its.currency)


def _units(its: Return, *, new: bool) -> dict[str, int]:
    """Units by SKU: of the new goods, or of what came back in good order."""
    found: dict[str, int] = {}
    for line in its.lines:
        sku, units = (line.exchange_sku, line.quantity) if new else (line.sku, found_of(its, line.line).good)
        if units:
            found[sku] = found.get(sku, 0) + units
    return found
