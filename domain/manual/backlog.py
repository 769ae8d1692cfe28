"""Whether all of a warehouse's orders are to go elsewhere: a suggestion to the operations manager (E4 step 4).

Once a case of goods that do not leave has reached him, the books are asked how many of the warehouse's open shipments
are overdue. From the edition's share on that is more than one order's trouble; he decides, nothing moves by itself.
"""

from __future__ import annotations

from domain.backlog import CountOverdue
from domain.effects import EffectKind
from domain.holds import Case
from domain.manual.escalation import ROLES, THIRD
from domain.manual.turn import Turn
from domain.shipments import Shipment

MANAGER = ROLES[THIRD]
STEP = "reassign_all"


def suggest(turn: Turn, case: Case, shipment: Shipment) -> None:
    """Ask the books once a case; a share that is too large is a task and a step of the case."""
    share = turn.order.policy.outbound.reassign_all_from
    if share is None or case.level < THIRD or not shipment.released_at:
        return
    turn.start(EffectKind.COUNT_OVERDUE, case.no, CountOverdue, warehouse=shipment.warehouse)
    counted = next((each for each in turn.order.logistics.backlogs if each.case == case.no), None)
    if counted is None or counted.share < share:
        return
    about = {"warehouse": counted.warehouse, "open": counted.open, "overdue": counted.overdue}
    if turn.mark_once(f"suggested/{case.no}"):
        turn.note(f"suggested/{case.no}", "warehouse_overdue", case=case.no, **about)
    turn.begin(case, STEP, MANAGER)
    command = f"orders reassign --warehouse {counted.warehouse} --overdue --dry-run"
    turn.task(f"case/{case.no}/all", "REASSIGN_ALL", MANAGER, case_no=case.no, params={**about, "command": command})
