"""One turn of the desk over one order: what it starts, says, notes, and when it looks again (architecture §1)."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import Any

from domain.changes import change
from domain.effects import EffectKind, Request, effect_key
from domain.holds import Case, CaseStatus, ClockRef, EffectState, Task
from domain.order import Order
from domain.policy import CaseKind
from domain.recording import DESK, Entry, Letter
from domain.steps import CaseStep, StepState, step_key
from domain.value import Moment, Value


class Due(Value):
    """When the desk looks again, and after what the timer is named."""

    at: Moment
    name: str


class Turn:
    """A turn in the making: clauses read ``order`` and ``now`` and act through it; nothing leaves it but values.

    ``judged_at`` is the moment up to which it is judged what is late, silent or over: ``now``, or earlier while more
    waits to be heard. What is begun, said and noted is of ``now``.
    """

    def __init__(self, order: Order, now: datetime, judged_at: datetime | None = None) -> None:
        """Begin a turn over ``order`` at ``now``."""
        self.order = self._told = order
        self.now = now
        self.judged_at = judged_at or now
        self.entries: list[Entry] = []
        self.letters: list[Letter] = []
        self.dues: list[Due] = []

    # -- effects -------------------------------------------------------------------------------------------------

    def start(self, kind: EffectKind, cause: object, request: type[Request], **fields: Any) -> bool:
        """Ask for an effect once: the second asking under the same key does nothing and says so."""
        key = effect_key(self.order.number, kind, cause)
        if any(effect.key == key for effect in self.order.effects):
            return False
        asked = request(key=key, order_no=self.order.number, **fields)
        state = EffectState(key=key, kind=kind, cause=str(cause), since=self.now, request=asked.model_dump(mode="json"))
        self.order = self.order.having(effects=(*self.order.effects, state))
        return True

    def running(self, *kinds: EffectKind) -> bool:
        """Whether an effect of these kinds is not done yet."""
        return any(effect.kind in kinds for effect in self.order.running)

    # -- words ---------------------------------------------------------------------------------------------------

    def note(self, mark: str, code: str, **params: Any) -> None:
        """Write a line of the timeline, the only one of its mark; it says what changed since the line before."""
        before, after = change(self._told, self.order)
        self._told = self.order
        key = f"{self.order.number}/{mark}"
        entry = Entry(key=key, code=code, at=self.now, recorded_at=self.now, actor=DESK, params=params)
        self.entries.append(entry.having(before=before, after=after))

    def note_rest(self) -> None:
        """Nothing changes in silence: what no line said so far gets one of its own."""
        before, after = change(self._told, self.order)
        if after:
            mark = sha256(repr((self.now, before, after)).encode()).hexdigest()[:16]
            self.note(f"changed/{mark}", "order_changed")

    def tell(self, template: str, subject: str = "order", **params: Any) -> None:
        """Send the customer a message, at most one of its template and subject (invariant 17)."""
        self._post("message", f"message/{template}/{subject}", template, params)

    def push(self, kind: str, cause: str, **params: Any) -> None:
        """Put something other than a message into the outbox, once a cause."""
        self._post(kind, f"{kind}/{cause}", "", params)

    def _post(self, kind: str, tail: str, template: str, params: dict[str, Any]) -> None:
        if tail in self.order.said:
            return
        self.order = self.order.having(said=(*self.order.said, tail))
        key = f"{self.order.number}/{tail}"
        self.letters.append(Letter(key=key, kind=kind, template=template, params=params))

    # -- cases and tasks -----------------------------------------------------------------------------------------

    def open_case(self, kind: CaseKind, subject: str = "order", **fields: Any) -> Case:
        """The open case of this kind on this subject, opened if there is none (invariant 10)."""
        known = self.order.case(kind, subject)
        if known is not None:
            return known
        case = Case(
            no=len(self.order.cases) + 1,
            kind=kind,
            subject=subject,
            opened_at=self.now,
            level_at=self.now,
            **fields,
        )
        self.order = self.order.having(cases=(*self.order.cases, case))
        self.note(f"case/{case.no}/opened", "case_opened", case=case.no, kind=kind, subject=subject, cause=case.cause)
        return case

    def change_case(self, case: Case, **changes: Any) -> Case:
        """Put a changed case in the place of the old one."""
        changed = case.having(**changes)
        cases = tuple(changed if other.no == case.no else other for other in self.order.cases)
        self.order = self.order.having(cases=cases)
        return changed

    def close_case(self, case: Case, outcome: str, *, withdrawn: bool = False) -> None:
        """End a case: resolved, or withdrawn because it was none."""
        status = CaseStatus.WITHDRAWN if withdrawn else CaseStatus.RESOLVED
        self.change_case(case, status=status, resolved_at=self.now, outcome=outcome, actor="desk")
        word = "case_withdrawn" if withdrawn else "case_resolved"
        self.note(f"case/{case.no}/closed", word, case=case.no, kind=case.kind, outcome=outcome)

    def begin(self, case: Case, word: str, owner: str, **fields: Any) -> CaseStep:
        """The step of this word of the case's playbook, begun if it is not yet; ``fields`` are its first ones."""
        key = step_key(case.no, word)
        known = self.order.step(key)
        if known is not None:
            return known
        step = CaseStep(key=key, case=case.no, word=word, owner=owner, since=self.now, **fields)
        self.order = self.order.having(steps=(*self.order.steps, step))
        self.note(f"step/{key}/begun", "step_begun", step=key, word=word.partition("-")[0], role=owner)
        return step

    def change_step(self, step: CaseStep, **changes: Any) -> CaseStep:
        """Put a changed step in the place of the old one."""
        changed = step.having(**changes)
        steps = tuple(changed if other.key == step.key else other for other in self.order.steps)
        self.order = self.order.having(steps=steps)
        return changed

    def end(self, step: CaseStep, result: str) -> CaseStep:
        """End a step that is still open with what came of it."""
        if not step.open:
            return step
        ended = self.change_step(step, state=StepState.DONE, result=result, by="desk", ended_at=self.now)
        word = step.word.partition("-")[0]
        self.note(f"step/{step.key}/ended", "step_ended", step=step.key, word=word, result=result)
        return ended

    def add_clock(self, case: Case, ref: ClockRef) -> Case:
        """The case answers for one more clock."""
        return case if ref in case.clocks else self.change_case(case, clocks=(*case.clocks, ref))

    def task(self, key: str, kind: str, role: str, **fields: Any) -> None:
        """Give somebody something to do, once a key."""
        if any(task.key == key for task in self.order.tasks):
            return
        task = Task(key=key, kind=kind, role=role, opened_at=self.now, **fields)
        self.order = self.order.having(tasks=(*self.order.tasks, task))

    # -- time ----------------------------------------------------------------------------------------------------

    def mark_once(self, mark: str) -> bool:
        """Set a mark of the order; a second time it does nothing and says so."""
        if mark in self.order.fired:
            return False
        self.order = self.order.having(fired=(*self.order.fired, mark))
        return True

    def look_at(self, moment: datetime | None, name: str) -> None:
        """Look again at ``moment`` (None: nothing to look at)."""
        if moment is not None:
            self.dues.append(Due(at=moment, name=name))
