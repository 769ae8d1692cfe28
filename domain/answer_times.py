"""When a question's answer is due (§1.3 C7): what the customer is told, the default, the reminders."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from domain.clocks import Clock
from domain.order import Order
from domain.policy import ClockKind, ClockRule
from domain.questions import Question


def deadline(order: Order, since: datetime) -> datetime:
    """48 h from ``since``, or 6 h before the channel's ship-by date if that is earlier; at least 4 h from ``since``."""
    policy = order.policy.questions
    latest = since + policy.within
    if order.latest_ship_at and any(line.to_ship for line in order.lines):
        latest = min(latest, order.latest_ship_at - policy.before_ship_by)
    return max(latest, since + policy.at_least)


def default_at(order: Order, question: Question, arrived_at: datetime) -> datetime:
    """When the default of a question comes that arrived then: never before the time the customer was told."""
    return max(question.deadline, deadline(order, arrived_at))


def reminders(order: Order, question: Question) -> Iterator[datetime]:
    """When the customer is reminded: not at night, and not once the default is due."""
    policy = order.policy.questions
    if question.confirmed_at is None or question.due_at is None:
        return
    for after in policy.reminders:
        moment = policy.by_day(question.confirmed_at + after, order.policy.zone)
        if moment < question.due_at:
            yield moment


def answer_clocks(order: Order) -> Iterator[Clock]:
    """C7 of every question that arrived: it never stands still, and its breach is the question's own default."""
    opens = {case.no: case.kind for case in order.cases}
    for question in order.questions:
        if question.confirmed_at is None or question.undeliverable:
            continue
        over = question.ended_at if not question.answered_at else None
        yield Clock(
            rule=ClockRule(kind=ClockKind.ANSWER, warn_at=None, opens=opens[question.case]),
            subject=question.subject,
            start_at=question.confirmed_at,
            start_event="asked",
            known_at=question.confirmed_at,
            due_on=question.due_at,
            stop_at=question.answered_at,
            stop_event="answered" if question.answered_at else "",
            ended_at=over,
            responsible="customer",
            cause="no_answer",
        )
