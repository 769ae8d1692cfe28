"""The answer yes to a request: what the order is with it, and what a change request comes to."""

from __future__ import annotations

from domain.asks import sameness
from domain.cancelling import taken_as
from domain.inside import Asked
from domain.manual.change_answers import answer_of, quote_for
from domain.manual.changing import change_requests
from domain.manual.told_again import take, waits
from domain.manual.turn import Turn
from domain.order import Order
from domain.requests import Accepted, SubmitChangeRequest


def accepted(order: Order, fact: Asked) -> Accepted:
    """The answer to an accepted request of ``order``; a change request is judged as the desk's next turn will."""
    told, answer = take(order, fact), None
    if isinstance(taken_as(order, fact.ask), SubmitChangeRequest) and not waits(told, fact):
        turn = Turn(told, fact.at)
        change_requests(turn)
        told, answer = turn.order, answer_of(turn.order, fact.ask.request_id, fact.at)
    if answer is not None and fact.ask.only_asks:
        told, answer = order, answer.having(dry_run=True, case=None)
        if isinstance(fact.ask, SubmitChangeRequest):
            answer = answer.having(quote=quote_for(order, fact.ask, fact.at))
    return Accepted(
        order_no=told.number,
        request_id=fact.ask.request_id,
        asked=sameness(fact.ask),
        stage=told.stage,
        version=told.version,
        change=answer,
    )
