"""The ladder (§1.3): level 1 tells the owner and the party's team, 2 the supervisor, 3 the operations manager.

``raised`` puts a case on a rung, ``climb`` takes it up as its times pass; who acknowledges a case is paged no more.
Which rungs a case has, and when, its own clause says: those of a clock's case stand here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from domain.holds import Case, CaseStatus
from domain.manual import first_steps
from domain.manual.turn import Turn
from domain.policy import CaseKind
from domain.promises import clocks

ROLES = ("order_administrator", "order_administrator", "supervisor", "operations_manager")
"""Whose task a case is at each level."""
SECOND, THIRD = 2, 3
Rungs = Iterable[tuple[int, datetime]]
"""Levels, each with when it is reached."""


def raised(turn: Turn, case: Case, level: int, at: datetime) -> Case:
    """The case at this level, reached ``at``: a line of the timeline, and a task for whose level it is."""
    case = turn.change_case(case, level=level, level_at=at, status=CaseStatus.IN_PROGRESS)
    mark = f"case/{case.no}/level/{level}"
    turn.note(mark, "case_escalated", case=case.no, kind=case.kind, level=level)
    turn.task(mark, "ESCALATION", ROLES[level], case_no=case.no)
    return case


def climb(turn: Turn, case: Case, rungs: Rungs, about: str = "", beyond: timedelta = timedelta()) -> Case:
    """The case on the highest rung whose time is there (or ``beyond`` it); the next one is looked at then.

    ``about`` is what the timer of the next rung is named after: the case, where nothing else is said.
    """
    for level, moment in rungs:
        if level <= case.level or case.acknowledged_at:
            continue
        if turn.judged_at < moment + beyond:
            turn.look_at(moment + beyond, f"{about or f'case {case.no}'} level {level}")
            break
        case = raised(turn, case, level, moment)
    return case


def to_the_supervisor(turn: Turn, case: Case) -> Case:
    """The case of a question that nobody answered in time: it stays open, a level up (§4.6 E1 and E2, step 5)."""
    return case if case.level >= SECOND else raised(turn, case, SECOND, turn.now)


# -- the case of a clock ---------------------------------------------------------------------------------------------

CLOCK_CASES = frozenset(
    {
        CaseKind.CONFIRM_OVERDUE,
        CaseKind.TRACKING_MISSING,
        CaseKind.COMPLETION_BLOCKED,
        CaseKind.OUTBOUND_OVERDUE,
        CaseKind.LOGISTICS_STALLED,
        CaseKind.LOGISTICS_DELAY,
        CaseKind.SHIP_BY_MISSED,
    }
)
"""Cases that end by themselves when their clocks stop."""
RECHECKED = frozenset({CaseKind.LOGISTICS_STALLED, CaseKind.LOGISTICS_DELAY})


def escalate(turn: Turn) -> None:
    """Every open case of a clock: by its clock's share of time; a stalled or late parcel is looked for each day."""
    for case in turn.order.open_cases:
        if case.kind in RECHECKED and (case.level or case.acknowledged_at):
            _recheck(turn, case)
        elif case.kind in CLOCK_CASES and case.level:
            climb(turn, case, _rungs(turn, case))


def _rungs(turn: Turn, case: Case) -> Iterator[tuple[int, datetime]]:
    steps, within, moment = turn.order.policy.escalation, _within(turn, case), case.level_at
    shares = ((SECOND, steps.second_share, steps.second_least), (THIRD, steps.third_share, steps.third_least))
    for level, share, least in shares:
        if level > case.level:
            moment += max(within * share, least)
            yield level, moment


def _within(turn: Turn, case: Case) -> timedelta:
    """The case's clock from start to due, pauses left out."""
    refs = {(ref.kind, ref.subject, ref.start_at) for ref in case.clocks[:1]}
    mine = (clock for clock in clocks(turn.order) if (clock.kind, clock.subject, clock.start_at) in refs)
    return next((clock.rule.within or (clock.due_on or clock.start_at) - clock.start_at for clock in mine), timedelta())


def _recheck(turn: Turn, case: Case) -> None:
    """A stalled or late parcel is looked for every 24 h, a level higher each time (C5)."""
    moment = case.level_at + turn.order.policy.recheck_after
    if turn.judged_at < moment:
        turn.look_at(moment, f"case {case.no} recheck")
        return
    level = case.level if case.acknowledged_at else min(case.level + 1, THIRD)
    if level > case.level:
        case = raised(turn, case, level, moment)
    else:
        case = turn.change_case(case, level_at=moment, status=CaseStatus.IN_PROGRESS)
    first_steps.ask_again(turn, case)
    _recheck(turn, case)
