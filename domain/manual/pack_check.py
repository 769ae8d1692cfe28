"""The check at packing: what was packed is what was ordered less what is known to be missing (防错发漏发, SR-146)."""

from __future__ import annotations

from domain.effects import EffectKind
from domain.inquiries import Inquiry
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
        if shipment.state in STOPPED or turn.fired(f"pack_check/{shipment.number}/{shipment.packs}"):
            continue
        known = turn.open_case(CaseKind.MIS_SHIPMENT, shipment.subject, cause=CAUSE, responsible="warehouse")
        wrong = shipment.mispacked
        turn.task(
            f"pack/{known.no}/{shipment.packs}", "PACK_AGAIN", "warehouse", case_no=known.no, params={"units": wrong}
        )
        turn.start(
            EffectKind.ASK_WAREHOUSE,
            f"pack-{shipment.packs}/{known.no}/{shipment.subject}",
            Inquiry,
            case=str(known.no),
            subject=shipment.subject,
            warehouse=shipment.warehouse,
            shipment=shipment.number,
            stop=f"PACK_MISMATCH {', '.join(f'{line}: {units:+}' for line, units in wrong.items())}",
        )


CAUSE = "pack_check"
STOPPED = frozenset({ShipmentState.OUTBOUND, ShipmentState.CANCELLED})
"""Nothing can be stopped any more; what left wrongly is found at outbound (``shipping.mis_shipment``)."""
