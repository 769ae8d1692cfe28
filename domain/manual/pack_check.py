"""The check at packing: what was packed is what was ordered less what is known to be missing (防错发漏发, SR-146)."""

from __future__ import annotations

from domain.manual.first_steps import ask_holder
from domain.manual.turn import Turn
from domain.policy import CaseKind
from domain.shipments import ShipmentState


def pack_check(turn: Turn) -> None:
    """Packed otherwise: the warehouse is told to stop, a case and a task; packed anew and right: it goes on."""
    for shipment in turn.order.shipments:
        case = turn.order.case(CaseKind.MIS_SHIPMENT, shipment.subject)
        if not shipment.mispacked:
            if case is not None and case.cause == CAUSE and shipment.packed:
                turn.close_case(case, "CORRECTED")
            continue
        if shipment.state in STOPPED or not turn.mark_once(f"pack_check/{shipment.number}/{shipment.packs}"):
            continue
        known = turn.open_case(CaseKind.MIS_SHIPMENT, shipment.subject, cause=CAUSE, responsible="warehouse")
        wrong = shipment.mispacked
        turn.task(
            f"pack/{known.no}/{shipment.packs}", "PACK_AGAIN", "warehouse", case_no=known.no, params={"units": wrong}
        )
        why = f"PACK_MISMATCH {', '.join(f'{line}: {units:+}' for line, units in wrong.items())}"
        ask_holder(turn, shipment, f"pack-{shipment.packs}/{known.no}", str(known.no), stop=why)


CAUSE = "pack_check"
STOPPED = frozenset({ShipmentState.OUTBOUND, ShipmentState.CANCELLED})
"""Nothing can be stopped any more; what left wrongly is found at outbound (``shipping.mis_shipment``)."""
