"""What must hold in every order, at every step (order-model §4.10), written without the house's own guards.

``of_state`` reads one order; ``of_step`` what a step may have changed. Each gives its complaints in words.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from domain.books import promises
from domain.effects import INQUIRIES, EffectKind
from domain.findings import Severity
from domain.holds import EffectState, EffectStatus, Hold, HoldReason
from domain.manual.decide import Decision
from domain.order import Order
from domain.packages import PackageState
from domain.payment import Refunded
from domain.policy import CaseKind
from domain.recording import ClockRow
from domain.stage import Stage
from tests.rules.hold_ends import ENDED_BY
from tests.rules.invariants_of_papers import ENDED, FINAL, GONE, of_papers

UNDOING = ("package/", "change/", "told/", "application/", "claim/", "short/")
"""Causes of refunds for goods that are not sent, come back or are no good, or that the payer decided."""


def of_state(order: Order, now: datetime, decision: Decision) -> Iterator[str]:
    """Complaints about an order after its turn."""
    yield from _quantities(order)
    yield from _money(order)
    yield from _ends(order)
    rows = promises(order, now)
    yield from _clocks(rows)
    yield from of_papers(order, rows)
    yield from _sent_again(order)
    if order.stage not in FINAL:
        yield from _silence(order, now, decision)
        yield from _owed(order, now)


def of_step(before: Order, after: Order, event: str) -> Iterator[str]:
    """Complaints about what one event, and the turn after it, did."""
    was = {effect.key: effect for effect in before.effects}
    for effect in after.effects:
        known = was.get(effect.key)
        if known is None:
            yield from _started(before, after, effect)
        elif known.status is EffectStatus.DONE and effect.status is not EffectStatus.DONE:
            yield f"4: {effect.key} is done and runs again"
    if event == "approve_audit" and before.audit.version != before.version:
        yield "13: a version was approved before it was audited"
    released = {hold.id for hold in before.open_holds} - {hold.id for hold in after.open_holds}
    for hold in before.open_holds:
        if hold.id in released:
            yield from _released(after, hold, event)
    if len(released) > 1 and event in BY_ID:
        yield f"11: {released} released together"
    if after.version not in (before.version, before.version + 1):
        yield "13: the version jumped"


CAUSE_GONE = "audit_answered"
BY_ID = {"release_hold", "verify_voucher", "decide_message", "sales_decision"}
"""By these a person releases the one hold that they name; by others several may have lost their cause at once."""
OF_LIFE = {HoldReason.DISPUTE, HoldReason.REFUND_REQUESTED, HoldReason.CUSTOMER_ANSWER, HoldReason.CHANGE_IN_PROGRESS}
"""What holds only what goes on: with the end of an order they end, whatever brought it."""


def _released(after: Order, hold: Hold, event: str) -> Iterator[str]:
    if hold.reason in OF_LIFE and (after.ending or after.stage in FINAL):
        return
    if event not in ENDED_BY.get(hold.reason, {"release_hold"}) and not (hold.marks and event == CAUSE_GONE):
        yield f"11: {hold.id} {hold.reason} released by {event}"
    if hold.reason == "VOUCHER_REQUIRED" and event != CAUSE_GONE:
        good = [each for each in after.vouchers if each.verdict == "approve" and each.reviewed_by != each.submitted_by]
        if not good:
            yield f"11: {hold.id} released, and no other person approved a voucher"


# -- 2, 3, 6 ---------------------------------------------------------------------------------------------------------


def _quantities(order: Order) -> Iterator[str]:
    for line in order.lines:
        places = (line.cancelled, line.unallocated, line.reserved, line.picked, line.shipped)
        if sum(places) != max(line.quantity, 0) or min(places) < 0:
            yield f"2: line {line.line} has {places} of {line.quantity}"
        if not line.shipped >= line.delivered >= line.returned >= 0 or line.lost < 0:
            yield f"2: line {line.line} shipped {line.shipped}, delivered {line.delivered}, returned {line.returned}"
        planned = sum(
            part.quantity
            for each in order.shipments
            if each.state != "CANCELLED" and not each.replaces
            for part in each.lines
            if part.line == line.line
        )
        if planned > line.quantity:
            yield f"14: {planned} of {line.quantity} units of line {line.line} are planned"


def _money(order: Order) -> Iterator[str]:
    for currency in {receipt.currency for receipt in order.payment.receipts}:
        came = sum(receipt.amount for receipt in order.payment.receipts if receipt.currency == currency)
        asked = sum(back.amount for back in order.payment.refunds if back.currency == currency)
        gone = sum(back.amount for back in order.payment.refunds if back.currency == currency and back.done)
        if not 0 <= gone <= asked <= came:
            yield f"3: {came} came, {asked} asked back, {gone} went back"
        if order.stage in ENDED and came != gone:
            yield f"3: {order.stage} with {came - gone} left"
    if order.payment.method == "prepaid" and order.shipments and order.stage not in ENDED and not order.ending:
        yield from _paid_for(order)


def _sent_again(order: Order) -> Iterator[str]:
    """SR-132b: never two live parcels for the same goods unnoticed, and no package is given up for nothing."""
    for package in order.packages:
        owed = {part.line: part.quantity for part in package.lines}
        sent: dict[str, int] = {}
        for each in order.shipments:
            for part in each.lines if each.replaces == package.id and each.state != "CANCELLED" else ():
                sent[part.line] = sent.get(part.line, 0) + part.quantity
        if bool(sent) is not bool(package.superseded_at):
            yield f"SR-132b: package {package.id} is superseded {package.superseded_at}, and {sent} replaces it"
        if any(units > owed.get(line, 0) for line, units in sent.items()):
            yield f"SR-132b: {sent} is sent in place of {owed}"


# -- 5, 6: the ends --------------------------------------------------------------------------------------------------


def _paid_for(order: Order) -> Iterator[str]:
    money = order.payment
    back = sum(each.amount for each in money.refunds if _is_ours(each))
    kept = sum(receipt.amount for receipt in money.receipts) - back
    here = {str(each.number) for each in order.live_shipments}  # what was stopped for a dearer version is not released
    asked = (effect.cause.partition("/")[0] for effect in order.effects if effect.kind == EffectKind.RELEASE)
    if kept < money.due and here.intersection(asked):
        yield f"3: released, and {kept} of {money.due} is kept"


def _is_ours(back: Refunded) -> bool:
    """Whether it was never due: paid too much or twice."""
    return not back.key.partition("/refund/")[2].startswith(UNDOING)


def _ends(order: Order) -> Iterator[str]:
    stage = order.stage
    if stage in {Stage.DELIVERED, Stage.COMPLETED} and not any(line.shipped for line in order.lines):
        yield f"6: {stage}, and nothing was shipped"
    if stage is Stage.COMPLETED:
        yield from _completed(order)
    if stage in ENDED and any(line.reserved or line.picked for line in order.lines):
        yield f"1: {stage} with stock reserved"
    out = {f"{order.number}/release/{each.number}" for each in order.shipments if each.state == "OUTBOUND"}
    doing = {each.key for each in order.effects if each.status != "DONE" and each.kind not in INQUIRIES} - out
    waits = ("/debt", "/coupon/", "/claim/")  # judged once more only asks; an order that is over waits for them (EC-38)
    doing = {key for key in doing if not any(word in key for word in waits)}
    if stage in FINAL and any(debt.ended_at is None for debt in order.debts):
        yield f"M8: {stage} with audit debt that nobody hears of any more"
    if stage in FINAL and doing:
        yield f"4: {stage} while {doing} is not done"
    stopped = {f"{order.number}/release/{each.number}" for each in order.shipments if each.called_off_at}
    if order.ending and any(each.kind == EffectKind.RELEASE and each.key not in stopped for each in order.effects):
        yield "14: undone although a warehouse has it"


def _completed(order: Order) -> Iterator[str]:
    if any(debt.ended_at is None for debt in order.debts):
        yield "M8: completed with audit debt"
    if any("complete" in hold.blocks for hold in order.holds if hold.released_at is None):
        yield "5: completed over a hold"
    if any(case.kind is CaseKind.FALSE_DELIVERY and case.resolved_at is None for case in order.cases):
        yield "5: completed over a doubt"
    if not all(
        each.state is PackageState.DELIVERED or each.state in GONE
        for each in order.packages
        if each.counts and each.out
    ):
        yield "5: completed with a parcel on its way"
    money = order.payment
    came = sum(receipt.amount for receipt in money.receipts)
    most = came - sum(back.amount for back in money.refunds if _is_ours(back))
    least = came - sum(back.amount for back in money.refunds)
    if any(not back.done for back in money.refunds):
        yield "5: completed while money goes back"
    if (money.method == "prepaid" or came) and not least <= money.due <= most:
        yield f"5: completed with {least} to {most} of {money.due}"
    if order.completed_at is None or any(
        row.kind == "C3" and row.stop_at is None for row in promises(order, order.completed_at)
    ):
        yield "5: completed, and C3 runs on"


# -- 8, 9, 10 --------------------------------------------------------------------------------------------------------


def _silence(order: Order, now: datetime, decision: Decision) -> Iterator[str]:
    due = decision.next_due
    if due and due.at <= now:
        yield f"8: {due.name} is due at {due.at}, and it is {now}: the loop would spin"
    underway = any(effect.status is EffectStatus.RUNNING for effect in order.effects)
    task = any(task.done_at is None and task.role for task in order.tasks)
    if not (due or underway or task):
        yield "8: a silent wait"


def _owed(order: Order, now: datetime) -> Iterator[str]:
    """M8: no order leaves with silent debt: what is printed is a case once goods have left, the rest a day later."""
    left = any(package.outbound_at and package.outbound_at < now for package in order.packages)
    for debt in order.debts:
        late = left if debt.field.startswith("invoice.") else now > debt.since + timedelta(hours=24)
        if debt.ended_at is None and late and not _open(order, CaseKind.AUDIT_DEBT_OVERDUE):
            yield f"M8: {debt.id} is owed in silence"


def _clocks(rows: tuple[ClockRow, ...]) -> Iterator[str]:
    for row in rows:
        if row.stop_at and row.stop_at < row.start_at:
            yield f"9: {row.kind} stopped before its start"
        if row.gross_s is not None and row.net_s is not None and not 0 <= row.net_s <= row.gross_s:
            yield f"9: {row.kind} net {row.net_s}, gross {row.gross_s}"
        if row.verdict not in ({"open", "breached"} if row.gross_s is None else {"met", "breached", "void"}):
            yield f"9: {row.kind} is {row.verdict}"


# -- 14: what ERP and warehouse are given ----------------------------------------------------------------------------


def _started(before: Order, order: Order, effect: EffectState) -> Iterator[str]:
    held = {what for hold in order.holds if hold.released_at is None for what in hold.blocks}
    match effect.kind:
        case EffectKind.AUDIT if "audit_start" in held:
            yield "11: audited over a hold"
        case EffectKind.RELEASE if _sends_anew(order, effect):  # in place of what left when all this was in order
            if "release" in held:
                yield "14: sent anew over a hold"
            return
        case EffectKind.ENTER | EffectKind.RELEASE:
            yield from _unfit(order, held, effect.kind)
        case _:
            pass
    if effect.kind == EffectKind.RELEASE and _differs(order):
        yield "14: released over a difference in the ERP"
    if effect.kind == EffectKind.RELEASE and before.ending:
        yield "14: released while it is undone"


def _sends_anew(order: Order, effect: EffectState) -> bool:
    return any(each.replaces and str(each.number) == effect.cause.partition("/")[0] for each in order.shipments)


def _differs(order: Order) -> bool:
    """Whether the document differs by its last reading, and nobody who may has let it stay so."""
    told = [case for case in order.cases if case.kind is CaseKind.ERP_MISMATCH]
    if order.entered is None or not told:
        return bool(order.entered and order.entered.differences)
    return bool(order.entered.differences or order.entered.unread) and told[-1].outcome != "DIFFERENCE_ACCEPTED"


def _unfit(order: Order, held: set[str], kind: str) -> Iterator[str]:
    money = order.payment
    mine = sum(receipt.amount for receipt in money.receipts if receipt.currency == money.currency)
    passing = (Severity.NOTICE, Severity.HOLD)
    blocking = [finding for finding in order.audit.findings if finding.severity not in passing]
    critical = [finding for finding in blocking if finding.severity is Severity.CRITICAL]
    if order.audit.version != order.version or critical or (blocking and not order.audit.approved_by):
        yield f"14: {kind} although its last audit did not pass"
    if money.method == "prepaid" and mine < money.due:
        yield f"14: {kind} although {mine} of {money.due} was paid"
    if any(case.kind is CaseKind.PAYMENT_MISMATCH and case.subject == "order" and case.open for case in order.cases):
        yield f"14: {kind} over a payment mismatch"
    if any(line.unallocated for line in order.lines):
        yield f"14: {kind} although stock is short"
    if "release" in held:
        yield f"14: {kind} over a hold"
    if "audit_end" in held:
        yield f"14: {kind} before the audit's end"


def _open(order: Order, kind: CaseKind) -> bool:
    return any(case.kind is kind and case.resolved_at is None for case in order.cases)
