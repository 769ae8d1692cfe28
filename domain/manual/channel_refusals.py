"""The channel refuses a status or a tracking number (edge case 37): tried again by the relay, then a person's.

Our own state stays true: the order is shipped, whatever the channel says. A status that is still refused after
``late.refused_for`` is the case ``CHANNEL_REJECTED_STATUS``; a number has a clock of its own (C2), whose case gets the
channel's words. The step ``push`` says so to a person: skipped, it is left as it is; done by hand, the channel knows it
by other means; its result ``RETRY`` sends the status once more, as new.
"""

from __future__ import annotations

from domain.holds import Case
from domain.logistics import ChannelRefusal
from domain.manual.turn import Turn
from domain.order import Order
from domain.policy import CaseKind
from domain.shipments import Package
from domain.steps import CaseStep, StepState
from domain.taking.warehouse import with_package

WORD, ROLE = "push", "logistics"
CAUSE, TASK = "refused_by_channel", "SEE_TO_CHANNEL"
ACCEPTED, LEFT, OVERTAKEN, RETRY, TOLD = "ACCEPTED", "LEFT", "OVERTAKEN", "RETRY", "TOLD"
STATUS = "push_status/"


def channel_refusals(turn: Turn) -> None:
    """Every status and number that the channel has not taken."""
    if not turn.order.policy.late.channel_refuses or turn.order.final:
        return
    for refusal in turn.order.logistics.refusals:
        _status(turn, refusal)
    for package in turn.order.packages:
        case = turn.order.case(CaseKind.TRACKING_MISSING, package.subject)
        if case is not None and package.refused and not package.accepted_at:
            _number(turn, case, package)


def _status(turn: Turn, refusal: ChannelRefusal) -> None:
    subject = f"status/{refusal.status}"
    known = turn.order.case_ever(CaseKind.CHANNEL_REJECTED_STATUS, subject)
    over = ACCEPTED if refusal.taken_at else OVERTAKEN if _newest(turn.order) != refusal.status else ""
    if known is not None and known.open:
        _follow(turn, known, refusal, over)
    elif known is None and not over:
        due = refusal.at + turn.order.policy.late.refused_for
        if turn.judged_at < due:
            turn.look_at(due, f"status {refusal.status} refused")
        else:
            fields = {"cause": CAUSE, "responsible": "channel", "level": 1}
            case = turn.open_case(CaseKind.CHANNEL_REJECTED_STATUS, subject, **fields)
            _ask(turn, case, {"status": refusal.status, "reason": refusal.reason})


def _newest(order: Order) -> str:
    """The status that the channel has to know now; what was pushed before it is not sent any more."""
    pushed = [tail.removeprefix(STATUS).partition("/")[0] for tail in order.said if tail.startswith(STATUS)]
    return pushed[-1] if pushed else ""


def _ask(turn: Turn, case: Case, about: dict[str, str]) -> CaseStep:
    turn.task(f"case/{case.no}/channel", TASK, ROLE, case_no=case.no, params=about)
    return turn.begin(case, WORD, ROLE)


def _follow(turn: Turn, case: Case, refusal: ChannelRefusal, over: str) -> None:
    steps = [step for step in turn.order.steps if step.case == case.no]
    step = steps[-1]
    if over:
        turn.end(step, over)
        turn.close_case(case, over)
    elif step.state is StepState.BY_HAND and step.result.strip().upper() == RETRY:
        turn.push("push_status", f"{refusal.status}/again-{len(steps)}", status=refusal.status, document="")
        turn.begin(case, f"{WORD}-{len(steps) + 1}", ROLE)
    elif not step.open:
        turn.close_case(case, LEFT if step.state is StepState.SKIPPED else TOLD)


def _number(turn: Turn, case: Case, package: Package) -> None:
    """The clock's case says why; a number that somebody entered at the channel by hand is taken."""
    step = _ask(turn, case, {"tracking_number": package.tracking_number, "reason": package.refused})
    if step.state is StepState.BY_HAND:
        turn.order = with_package(turn.order, package.having(accepted_at=step.ended_at or turn.now, refused=""))
