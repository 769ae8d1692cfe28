"""Watching the clocks: warn at 75 %, start the exception flow at once on a breach, take it back on late news (§1.3)."""

from __future__ import annotations

from datetime import datetime, timedelta

from domain.clocks import TICK, Clock, Verdict
from domain.holds import Case, ClockRef
from domain.manual import first_steps, shortage_choice
from domain.manual.turn import Turn
from domain.past import before_takeover, is_past
from domain.policy import CaseKind, ClockKind
from domain.promises import clocks

MERGES = {
    ClockKind.STAGNATION: (CaseKind.LOGISTICS_DELAY,),
    ClockKind.DELAY: (CaseKind.LOGISTICS_STALLED,),
    ClockKind.OUTBOUND: (CaseKind.STOCK_SHORTAGE,),
}
"""A breach joins an open case of these kinds instead of opening a second (§4.6)."""


def watch(turn: Turn) -> None:
    """Every clock of the order: correct, warn, breach, and say when to look again."""
    known = clocks(turn.order)
    correct(turn, known)
    for clock in known:
        if clock.kind is ClockKind.ANSWER:
            continue  # the question's own default is its breach
        if clock.running:
            _warn(turn, clock)
        if clock.verdict(turn.judged_at) is Verdict.BREACHED:
            _breach(turn, clock)
            _keep_in_sight(turn, clock)
        elif clock.running and clock.due_at:
            turn.look_at(clock.due_at + TICK, f"{clock.kind} {clock.subject} due")


def _warn(turn: Turn, clock: Clock) -> None:
    for number, moment in enumerate(clock.warnings, 1):
        if clock.due_at is not None and turn.judged_at > clock.due_at:
            return
        mark = f"warn{number}/{clock.id}"
        if mark in turn.order.fired or is_past(turn.order, moment):
            continue
        if turn.judged_at < moment:
            turn.look_at(moment, f"{clock.kind} {clock.subject} warning")
            return
        turn.mark_once(mark)
        turn.note(mark, "clock_warned", clock=clock.kind, subject=clock.subject, due_at=_text(clock.due_at))
        turn.task(mark, "CLOCK_WARNING", "order_administrator", due_at=clock.due_at)


def _text(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""


# -- breach ----------------------------------------------------------------------------------------------------------


def _breach(turn: Turn, clock: Clock) -> None:
    if before_takeover(turn.order, clock):
        return
    mark = f"breach/{clock.id}"
    if turn.mark_once(mark):
        turn.note(
            mark, "clock_breached", clock=clock.kind, subject=clock.subject, cause=clock.why, responsible=clock.blamed
        )
    opening = opens_case_at(clock, turn.order.policy.recheck_after)
    if not clock.running or f"case/{clock.id}" in turn.order.fired:
        return
    if turn.judged_at < opening:
        first_steps.ask_at_once(turn, clock)
        turn.look_at(opening, f"{clock.kind} {clock.subject} still open")
    elif first_steps.asked_first(turn, clock):
        turn.mark_once(f"case/{clock.id}")
        case = _case_of(turn, clock)
        first_steps.take(turn, clock, case)


def _keep_in_sight(turn: Turn, clock: Clock) -> None:
    """Somebody closed the case of a clock that runs on: it stays somebody's task, or the order waits in silence."""
    if not clock.running or f"case/{clock.id}" not in turn.order.fired:
        return
    ref = ClockRef(kind=clock.kind, subject=clock.subject, start_at=clock.start_at)
    watched = any(ref in case.clocks for case in turn.order.open_cases)
    tasks = (task for task in turn.order.tasks if task.done_at is None)
    if not watched and not any(task.key.endswith(f"/{clock.id}") for task in tasks):
        turn.task(f"late/{clock.id}", "CLOCK_WARNING", "order_administrator", due_at=clock.due_at)


def opens_case_at(clock: Clock, otherwise: timedelta) -> datetime:
    """When a breach becomes a case: at once, but not where we heard of the start too late (§1.3 LATE_FACT).

    Then the desk's own action gets the clock's time again, counted from the report; only its failure is a case.
    """
    due = clock.due_at
    if due is None:
        return clock.known_at
    return max(due, clock.known_at + (clock.rule.within or otherwise)) if clock.came_late else due


def _case_of(turn: Turn, clock: Clock) -> Case:
    ref = ClockRef(kind=clock.kind, subject=clock.subject, start_at=clock.start_at)
    subjects = {clock.subject, "order"} if clock.kind is ClockKind.OUTBOUND else {clock.subject}
    for case in turn.order.open_cases:
        if case.kind in MERGES.get(clock.kind, ()) and case.subject in subjects:
            turn.note(f"case/{case.no}/joined/{clock.id}", "case_joined", case=case.no, clock=clock.kind)
            return turn.add_clock(case, ref)
    by_system = clock.kind is ClockKind.CONFIRM and clock.cause == "payment"
    level = 0 if by_system and not turn.order.policy.staff_confirms_payment else 1
    case = turn.open_case(clock.opens, clock.subject, cause=clock.why, responsible=clock.blamed, level=level)
    return turn.add_clock(case, ref)


# -- correction and end ----------------------------------------------------------------------------------------------


def correct(turn: Turn, known: tuple[Clock, ...]) -> None:
    """Late news: a case whose clocks were all met is withdrawn; one whose clocks all stopped is resolved LATE."""
    by_ref = {(clock.kind, clock.subject, clock.start_at): clock for clock in known}
    for case in turn.order.open_cases:
        mine = [by_ref.get((ref.kind, ref.subject, ref.start_at)) for ref in case.clocks]
        open_now = [clock for clock in mine if clock is not None]
        lacking = case.kind is CaseKind.STOCK_SHORTAGE and not turn.order.stock_closed
        if not mine or lacking or any(clock.running for clock in open_now):
            continue
        breached = [clock for clock in open_now if clock.verdict(turn.judged_at) is Verdict.BREACHED]
        chosen = shortage_choice.came_of(turn.order, case)
        if breached or chosen:
            turn.close_case(case, "CLOSED" if turn.order.ending else chosen or "LATE")
        else:
            turn.close_case(case, "FALSE_ALARM", withdrawn=True)
    for clock in known:
        taken_back = f"breach/{clock.id}" in turn.order.fired and clock.verdict(turn.judged_at) is not Verdict.BREACHED
        if taken_back and turn.mark_once(f"corrected/{clock.id}"):
            turn.note(f"corrected/{clock.id}", "clock_corrected", clock=clock.kind, subject=clock.subject)
