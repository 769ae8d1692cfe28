"""The steps of a case as a person sees them (§4.6): whose, since and until when, what was tried, what may be asked."""

from __future__ import annotations

from collections.abc import Iterator

from domain.holds import EffectState, EffectStatus
from domain.order import Order
from domain.steps import CaseStep
from domain.value import Moment, Value


class Tried(Value):
    """What a step does outside: ``asked`` counts how often, ``error`` is the party's last word where it is parked."""

    key: str
    kind: str
    status: str
    since: Moment
    done_at: Moment | None = None
    asked: int = 1
    error: str = ""


class StepView(Value):
    """One step; ``buttons`` are the requests that name it now (retry_step takes an effect's key, or the step's)."""

    step: str
    case_no: int
    word: str
    owner: str
    state: str
    since: Moment
    until: Moment | None = None
    result: str = ""
    reason: str = ""
    by: str = ""
    ended_at: Moment | None = None
    effects: tuple[Tried, ...] = ()
    buttons: tuple[str, ...] = ()


ITS_OWN = ("word", "owner", "state", "since", "until", "result", "reason", "by", "ended_at")


def step_views(order: Order) -> tuple[StepView, ...]:
    """Every step of every case, in the order in which they were begun."""
    return tuple(_view(order, step) for step in order.steps)


def open_views(order: Order) -> tuple[StepView, ...]:
    """The steps that still wait for their end."""
    return tuple(_view(order, step) for step in order.open_steps)


def effects_of(order: Order, step: CaseStep) -> tuple[EffectState, ...]:
    """The effects that were asked for in this step."""
    return tuple(effect for effect in order.effects if effect.key in step.effects)


def undone(order: Order, step: CaseStep) -> tuple[EffectState, ...]:
    """Those of its effects that are under way or parked: what ``retry_step`` asks for again."""
    return tuple(effect for effect in effects_of(order, step) if effect.status is not EffectStatus.DONE)


def step_of(order: Order, effect: EffectState) -> CaseStep | None:
    """The open step that an effect belongs to."""
    return next((step for step in order.open_steps if effect.key in step.effects), None)


def retryable_steps(order: Order) -> tuple[str, ...]:
    """The open steps that have something to try again, by their keys."""
    return tuple(step.key for step in order.open_steps if undone(order, step))


def _view(order: Order, step: CaseStep) -> StepView:
    return StepView(
        step=step.key,
        case_no=step.case,
        effects=tuple(_tried(effect) for effect in effects_of(order, step)),
        buttons=tuple(_buttons(order, step)),
        **{name: getattr(step, name) for name in ITS_OWN},
    )


def _buttons(order: Order, step: CaseStep) -> Iterator[str]:
    if step not in order.open_steps:
        return
    if undone(order, step):
        yield "retry_step"
    yield from ("skip_step", "report_step")


def _tried(effect: EffectState) -> Tried:
    return Tried(
        key=effect.key,
        kind=effect.kind,
        status=effect.status,
        since=effect.since,
        done_at=effect.done_at,
        asked=effect.tries,
        error=effect.note or effect.code,
    )
