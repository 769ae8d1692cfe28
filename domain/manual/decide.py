"""``decide(order, now)``: the manual read over one order — what to do now, and when to look again (architecture §1)."""

from __future__ import annotations

from datetime import datetime

from domain.clocks import TICK
from domain.holds import EffectStatus, Task
from domain.manual import (
    cancelled_goods,
    carriage,
    carrier_claims,
    cash,
    change_money,
    change_on_the_way,
    change_saga,
    changes,
    changing,
    channel_refusals,
    claims,
    compensation,
    debts,
    delay_playbook,
    ending,
    escalation,
    failed_refunds,
    first_steps,
    goods_claims,
    held_goods,
    holding,
    info_error,
    intake,
    keeping,
    left_called_off,
    lost,
    moved_promise,
    outbound_playbook,
    pack_check,
    pushing,
    questions,
    refused_changes,
    release,
    relocating,
    renumbered,
    setting_aside,
    shipping,
    shortage_choice,
    stopping,
    suspensions,
    switching,
    transferring,
    unpaid,
    watch,
)
from domain.manual.turn import Due, Turn
from domain.order import Order
from domain.policy import CaseKind
from domain.promises import clocks
from domain.recording import Entry, Letter
from domain.taking.merging import open_suggestions
from domain.value import Value

CLAUSES = (
    claims.answered_by_itself,
    questions.questions,
    info_error.answered,
    shortage_choice.answered,
    changing.change_requests,
    intake.audit,
    info_error.contact,
    stopping.stopped,
    keeping.lapse,
    unpaid.close_unpaid,
    intake.stock_gate,
    transferring.follow,
    shortage_choice.found,
    questions.watch_questions,
    setting_aside.give_back,
    change_money.difference,
    intake.payment_gate,
    changes.channel_change,
    release.enter,
    held_goods.stop_held,
    relocating.relocate,
    carriage.carriers,
    left_called_off.left_called_off,
    release.release,
    lost.lost,
    switching.superseded,
    shipping.packages,
    renumbered.renumbered,
    shipping.parcel_cases,
    change_on_the_way.returned,
    shipping.mis_shipment,
    pack_check.pack_check,
    cash.remittance,
    cash.refused,
    ending.pickup,
    debts.debts,
    compensation.compensate,
    failed_refunds.failed_refunds,
    claims.applications,
    goods_claims.goods_claims,
    ending.settle,
    ending.complete,
    cancelled_goods.out_after_cancel,
    ending.undo,
    moved_promise.moved_promise,
    watch.watch,
    first_steps.dated_promise,
    pushing.pushes,
    delay_playbook.playbook,
    outbound_playbook.playbook,
    switching.switch,
    escalation.escalate,
    shipping.status,
    channel_refusals.channel_refusals,
    keeping.shelf,
    refused_changes.tell_refused,
    suspensions.notices,
    carrier_claims.claims,
    change_saga.show,
)
"""The manual's clauses, in the order a desk goes through them."""


class Decision(Value):
    """What one turn decided. Effects to start are the RUNNING ones of ``order.effects``."""

    order: Order
    entries: tuple[Entry, ...] = ()
    letters: tuple[Letter, ...] = ()
    next_due: Due | None = None


QUIET = frozenset({"seen", "said", "fired", "tasks", "effects"})
"""What a clause may change without giving an earlier one something new to decide."""
LOOKED_AT = tuple(name for name in Order.model_fields if name not in QUIET)
READINGS = 4
"""So often the manual is read in one turn at most: a clause may have moved what an earlier one looks at."""


def _moved(before: Order, after: Order) -> bool:
    if before is after:
        return False
    was, known = before.__dict__, after.__dict__
    changed = any(was[name] is not known[name] for name in LOOKED_AT)
    return changed or before.sends_anew is not after.sends_anew


def decide(order: Order, now: datetime, judged_at: datetime | None = None) -> Decision:
    """Read the manual over the order at ``now``. Pure: the same order and time give the same decision.

    While more waits to be heard, nothing is late that was not at ``judged_at``.
    """
    turn = Turn(order, now, judged_at)
    for _ in range(READINGS):
        before = turn.order
        turn.dues.clear()
        for clause in CLAUSES:
            clause(turn)
        if not _moved(before, turn.order):
            break
    if not turn.order.final:
        _reviews(turn)
        _parked(turn)
        _watchdog(turn)
    _close_tasks(turn)
    reached = f"stage/{turn.order.stage}/{turn.order.version}"
    if turn.mark_once(reached):
        turn.note(reached, "stage_reached", stage=turn.order.stage)
    turn.note_rest()
    due = None if turn.order.final else min(turn.dues, key=lambda due: (due.at, due.name), default=None)
    return Decision(order=turn.order, entries=tuple(turn.entries), letters=tuple(turn.letters), next_due=due)


def _reviews(turn: Turn) -> None:
    """Somebody owns every hold; a manual one whose review date passed is a case (§4.5, invariant 8)."""
    holding.give_out(turn)
    for hold in turn.order.open_holds:
        if hold.review_at is None:
            continue
        if turn.judged_at <= hold.review_at:
            turn.look_at(hold.review_at + TICK, f"hold {hold.id} review")
        elif turn.mark_once(f"review/{hold.id}"):
            case = turn.open_case(CaseKind.HOLD_REVIEW_OVERDUE, f"hold/{hold.id}", cause=hold.reason)
            turn.task(f"case/{case.no}", "REVIEW_HOLD", hold.owner_role, case_no=case.no)
    for case in turn.order.open_cases:
        held = {f"hold/{hold.id}" for hold in turn.order.open_holds}
        if case.kind is CaseKind.HOLD_REVIEW_OVERDUE and case.subject not in held:
            turn.close_case(case, "REVIEWED")


def _parked(turn: Turn) -> None:
    """Somebody owns every step that cannot go on by itself (invariant 8)."""
    for effect in turn.order.parked:
        if failed_refunds.is_seen_to(turn.order, effect):
            continue
        turn.task(f"step/{effect.key}/{effect.tries}", "RETRY_STEP", first_steps.OWNER, params={"effect": effect.kind})


def _watchdog(turn: Turn) -> None:
    """A step that takes too long needs a person's eye, though it goes on by itself (R19)."""
    for effect in turn.order.effects:
        if effect.status is not EffectStatus.RUNNING:
            continue
        overdue = effect.since + turn.order.policy.watchdog_after
        if turn.judged_at < overdue:
            turn.look_at(overdue, "watchdog of running steps")
        elif turn.mark_once(f"watchdog/{effect.key}/{effect.tries}"):
            turn.note(
                f"watchdog/{effect.key}/{effect.tries}",
                "effect_late",
                effect=effect.kind,
                since=effect.since.isoformat(),
            )


def _close_tasks(turn: Turn) -> None:
    """A task is done when its case is closed, its correction made, or its hold, step or the clock it warned of over."""
    if all(task.done_at for task in turn.order.tasks):
        return
    open_cases = {case.no for case in turn.order.open_cases}
    running = {
        *(clock.id for clock in clocks(turn.order) if clock.running),
        *(shipment.subject for shipment in turn.order.live_shipments if shipment.outbound_at is None),
        *(set() if turn.order.final else holding.names(turn.order)),
        *(debt.id for debt in turn.order.debts if debt.open),
        *compensation.undecided(turn.order),
        *claims.names(turn.order),
        *open_suggestions(turn.order),
        *carrier_claims.declined(turn.order),
        *(f"{effect.key}/{effect.tries}" for effect in turn.order.parked if not turn.order.final),
    }

    def over(task: Task) -> bool:
        if task.kind == "CORRECT" and task.key != f"correct/{turn.order.version}":
            return True
        return task.case_no not in open_cases if task.case_no else task.key.split("/", 1)[1] not in running

    done = {task.key for task in turn.order.tasks if task.done_at is None and over(task)}
    if done:
        ended = {"done_at": turn.now, "done_by": "desk"}
        tasks = tuple(task.having(**ended) if task.key in done else task for task in turn.order.tasks)
        turn.order = turn.order.having(tasks=tasks)
