"""When a parcel counts as lost (E3 step 5), and what came back and did not (edge cases 11 and 64).

A parcel that is silent for 72 h was asked about once more and is called lost by a scan of the desk's own: whatever the
carrier sees of it later is `FOUND`, as after a loss that the carrier itself told of.
"""

from __future__ import annotations

from datetime import datetime

from domain.causes import Cause, cause_of
from domain.clocks import reached_at
from domain.delays import COMES_BACK
from domain.effects import EffectKind
from domain.holds import Case
from domain.manual.shipping import inquiry
from domain.manual.turn import Turn
from domain.packages import PackageState, Scan
from domain.past import before_takeover
from domain.policy import CaseKind, ClockKind
from domain.promises import clocks
from domain.shipments import Package
from domain.taking.warehouse import arrived, with_package

OF_CAUSE = {Cause.LOST: PackageState.LOST, Cause.DAMAGED: PackageState.DAMAGED}
SILENT = frozenset({CaseKind.LOGISTICS_DELAY, CaseKind.LOGISTICS_STALLED})


def lost(turn: Turn) -> None:
    """Silence that lasted too long is a loss; what the carrier says came back has to be here in time."""
    if not turn.order.policy.logistics.playbook or turn.order.test or turn.order.ending:
        return
    for package in turn.order.packages:
        if package.counts and not package.final and package.state not in COMES_BACK:
            _by_word(turn, package)
            _silent(turn, package)
        _received(turn, package)


def _by_word(turn: Turn, package: Package) -> None:
    """The carrier says in words that it is lost or broken, while a case is open on it."""
    said = [each for each in turn.order.reasons if each.subject == package.subject]
    state = OF_CAUSE.get(cause_of(said[-1].word)) if said and _watched(turn, package) else None
    if state is not None and turn.mark_once(f"by_word/{package.subject}/{said[-1].at.isoformat()}"):
        declare(turn, package, state, "BY_WORD")


def _watched(turn: Turn, package: Package) -> bool:
    return any(case.kind in SILENT and case.subject == package.subject for case in turn.order.open_cases)


def declare(turn: Turn, package: Package, state: PackageState, code: str) -> None:
    """Call a parcel lost or damaged, as if the carrier had scanned it so."""
    scan = Scan(
        id=f"{code.lower()}/{package.id}/{state}/{len(package.scans)}",
        state=state,
        at=turn.now,
        received_at=turn.now,
        code=code,
    )
    turn.order = arrived(with_package(turn.order, package.having(scans=(*package.scans, scan))))
    turn.note(f"declared/{package.id}/{len(package.scans)}", "parcel_declared", subject=package.subject, state=state)


def _silent(turn: Turn, package: Package) -> None:
    """After 72 h without movement: asked once more, then lost."""
    for clock in clocks(turn.order) if _watched(turn, package) and package.tracking_number else ():
        silence = clock.kind is ClockKind.STAGNATION and clock.subject == package.subject and clock.running
        if not silence or before_takeover(turn.order, clock):
            continue
        moment = reached_at(clock.start_at, turn.order.policy.logistics.lost_after, clock.pauses)
        if moment is None or turn.judged_at < moment:
            turn.look_at(moment, f"{package.subject} presumed lost")
            return
        cause = f"lost/{clock.start_at:%Y%m%dT%H%M%S%f}/{package.subject}"
        turn.start(EffectKind.ASK_CARRIER, cause, **inquiry(turn.order, package, "lost"))
        asked = turn.order.effect(f"ask_carrier/{cause}")
        until = moment + turn.order.policy.logistics.ask_again_after
        if asked in turn.order.running and turn.judged_at < until:
            turn.look_at(until, f"{package.subject} presumed lost")
        else:
            declare(turn, package, PackageState.LOST, "PRESUMED_LOST")
        return


# -- what comes back -------------------------------------------------------------------------------------------------


def _received(turn: Turn, package: Package) -> None:
    """The carrier says it returned; the warehouse has 72 h to have it, then the carrier has to answer for it."""
    since = package.story.since
    if package.state is not PackageState.RETURNED_TO_SENDER or since is None:
        return
    case = turn.order.case(CaseKind.RETURN_TO_SENDER, package.subject)
    until = since + turn.order.policy.logistics.received_within
    here = package.id in turn.order.logistics.received
    if case is not None:
        here = _step_of_receipt(turn, case, until, here=here)
    if here or is_missing(turn, package):
        return
    if turn.judged_at < until:
        turn.look_at(until, f"{package.subject} received")
        return
    turn.mark_once(missing_mark(package))
    turn.note(missing_mark(package), "return_missing", subject=package.subject)


def _step_of_receipt(turn: Turn, case: Case, until: datetime, *, here: bool) -> bool:
    step = turn.begin(case, "receive_return", "warehouse", until=until)
    if step.open and here:
        step = turn.end(step, "RECEIVED")
    elif step.open and turn.judged_at >= until:
        step = turn.end(step, "NOT_RECEIVED")
    return here or (not step.open and step.result == "RECEIVED")


def missing_mark(package: Package) -> str:
    """The mark of a parcel that the carrier says it returned and that never came."""
    return f"return_missing/{package.subject}"


def is_missing(turn: Turn, package: Package) -> bool:
    """Whether it was found to be missing before."""
    return missing_mark(package) in turn.order.fired
