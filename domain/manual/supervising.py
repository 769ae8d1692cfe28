"""A question that nobody answered in time goes to the supervisor, and stays open (§4.6 E1 step 5, E2 step 5)."""

from __future__ import annotations

from domain.holds import Case, CaseStatus
from domain.manual.turn import Turn

SECOND = 2
ROLE = "supervisor"
"""The level, and whose it is (`domain.manual.watch.ROLES`)."""


def to_the_supervisor(turn: Turn, case: Case) -> Case:
    """The case a level up, if it is not there yet, and a task for whom it goes to."""
    if case.level >= SECOND:
        return case
    case = turn.change_case(case, level=SECOND, level_at=turn.now, status=CaseStatus.IN_PROGRESS)
    mark = f"case/{case.no}/level/{SECOND}"
    turn.note(mark, "case_escalated", case=case.no, kind=case.kind, level=SECOND)
    turn.task(mark, "ESCALATION", ROLE, case_no=case.no)
    return case
